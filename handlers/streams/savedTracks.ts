import { codeOf, type CodedError } from "../errors";
import { utcDay } from "../raw";
import { changeListener, containerKey, listenerState, type LibraryCheckpoint } from "../state";
import {
  changedWhileRead,
  closeRead,
  dayOf,
  openRead,
  pageCursor,
  pagesFor,
  type PlacedPage,
  type ReadPlan,
} from "./reads";
import { iso, lackFor, leaveOver, type ListenerRun } from "./run";
import { refusalIn, refuse, skip, standingRefusal } from "./skips";
import { pageSize, type Page } from "../spotify";

/** After this many days the whole library is read even if nothing speaks for it. */
const reconcileDays = 30;

const stream = "saved_tracks";

/**
 * Reads what was added to the library since the last read: newest first, up to the overlap with what is known. If the
 * total does not add up (something was removed), if nothing is known, or if 30 days have gone by, it reads all.
 */
export async function readSavedTracks(run: ListenerRun): Promise<void> {
  const { saved_tracks: known, containers } = listenerState(run.session.state(), run.listener);
  const key = containerKey(stream, stream);
  const place = { stream, day: utcDay(run.now()), container: stream, name: null };
  const standing = standingRefusal(run, containers[key]?.refused, "owned");
  if (standing) {
    skip(run, place, standing);
    return;
  }
  try {
    const cursor = pageCursor((offset) => run.client.savedTracks(offset));
    const pages = [(await cursor.next())!];
    const added = known && !isStale(run, known) ? await additions(run, known, pages, cursor.next) : undefined;
    if (added === 0) run.tally.unchanged += 1;
    else await readLibrary(run, known, added, pages, cursor.next);
  } catch (error) {
    const refused = refusalIn(run, error, "owned");
    if (refused) refuse(run, key, place, refused);
    else if (codeOf(error) === "changed_while_read") leaveOver(run, error as CodedError);
    else throw error;
  }
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
async function readLibrary(
  run: ListenerRun,
  known: LibraryCheckpoint | undefined,
  added: number | undefined,
  pages: PlacedPage[],
  next: NextPage,
): Promise<void> {
  const first = pages[0]!;
  if (added === undefined && !mayReadAll(run, first, pages.length)) return;
  const plan: ReadPlan = { stream, container: stream, name: null, version: null, kind: "full" };
  if (added !== undefined) Object.assign(plan, { kind: "additions", libraryVersion: known!.library_version });
  const read = openRead(run, plan);
  try {
    for (const page of pages) await read.add(page);
    if (added === undefined) for (let page; (page = await next());) await read.add(page);
    const { pages: count } = read.whole();
    if (count > 1 && !samePage(first, await run.client.savedTracks(0))) throw changedWhileRead();
  } catch (error) {
    read.drop();
    throw error;
  }
  const whole = read.whole();
  const positions = added ?? whole.positions;
  const saved_tracks: LibraryCheckpoint = {
    library_version: whole.header.library_version,
    full_at: added === undefined ? iso(run.now()) : known!.full_at,
    total: first.total,
    newest: first.items.map(entryKey),
  };
  await closeRead(run, { ...whole, positions }, (state) =>
    changeListener(state, run.listener, { saved_tracks }),
  );
}

/** False if the library does not fit into what is left, or into any day. `have` pages are there already. */
function mayReadAll(run: ListenerRun, first: PlacedPage, have: number): boolean {
  const calls = pagesFor(first.total) + 1;
  if (calls + 1 > run.callBudget) {
    const message = `It takes ${calls} calls; the budget is ${run.callBudget} a day.`;
    const place = { stream, day: dayOf(first.date, run), container: stream, name: null };
    skip(run, place, { reason: "over_budget", http_status: null, message, until: null });
    return false;
  }
  const lack = lackFor(run, calls - have);
  if (lack) leaveOver(run, lack);
  return !lack;
}

function samePage(one: Page, other: Page): boolean {
  return (
    one.total === other.total &&
    JSON.stringify(one.items.map(entryKey)) === JSON.stringify(other.items.map(entryKey))
  );
}

/** What tells one saving of a track from any other. */
function entryKey(entry: unknown): string {
  const { added_at, track } = (entry ?? {}) as {
    added_at?: string;
    track?: { id?: string | null; uri?: string } | null;
  };
  return `${track?.id ?? track?.uri} ${added_at}`;
}
