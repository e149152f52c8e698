import {
  changeListener,
  containerKey,
  dropContainer,
  listenerState,
  type LibraryCheckpoint,
  type PendingRead,
} from "../../state/extractState";
import { pageSize, type Page } from "../spotify/client";
import { closeRead, type ReadPlan } from "./containerRead";
import { iso, shortageFor, type ListenerRun } from "./listenerRun";
import { PageCursor, pagesFor, type PlacedPage } from "./pages";
import { readFirstNextTime, type LargeRead } from "./readQueue";
import { callsFor, entryKey, mayReadAll, readStable } from "./stableList";

/** What a listener saves, newest first. */
type Library = "saved_tracks" | "saved_albums";

/**
 * Reads what was added to a library since the last read: newest first, down to the newest known entry. Returns the read
 * of the whole library if that is due: nothing is known, more happened than additions, or the last full read is
 * `reconcileDays` ago.
 */
export async function readLibrary(run: ListenerRun, library: Library): Promise<LargeRead | undefined> {
  const known = listenerState(run.session.state(), run.listener)[library];
  const cursor = new PageCursor((offset) => fetchPage(run, library, offset));
  const first = (await cursor.next())!;
  const newest = known && (await fetchNewest(run, known, first, cursor));
  const added = newest && countAdditions(known, newest);
  const pages = newest ?? [first];
  const whole = (rank: 0 | 2): LargeRead => ({
    rank,
    calls: callsFor(first.total) - pages.length,
    read: () => readAll(run, library, pages, cursor),
  });
  if (!known || added === undefined) return whole(0);
  if (added === 0) run.counts.unchanged += 1;
  else await readAdditions(run, library, known, added, pages);
  return isStale(run, known) ? whole(2) : undefined;
}

function fetchPage({ client }: ListenerRun, library: Library, offset: number): Promise<Page> {
  return library === "saved_tracks" ? client.savedTracks(offset) : client.savedAlbums(offset);
}

function isStale(run: ListenerRun, { full_at }: LibraryCheckpoint): boolean {
  return run.now() - Date.parse(full_at) >= run.reconcileDays * 86_400_000;
}

/**
 * Returns the pages down to the entry that was the newest, if as many were added as the total has grown by. Undefined
 * if the total has shrunk, or the calls do not suffice.
 */
async function fetchNewest(
  run: ListenerRun,
  known: LibraryCheckpoint,
  first: PlacedPage,
  cursor: PageCursor,
): Promise<PlacedPage[] | undefined> {
  const growth = first.total - known.total;
  if (growth < 0 || shortageFor(run, pagesFor(growth + 1))) return undefined;
  const pages = [first];
  while (pages.length * pageSize <= growth) {
    const page = await cursor.next();
    if (!page) break;
    pages.push(page);
  }
  return pages;
}

/**
 * Returns how many entries were added on top of what is known, or undefined if more happened than that. If only
 * additions happened, the total has grown by their number, and the entry below them is the one that was the newest.
 */
function countAdditions(known: LibraryCheckpoint, pages: PlacedPage[]): number | undefined {
  const growth = pages[0]!.total - known.total;
  const isKnown = (position: number) => {
    const entry = pages[Math.floor(position / pageSize)]?.items[position % pageSize];
    return entry !== undefined && known.newest.includes(entryKey(entry));
  };
  for (let position = 0; position < growth; position += 1) if (isKnown(position)) return undefined;
  return known.total === 0 || isKnown(growth) ? growth : undefined;
}

async function readAdditions(
  run: ListenerRun,
  library: Library,
  known: LibraryCheckpoint,
  added: number,
  pages: PlacedPage[],
): Promise<void> {
  const plan = { ...fullRead(library), kind: "additions", libraryVersion: known.library_version } as const;
  const read = await readStable(run, plan, { pages, refetchFirst: () => fetchPage(run, library, 0) });
  await close(run, library, { ...read, positions: added }, pages[0]!, known);
}

/** Reads the whole library, `pages` of which are there, unless that does not fit. */
async function readAll(
  run: ListenerRun,
  library: Library,
  pages: PlacedPage[],
  rest: PageCursor,
): Promise<undefined> {
  const plan = fullRead(library);
  const first = pages[0]!;
  if (!mayReadAll(run, plan, first, { have: pages.length, isDaily: false })) {
    readFirstNextTime(run, containerKey(library, library));
    return undefined;
  }
  const refetchFirst = () => fetchPage(run, library, 0);
  const read = await readStable(run, plan, { pages, rest, refetchFirst });
  await close(run, library, read, first);
  return undefined;
}

function fullRead(library: Library): ReadPlan {
  return { stream: library, container: library, name: null, version: null, kind: "full" };
}

/** Closes a read and sets the checkpoint: that of `known` with what was added, or a new one. */
async function close(
  run: ListenerRun,
  library: Library,
  read: PendingRead,
  first: PlacedPage,
  known?: LibraryCheckpoint,
): Promise<void> {
  const checkpoint: LibraryCheckpoint = {
    library_version: read.header.library_version,
    full_at: known?.full_at ?? iso(run.now()),
    total: first.total,
    newest: first.items.map(entryKey),
  };
  const key = containerKey(library, library);
  await closeRead(run, read, (state) =>
    changeListener(dropContainer(state, run.listener, key), run.listener, { [library]: checkpoint }),
  );
}
