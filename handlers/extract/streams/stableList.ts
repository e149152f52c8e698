import { object } from "../../raw/json";
import type { Page } from "../spotify/client";
import type { PendingRead } from "../../state/extractState";
import { dayOf, OpenRead, type ReadPlan } from "./containerRead";
import type { ListenerRun } from "./listenerRun";
import { changedWhileRead, pagesFor, type PageCursor, type PlacedPage } from "./pages";
import { reserveOrSkip } from "./skips";

/** A list that has no version. */
export interface UnversionedList {
  /** Its first pages, which are there already. */
  pages: PlacedPage[];
  /** Returns the others. */
  rest?: PageCursor;
  /** Fetches the first page once more. */
  refetchFirst(): Promise<Page>;
}

/**
 * Reads a list that has no version. Its first page is fetched once more at the end, to see that it has not changed.
 * @throws `changed_while_read` if it has
 */
export async function readStable(
  run: ListenerRun,
  plan: ReadPlan,
  { pages, rest, refetchFirst }: UnversionedList,
): Promise<PendingRead> {
  const read = new OpenRead(run, plan);
  try {
    for (const page of pages) await read.add(page);
    for (let page; (page = await rest?.next());) await read.add(page);
    if (read.whole().pages > 1 && !samePage(pages[0]!, await refetchFirst())) throw changedWhileRead();
    return read.whole();
  } catch (error) {
    read.drop();
    throw error;
  }
}

/** Returns the calls that {@link readStable} takes for a list of `total` entries, its first page included. */
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
  const skipped = { stream, day: dayOf(first.date, run), container, name };
  return reserveOrSkip(run, skipped, callsFor(first.total) - have, { everyDay: have + 1, isDaily });
}

/** Returns what distinguishes an entry: its id and, if it was saved, when. */
export function entryKey(entry: unknown): string {
  const saved = object(entry) as Saved;
  // A track has fields `track` and `album` of its own, so they are used only in an entry that was saved.
  const item = "added_at" in saved ? (saved.track ?? saved.album ?? saved.show ?? saved.episode) : saved;
  return `${item?.id ?? item?.uri} ${saved.added_at}`;
}

interface Item {
  id?: string | null;
  uri?: string;
}

/** An entry that was saved, or is the item itself. */
interface Saved extends Item {
  added_at?: string;
  track?: Item | null;
  album?: Item | null;
  show?: Item | null;
  episode?: Item | null;
}

/** Returns whether two readings of a page list the same entries in the same order. */
export function samePage(one: Page, other: Page): boolean {
  return (
    one.total === other.total &&
    JSON.stringify(one.items.map(entryKey)) === JSON.stringify(other.items.map(entryKey))
  );
}
