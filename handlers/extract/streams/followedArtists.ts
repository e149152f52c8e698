import type { PendingRead } from "../../state/extractState";
import { readOnceADay } from "./dailyRead";
import { OpenRead, type ReadPlan } from "./containerRead";
import type { ListenerRun } from "./listenerRun";
import { changedWhileRead, type PlacedPage } from "./pages";
import { mayReadAll } from "./stableList";

const stream = "followed_artists";

/** Reads the artists that the listener follows, once a day. */
export function readFollowedArtists(run: ListenerRun): Promise<void> {
  return readOnceADay(run, { stream, container: stream }, (plan) => readList(run, plan));
}

/**
 * Reads the list to the end of its cursor. If that gives fewer artists than Spotify counts, the list is fetched once
 * more: if it is the same, Spotify does not return the others, and they are recorded as missing.
 */
async function readList(run: ListenerRun, plan: ReadPlan): Promise<PendingRead | undefined> {
  const pages = await fetchPages(run, plan);
  if (!pages) return undefined;
  const last = pages.at(-1)!;
  last.missing = last.total - last.offset - last.items.length;
  if (last.missing > 0) {
    const second = await fetchPages(run, plan);
    if (!second || textOf(second) !== textOf(pages)) throw changedWhileRead();
  }
  const read = new OpenRead(run, plan);
  for (const page of pages) await read.add(page);
  return read.whole();
}

/** Returns all pages, or undefined if they do not fit into what is left, or into any day. */
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
    // A cursor that gives empty pages might never end.
    after = page.items.length > 0 ? page.after : undefined;
  } while (after !== undefined);
  return pages;
}

function textOf(pages: PlacedPage[]): string {
  return pages.map((page) => page.text).join("\n");
}
