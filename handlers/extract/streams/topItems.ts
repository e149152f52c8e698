import type { TopKind, TopRange } from "../spotify/client";
import { readOnceADay } from "./dailyRead";
import { openRead, pageCursor } from "./containerRead";
import { hasCalls, tolerateFailure, type ListenerRun } from "./listenerRun";

const kinds: TopKind[] = ["tracks", "artists"];
const ranges: TopRange[] = ["short_term", "medium_term", "long_term"];

/** Reads the listener's favourites, a container for each kind and range of time, once a day. */
export async function readTopItems(run: ListenerRun): Promise<void> {
  for (const kind of kinds)
    for (const range of ranges) await tolerateFailure(run, () => readTopList(run, kind, range));
}

/** Reads the first page, which is the top 50: the list goes on for thousands, each page of which would cost a call. */
function readTopList(run: ListenerRun, kind: TopKind, range: TopRange): Promise<void> {
  return readOnceADay(run, { stream: "top_items", container: `${kind}:${range}` }, async (plan) => {
    if (!hasCalls(run, 1)) return undefined;
    const cursor = pageCursor((offset) => run.client.topItems(kind, range, offset));
    const page = (await cursor.next())!;
    const read = openRead(run, plan);
    await read.add(page);
    return { ...read.whole(), positions: page.items.length + page.missing };
  });
}
