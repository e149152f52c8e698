/**
 * Sealing: makes one file per table, listener and stream of the days of a month that are over, so that queries open few
 * files however old the lake is. It may be repeated, interrupted and run beside transforms. The order keeps every row visible:
 * 1. The marker is put: from then on a transform updates the new files, too.
 * 2. Each stream's raw is listed, and its new files are made. Raw that lands later is that transform's.
 * 3. Each partition is moved to the new files, container_reads last, and the marker says so.
 * 4. A day later, when no query reads them and no transform writes them any more, the old files are removed. Only then
 *    is the month sealed further.
 */
import { generation, tables, type TableSpec } from "../../schemas";
import { parseRawKey, rawPrefix, type StreamDay } from "../raw/format";
import type { BucketStore } from "../shared/store";
import { updateDay } from "./dayFiles";
import { rawMonthPrefix, updateMonth } from "./monthFiles";
import {
  beginSeal,
  dayMs,
  dueSeal,
  dueThrough,
  nextThrough,
  noteMoved,
  placeOf,
  readMarker,
  sealedRoot,
  shownThrough,
  type KnownMarker,
  type Place,
  type SealEvent,
} from "./sealedMonths";
import { dateOf, dayTargets, type StreamMonth } from "./targets";
import { registerFiles, type TransformDeps, type TransformSettings } from "./transform";

/** What a seal did. */
export interface SealResult {
  /** The days (`yyyy-MM-dd`) through which months were sealed: their partitions were moved to new files. */
  sealed: string[];
  /** Months (`yyyy-MM`) whose old files were removed. */
  removed: string[];
  /** The days through which months are still to be sealed, since the time was up; the next seal goes on with them. */
  left: string[];
  /** Sealed files that were written. */
  written: number;
}

/** `remainingMs` returns the ms until the function is ended. */
export interface SealDeps extends TransformDeps {
  raw: BucketStore;
  lake: BucketStore;
  remainingMs(): number;
}

/** How long files stay after their partition has moved to others. */
const keepFilesMs = dayMs;

/** Time that one stream's month may take; with less, nothing is begun. */
const reserveMs = 120_000;

/** Returns whether an event asks for a seal. */
export function isSealEvent(event: object): event is SealEvent {
  return (event as Partial<SealEvent>).seal === dueSeal.seal;
}

/**
 * Seals what is due of all months, oldest first. Throws as {@link transform} does, once the other months are done; a month
 * with a bad raw object stays as it is until that is deleted.
 */
export async function seal(deps: SealDeps, settings: TransformSettings): Promise<SealResult> {
  const result: SealResult = { sealed: [], removed: [], left: [], written: 0 };
  const errors: unknown[] = [];
  for (const [month, files] of await openMonths(deps)) {
    try {
      await sealMonth(deps, settings, month, files, result);
    } catch (error) {
      errors.push(error);
      deps.log({ level: "ERROR", message: "not sealed", month, error: String(error) });
    }
  }
  deps.log({ message: "sealed", ...result });
  if (errors.length > 0) throw errors[0];
  return result;
}

/** A table file and where it lies. */
interface PlacedFile extends Place {
  key: string;
}

