import {
  changeListener,
  containerKey,
  dropContainer,
  listenerState,
  type LibraryCheckpoint,
  type PendingRead,
} from "../../state/extractState";
import { pageSize, type Page } from "../spotify/client";
import { readFirstNextTime, type Candidate } from "./readQueue";
import { closeRead, pageCursor, pagesFor, type PlacedPage, type ReadPlan } from "./containerRead";
import { iso, shortageFor, type ListenerRun } from "./listenerRun";
import { callsFor, entryKey, mayReadAll, readStill } from "./stableList";

/** What a listener saves, newest first. */
type Library = "saved_tracks" | "saved_albums";

/** The whole of a library, which is to be read when its turn comes. */
type Rest = Omit<Candidate, "key">;

/**
 * Reads what was added to a library since the last read: newest first, up to the overlap with what is known. Gives back
 * what is left to be read: all of it, if the total does not add up (something was removed), if nothing is known, or if
 * the last full read is `reconcileDays` ago.
 */
export async function readLibrary(run: ListenerRun, library: Library): Promise<Rest | undefined> {
  const known = listenerState(run.session.state(), run.listener)[library];
  const cursor = pageCursor((offset) => fetchPage(run, library, offset));
  const pages = [(await cursor.next())!];
  const added = known && (await additions(run, known, pages, cursor.next));
  const rest = (rank: 0 | 2) => ({
    rank,
    calls: callsFor(pages[0]!.total) - pages.length,
    read: () => readAll(run, library, pages, cursor.next),
  });
  if (!known || added === undefined) return rest(0);
  if (added === 0) run.counts.unchanged += 1;
  else await readAdditions(run, library, known, added, pages);
  return isStale(run, known) ? rest(2) : undefined;
}

type NextPage = () => Promise<PlacedPage | undefined>;

function fetchPage({ client }: ListenerRun, library: Library, offset: number): Promise<Page> {
  return library === "saved_tracks" ? client.savedTracks(offset) : client.savedAlbums(offset);
}

function isStale(run: ListenerRun, { full_at }: LibraryCheckpoint): boolean {
  return run.now() - Date.parse(full_at) >= run.reconcileDays * 86_400_000;
}

/**
 * How many entries were added on top of what is known, or undefined if that is not all that happened. If only additions
 * happened, the total has grown by their number, and right below them stands what was the newest. Adds to `pages` those
 * that it takes to see that.
 */
async function additions(
  run: ListenerRun,
  known: LibraryCheckpoint,
  pages: PlacedPage[],
  next: NextPage,
): Promise<number | undefined> {
  const growth = pages[0]!.total - known.total;
  if (growth < 0) return undefined;
  if (shortageFor(run, pagesFor(growth + 1))) return undefined;
  while (pages.length * pageSize <= growth) {
    const page = await next();
    if (!page) break;
    pages.push(page);
  }
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
  const plan = { ...planOf(library), kind: "additions", libraryVersion: known.library_version } as const;
  const noMore: NextPage = async () => undefined;
  const read = await readStill(run, plan, pages, noMore, (offset) => fetchPage(run, library, offset));
  await close(run, library, { ...read, positions: added }, pages[0]!, known);
}

/** Reads all that `pages` do not hold yet, unless it does not fit. */
async function readAll(
  run: ListenerRun,
  library: Library,
  pages: PlacedPage[],
  next: NextPage,
): Promise<undefined> {
  const plan = planOf(library);
  const first = pages[0]!;
  if (!mayReadAll(run, plan, first, { have: pages.length, isDaily: false })) {
    readFirstNextTime(run, containerKey(library, library));
    return undefined;
  }
  const read = await readStill(run, plan, pages, next, (offset) => fetchPage(run, library, offset));
  await close(run, library, read, first);
  return undefined;
}

function planOf(library: Library): ReadPlan {
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
