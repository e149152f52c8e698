import type { TopKind, TopRange } from "../spotify";
import { readOnceADay } from "./own";
import { pageCursor } from "./reads";
import { attempt, type ListenerRun } from "./run";
import { mayReadAll, readStill } from "./unversioned";

const kinds: TopKind[] = ["tracks", "artists"];
const ranges: TopRange[] = ["short_term", "medium_term", "long_term"];

/** Reads the listener's favourites, a container for each kind and range of time, once a day. */
export async function readTopItems(run: ListenerRun): Promise<void> {
  for (const kind of kinds)
    for (const range of ranges) await attempt(run, () => readTopList(run, kind, range));
}

function readTopList(run: ListenerRun, kind: TopKind, range: TopRange): Promise<void> {
  return readOnceADay(run, { stream: "top_items", container: `${kind}:${range}` }, async (plan) => {
    const fetchPage = (offset: number) => run.client.topItems(kind, range, offset);
    const { next } = pageCursor(fetchPage);
    const first = (await next())!;
    return mayReadAll(run, plan, first, 1) ? readStill(run, plan, [first], next, fetchPage) : undefined;
  });
}
