import type { PodcastStream } from "../../../schemas/streams";
import { readOnceADay } from "./dailyRead";
import type { ListenerRun } from "./listenerRun";
import { PageCursor } from "./pages";
import { mayReadAll, readStable } from "./stableList";

/** The path below /me of each list. */
const paths: Record<PodcastStream, "shows" | "episodes" | "audiobooks"> = {
  saved_shows: "shows",
  saved_episodes: "episodes",
  saved_audiobooks: "audiobooks",
};

/**
 * Reads the saved podcasts, episodes or audiobooks once a day, whole: how far an episode was heard and how many episodes a
 * podcast has change without anything being saved.
 */
export function readPodcasts(run: ListenerRun, stream: PodcastStream): Promise<void> {
  return readOnceADay(run, { stream, container: stream }, async (plan) => {
    const fetchPage = (offset: number) => run.client.savedList(paths[stream], offset);
    const rest = new PageCursor(fetchPage);
    const first = (await rest.next())!;
    if (!mayReadAll(run, plan, first, { have: 1, isDaily: true })) return undefined;
    return readStable(run, plan, { pages: [first], rest, refetchFirst: () => fetchPage(0) });
  });
}
