import { utcDay } from "../../raw/format";
import { containerKey, listenerState } from "../../state/extractState";
import { closeOrDiscard } from "./closeReads";
import { readItems } from "./playlistItems";
import { dayOf, keepObject, pagesFor, type ReadPlan } from "./containerRead";
import { flushAndCheckpoint, hasCalls, type ListenerRun } from "./listenerRun";
import { reserveOrSkip, recordRefusal, skip, activeRefusal, type Skipped } from "./skips";

/** A source is not looked up in the listener's list, so nothing is known of whose it is. */
const access = "collaborative";

/** The parts of a playlist's description that decide what is read. */
interface PlaylistBody {
  name?: string;
  snapshot_id?: string;
  items?: { total?: number } | null;
  tracks?: { total?: number } | null;
}

/**
 * Reads a playlist that the settings name: its description each time, its contents when their version is new. What may
 * not be read is recorded and passed over.
 */
export async function readPlaylist(run: ListenerRun, id: string): Promise<void> {
  const stream = `playlist:${id}`;
  const key = containerKey(stream, id);
  const checkpoint = () => listenerState(run.session.state(), run.listener).containers[key] ?? {};
  let place: Skipped = { stream, day: utcDay(run.now()), container: id, name: null };
  try {
    const gone = activeRefusal(run, checkpoint().refused, access);
    if (gone?.reason === "not_found") {
      skip(run, place, gone);
      return;
    }
    if (!hasCalls(run, 1)) return;
    const answer = await run.client.playlist(id);
    const { name = null, snapshot_id: version = null, items, tracks } = answer.body as PlaylistBody;
    const plan: ReadPlan = { stream, container: id, name, version, kind: "full" };
    await keepObject(run, plan, answer);
    place = { ...place, name, day: dayOf(answer.date, run) };
    const { pending } = checkpoint();
    if (pending) {
      await closeOrDiscard(run, pending, version);
      await flushAndCheckpoint(run);
    }
    const { closed, refused } = checkpoint();
    if (closed && version !== null && closed.version === version) {
      run.counts.unchanged += 1;
      return;
    }
    const standing = activeRefusal(run, refused, access);
    if (standing) skip(run, place, standing);
    else if (reserveOrSkip(run, place, pagesFor(items?.total ?? tracks?.total ?? 0) + 1))
      await readContents(run, plan);
  } catch (error) {
    if (!recordRefusal(run, key, place, error, access)) throw error;
  }
}

/** Reads the entries, then asks for the version once more; without a call left for that, the next run does it. */
async function readContents(run: ListenerRun, plan: ReadPlan): Promise<void> {
  const read = await readItems(run, plan, access);
  const answer = await run.client.playlist(plan.container, "id,snapshot_id");
  await closeOrDiscard(run, read, (answer.body as PlaylistBody).snapshot_id ?? null);
}
