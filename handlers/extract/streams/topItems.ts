import type { TopKind, TopRange } from "../spotify/client";
import { readOnceADay } from "./dailyRead";
import { OpenRead } from "./containerRead";
import { fitsOrPostpone, tolerateFailure, type ListenerRun } from "./listenerRun";
import { PageCursor } from "./pages";

const kinds: TopKind[] = ["tracks", "artists"];
const ranges: TopRange[] = ["short_term", "medium_term", "long_term"];

/** Reads the listener's top items once a day, a container for each kind and time range. */
export async function readTopItems(run: ListenerRun): Promise<void> {
  for (const kind of kinds)
    for (const range of ranges) await tolerateFailure(run, () => readTopList(run, kind, range));
}

/** Reads the first page, which is the top 50: the list has thousands of entries, and each page costs a call. */
function readTopList(run: ListenerRun, kind: TopKind, range: TopRange): Promise<void> {
  return readOnceADay(run, { stream: "top_items", container: `${kind}:${range}` }, async (plan) => {
    if (!fitsOrPostpone(run, 1)) return undefined;
    const cursor = new PageCursor((offset) => run.client.topItems(kind, range, offset));
    const page = (await cursor.next())!;
    const read = new OpenRead(run, plan);
    await read.add(page);
    return { ...read.whole(), positions: page.items.length + page.missing };
  });
}
