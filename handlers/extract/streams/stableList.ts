import { object } from "../../raw/json";
import type { Page } from "../spotify/client";
import type { PendingRead } from "../../state/extractState";
import { changedWhileRead, dayOf, openRead, pagesFor, type PlacedPage, type ReadPlan } from "./containerRead";
import type { ListenerRun } from "./listenerRun";
import { reserveOrSkip } from "./skips";

/**
 * Reads a list that has no version: `pages`, which are there already, and those that `next` gives. The first page is
 * asked for once more at the end, to see that the list has held still.
 * @throws `changed_while_read` if it has not
 */
export async function readStill(
  run: ListenerRun,
  plan: ReadPlan,
  pages: PlacedPage[],
  next: () => Promise<PlacedPage | undefined>,
  fetchPage: (offset: number) => Promise<Page>,
): Promise<PendingRead> {
  const read = openRead(run, plan);
  try {
    for (const page of pages) await read.add(page);
    for (let page; (page = await next());) await read.add(page);
    if (read.whole().pages > 1 && !samePage(pages[0]!, await fetchPage(0))) throw changedWhileRead();
    return read.whole();
  } catch (error) {
    read.drop();
    throw error;
  }
}

/** Calls that {@link readStill} takes for a list of `total` entries, its first page included. */
export function callsFor(total: number): number {
  const pages = pagesFor(total);
  return pages > 1 ? pages + 1 : 1;
}

/**
 * Returns whether the list may be read; if not, it is postponed or skipped.
 * @param have pages that are there already
 * @param isDaily true if the list is read every day
 */
export function mayReadAll(
  run: ListenerRun,
  { stream, container, name }: ReadPlan,
  first: Pick<Page, "total" | "date">,
  { have, isDaily }: { have: number; isDaily: boolean },
): boolean {
  const place = { stream, day: dayOf(first.date, run), container, name };
  return reserveOrSkip(run, place, callsFor(first.total) - have, { everyDay: have + 1, isDaily });
}

/** What tells one entry from any other: a track or album and when it was saved, or what the list holds itself. */
export function entryKey(entry: unknown): string {
  const saved = object(entry) as { added_at?: string; track?: Item | null; album?: Item | null };
  // A track has fields `track` and `album` of its own, so only what was saved is looked into.
  const item = "added_at" in saved ? (saved.track ?? saved.album) : (saved as Item);
  return `${item?.id ?? item?.uri} ${saved.added_at}`;
}

interface Item {
  id?: string | null;
  uri?: string;
}

/** True if two readings of a page list the same entries in the same order. */
export function samePage(one: Page, other: Page): boolean {
  return (
    one.total === other.total &&
    JSON.stringify(one.items.map(entryKey)) === JSON.stringify(other.items.map(entryKey))
  );
}
