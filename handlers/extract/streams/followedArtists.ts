import type { PendingRead } from "../../state/extractState";
import { readOnceADay } from "./dailyRead";
import { changedWhileRead, openRead, type PlacedPage, type ReadPlan } from "./containerRead";
import type { ListenerRun } from "./listenerRun";
import { mayReadAll } from "./stableList";

const stream = "followed_artists";

/** Reads the artists that the listener follows, once a day. */
export function readFollowedArtists(run: ListenerRun): Promise<void> {
  return readOnceADay(run, { stream, container: stream }, (plan) => readList(run, plan));
}

/**
 * The list is whole when its cursor has ended and as many artists were given as Spotify counts. If there are fewer, it
 * is read once more: the same again is all that Spotify gives, and what is missing is recorded.
 */
async function readList(run: ListenerRun, plan: ReadPlan): Promise<PendingRead | undefined> {
  const pages = await fetchPages(run, plan);
  if (!pages) return undefined;
  const last = pages.at(-1)!;
  last.missing = last.total - last.offset - last.items.length;
  if (last.missing > 0) {
    const again = await fetchPages(run, plan);
    if (!again || textOf(again) !== textOf(pages)) throw changedWhileRead();
  }
  const read = openRead(run, plan);
  for (const page of pages) await read.add(page);
  return read.whole();
}

/** All pages as the cursor gives them, or undefined if they do not fit into what is left, or into any day. */
async function fetchPages(run: ListenerRun, plan: ReadPlan): Promise<PlacedPage[] | undefined> {
  const pages: PlacedPage[] = [];
  let offset = 0;
  let after: string | undefined;
  do {
    const page = await run.client.followedArtists(after);
    if (pages.length === 0 && !mayReadAll(run, plan, page, { have: 1, isDaily: true })) return undefined;
    pages.push({ ...page, offset, missing: 0 });
    offset += page.items.length;
    if (page.total !== pages[0]!.total || offset > page.total) throw changedWhileRead();
    // A cursor that leads to nothing would lead on for ever.
    after = page.items.length > 0 ? page.after : undefined;
  } while (after !== undefined);
  return pages;
}

function textOf(pages: PlacedPage[]): string {
  return pages.map((page) => page.text).join("\n");
}