/** Returns the table files of the months that are not done with, by month, oldest first. */
async function openMonths({ lake, now }: SealDeps): Promise<[string, PlacedFile[]][]> {
  const months = new Map<string, PlacedFile[]>();
  for (const prefix of [`g${generation}/`, sealedRoot])
    for (const key of await lake.list(prefix)) {
      const place = placeOf(key);
      if (!place) continue;
      const known = months.get(place.month);
      if (known) known.push({ ...place, key });
      else months.set(place.month, [{ ...place, key }]);
    }
  return [...months]
    .filter(([month, files]) => isOpen(files, dueThrough(month, now())))
    .sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Returns whether files of a month are to be sealed or removed, if it is due through a day. */
function isOpen(files: PlacedFile[], due: number): boolean {
  const places = new Set(files.map(({ through }) => through));
  if (places.size > 1) return true;
  return places.has(0) ? files.some(({ key }) => dateOfFile(key) <= due) : !places.has(due);
}

/** Returns the day of the month of a file that holds one day; Infinity for others. */
function dateOfFile(key: string): number {
  return Number(/-\d{4}-\d{2}-(\d{2})\.[^/]*$/.exec(key)?.[1] ?? Infinity);
}

async function sealMonth(
  deps: SealDeps,
  settings: TransformSettings,
  month: string,
  files: PlacedFile[],
  result: SealResult,
): Promise<void> {
  let marker = await readMarker(deps.lake, month);
  if (marker && marker.moved_at !== null) {
    const { through, moved_at } = marker;
    const old = files.filter((file) => file.through < through);
    if (old.length > 0) {
      if (deps.now() - Date.parse(moved_at) < keepFilesMs) return;
      // Once more: a crawler that found the day files may have moved a partition back.
      await registerFiles(deps, settings, inOrder(tablesIn(old)), month, through);
      await deps.lake.remove(old.map(({ key }) => key));
      result.removed.push(month);
    }
  }
  const due = dueThrough(month, deps.now());
  if (nextThrough(marker) === undefined && due > shownThrough(marker))
    marker = await beginSeal(deps.lake, month, due, marker);
  if (!marker || marker.moved_at !== null) return;
  const isMoved = await moveMonth(deps, settings, month, files, marker, result);
  const day = `${month}-${String(marker.through).padStart(2, "0")}`;
  (isMoved ? result.sealed : result.left).push(day);
}

/** Makes the new files of a month and moves its partitions there. Returns false if the time is up. */
async function moveMonth(
  deps: SealDeps,
  settings: TransformSettings,
  month: string,
  files: PlacedFile[],
  marker: KnownMarker,
  result: SealResult,
): Promise<boolean> {
  const { before, through } = marker;
  const filled = tablesIn(files.filter((file) => file.through === before));
  for (const [streamMonth, days] of await streamMonths(deps, month)) {
    if (deps.remainingMs() < reserveMs) return false;
    const updates = [await updateMonth(deps, settings, streamMonth, through)];
    for (const day of days.filter(({ day }) => dateOf(day) > through))
      updates.push(await updateDay(deps, settings, day, dayTargets(day, settings.format, through)));
    for (const { written, present } of updates) {
      result.written += written.length;
      for (const { table } of present) filled.add(table.name);
    }
  }
  await registerFiles(deps, settings, inOrder(filled), month, through);
  await noteMoved(deps.lake, month, marker, deps.now());
  return true;
}

/** Returns the names of the tables that files belong to. */
function tablesIn(files: PlacedFile[]): Set<string> {
  return new Set(files.map(({ table }) => table));
}

/** Returns tables by their names, container_reads last: it makes the rows of the others visible. */
function inOrder(names: Set<string>): { table: TableSpec }[] {
  const found = tables.filter(({ name }) => names.has(name)).map((table) => ({ table }));
  const isReads = ({ table }: { table: TableSpec }) => table.name === "container_reads";
  return [...found.filter((one) => !isReads(one)), ...found.filter(isReads)];
}

/** Returns the streams with raw objects in a month, and the days of those. */
async function streamMonths({ raw }: SealDeps, month: string): Promise<[StreamMonth, StreamDay[]][]> {
  const found: [StreamMonth, StreamDay[]][] = [];
  for (const listener of await raw.folders("raw/"))
    for (const slug of await raw.folders(`raw/${listener}/`)) {
      const streamMonth = { listener, slug, month };
      const days = new Map<string, StreamDay>();
      for (const key of await raw.list(rawMonthPrefix(streamMonth))) {
        const streamDay = parseRawKey(key);
        if (streamDay) days.set(rawPrefix(streamDay), streamDay);
      }
      if (days.size > 0) found.push([streamMonth, [...days.values()]]);
    }
  return found;
}
