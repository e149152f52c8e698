/**
 * Sealing: makes one file per table, listener and stream of a month that is over, so that queries open few files however
 * old the lake is. It may be repeated, interrupted and run beside transforms. The order keeps every row visible:
 * 1. The marker is put: from then on a transform updates the stream's month file, too.
 * 2. Each stream's raw is listed, and its month files are made. Raw that lands later is that transform's.
 * 3. Each partition is moved to the sealed files, container_reads last, and the marker says so.
 * 4. A day later, when no query reads them and no transform writes them any more, the day files are removed.
 */
import { generation, tables } from "../../schemas";
import { tablePrefix } from "../../schemas/formats";
import { partitionKey } from "../../schemas/spec";
import type { BucketStore } from "../shared/store";
import { rawMonthPrefix, updateMonth } from "./monthFiles";
import {
  beginSeal,
  dueSeal,
  noteMoved,
  sealAfterDays,
  type KnownMarker,
  type SealEvent,
} from "./sealedMonths";
import type { StreamMonth } from "./targets";
import { registerSealed, type TransformDeps, type TransformSettings } from "./transform";

/** What a seal did. */
export interface SealResult {
  /** Months (`yyyy-MM`) whose partitions were moved to sealed files. */
  sealed: string[];
  /** Months whose day files were removed. */
  removed: string[];
  /** Months that are due but not done, since the time was up; the next seal goes on with them. */
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

const dayMs = 86_400_000;

/** How long day files stay after their partition has moved. */
const keepDayFilesMs = dayMs;

/** Time that one stream's month may take; with less, nothing is begun. */
const reserveMs = 120_000;

/** Returns whether an event asks for a seal. */
export function isSealEvent(event: object): event is SealEvent {
  return (event as Partial<SealEvent>).seal === dueSeal.seal;
}

/**
 * Seals all months that are due, oldest first. Throws as {@link transform} does, once the other months are done; a month
 * with a bad raw object stays as it is until that is deleted.
 */
export async function seal(deps: SealDeps, settings: TransformSettings): Promise<SealResult> {
  const result: SealResult = { sealed: [], removed: [], left: [], written: 0 };
  const errors: unknown[] = [];
  for (const [month, dayFiles] of await dueMonths(deps)) {
    try {
      await sealMonth(deps, settings, month, dayFiles, result);
    } catch (error) {
      errors.push(error);
      deps.log({ level: "ERROR", message: "not sealed", month, error: String(error) });
    }
  }
  deps.log({ message: "sealed", ...result });
  if (errors.length > 0) throw errors[0];
  return result;
}

/** Returns the months that are due and have day files, oldest first, and the keys of those. */
async function dueMonths({ lake, now }: SealDeps): Promise<[string, string[]][]> {
  const months = new Map<string, string[]>();
  for (const key of await lake.list(`g${generation}/`)) {
    const month = new RegExp(`/${partitionKey.name}=(\\d{4}-\\d{2})/`).exec(key)?.[1];
    if (month === undefined || !isDue(month, now())) continue;
    months.set(month, [...(months.get(month) ?? []), key]);
  }
  return [...months].sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Returns whether a month (`yyyy-MM`) ended long enough before `now` (ms). */
export function isDue(month: string, now: number): boolean {
  const [year, number] = month.split("-").map(Number);
  return Date.UTC(year!, number!, 1) + sealAfterDays * dayMs <= now;
}

async function sealMonth(
  deps: SealDeps,
  settings: TransformSettings,
  month: string,
  dayFiles: string[],
  result: SealResult,
): Promise<void> {
  const marker = await beginSeal(deps.lake, month);
  if (marker.moved_at === null) {
    const moved = await moveMonth(deps, settings, month, dayFiles, marker, result);
    (moved ? result.sealed : result.left).push(month);
  } else if (deps.now() - Date.parse(marker.moved_at) >= keepDayFilesMs) {
    // Once more: a crawler that found the day files may have moved a partition back.
    await registerSealed(deps, settings, inMonth(dayFiles), month);
    await deps.lake.remove(dayFiles);
    result.removed.push(month);
  }
}

/** Makes the month's files and moves its partitions. Returns false if the time is up. */
async function moveMonth(
  deps: SealDeps,
  settings: TransformSettings,
  month: string,
  dayFiles: string[],
  marker: KnownMarker,
  result: SealResult,
): Promise<boolean> {
  const filled = new Set(inMonth(dayFiles).map(({ table }) => table.name));
  for (const streamMonth of await streamMonths(deps, month)) {
    if (deps.remainingMs() < reserveMs) return false;
    const { written, present } = await updateMonth(deps, settings, streamMonth);
    result.written += written.length;
    for (const { table } of present) filled.add(table.name);
  }
  const moved = tables.filter(({ name }) => filled.has(name)).map((table) => ({ table }));
  await registerSealed(deps, settings, lastRead(moved), month);
  await noteMoved(deps.lake, month, marker, deps.now());
  return true;
}

/** Puts container_reads last: it makes the rows of the others visible. */
function lastRead<T extends { table: { name: string } }>(targets: T[]): T[] {
  const isReads = ({ table }: T) => table.name === "container_reads";
  return [...targets.filter((target) => !isReads(target)), ...targets.filter(isReads)];
}

/** Returns the tables of these day files. */
function inMonth(dayFiles: string[]) {
  const found = tables.filter(({ name }) =>
    dayFiles.some((key) => key.startsWith(tablePrefix(name, generation))),
  );
  return lastRead(found.map((table) => ({ table })));
}

/** Returns the streams with raw objects in a month. */
async function streamMonths({ raw }: SealDeps, month: string): Promise<StreamMonth[]> {
  const found: StreamMonth[] = [];
  for (const listener of await raw.folders("raw/"))
    for (const slug of await raw.folders(`raw/${listener}/`)) {
      const streamMonth = { listener, slug, month };
      if ((await raw.list(rawMonthPrefix(streamMonth))).length > 0) found.push(streamMonth);
    }
  return found;
}
