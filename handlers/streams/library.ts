import { listenerState, changeListener, type LibraryCheckpoint } from "../state";
import { pageSize, type Page } from "../spotify";
import { closeRead, pageCursor, pagesFor, type PlacedPage, type ReadPlan } from "./reads";
import { iso, lackFor, type ListenerRun } from "./run";
import { entryKey, mayReadAll, readStill } from "./unversioned";

/** After this many days the whole library is read even if nothing speaks for it. */
const reconcileDays = 30;

/** What a listener saves, newest first. */
interface Library {
  stream: "saved_tracks" | "saved_albums";
  fetchPage(offset: number): Promise<Page>;
}

/**
 * Reads what was added to a library since the last read: newest first, up to the overlap with what is known. If the
 * total does not add up (something was removed), if nothing is known, or if 30 days have gone by, it reads all.
 */
export async function readLibrary(run: ListenerRun, library: Library): Promise<void> {
  const known = listenerState(run.session.state(), run.listener)[library.stream];
  const cursor = pageCursor(library.fetchPage);
  const pages = [(await cursor.next())!];
  const added = known && !isStale(run, known) ? await additions(run, known, pages, cursor.next) : undefined;
  if (added === 0) run.tally.unchanged += 1;
  else await readAndClose(run, library, known, added, pages, cursor.next);
}

type NextPage = () => Promise<PlacedPage | undefined>;

function isStale(run: ListenerRun, { full_at }: LibraryCheckpoint): boolean {
  return run.now() - Date.parse(full_at) >= reconcileDays * 86_400_000;
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
  if (lackFor(run, pagesFor(growth + 1))) return undefined;
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

/** Reads and closes: `added` entries on top of what is known, or everything if undefined. */
async function readAndClose(
  run: ListenerRun,
  { stream, fetchPage }: Library,
  known: LibraryCheckpoint | undefined,
  added: number | undefined,
  pages: PlacedPage[],
  next: NextPage,
): Promise<void> {
  const first = pages[0]!;
  const plan: ReadPlan = { stream, container: stream, name: null, version: null, kind: "full" };
  if (added !== undefined) Object.assign(plan, { kind: "additions", libraryVersion: known!.library_version });
  else if (!mayReadAll(run, plan, first, pages.length)) return;
  const noMore: NextPage = async () => undefined;
  const whole = await readStill(run, plan, pages, added === undefined ? next : noMore, fetchPage);
  const checkpoint: LibraryCheckpoint = {
    library_version: whole.header.library_version,
    full_at: added === undefined ? iso(run.now()) : known!.full_at,
    total: first.total,
    newest: first.items.map(entryKey),
  };
  await closeRead(run, { ...whole, positions: added ?? whole.positions }, (state) =>
    changeListener(state, run.listener, { [stream]: checkpoint }),
  );
}
