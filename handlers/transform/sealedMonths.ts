/**
 * How the files of a month lie. At first each day has its own; later the first days of the month, and at last all of them,
 * are *sealed*: one file per table, listener and stream. A marker per month says how far it is sealed.
 */
import { generation, type TableSpec } from "../../schemas";
import { tablePrefix } from "../../schemas/formats";
import { partitionKey } from "../../schemas/spec";
import { isConflict, readText, type Store } from "../shared/store";

/** What the daily rule sends: seal all that is due. */
export const dueSeal = { seal: "due" } as const;

export type SealEvent = typeof dueSeal;

/**
 * Days after the end of a part of a month before it is sealed. What is read late comes within these days, but for what
 * waited in a failure queue: that updates the month's files.
 */
export const sealAfterDays = 2;

/** The days with which parts of a month end, but for the last part. Each more means to read the raw of a month once more. */
const partEnds = [15];

/** What a marker says. */
interface SealMarker {
  /** The last day of the month whose rows are in the month's file. */
  through: number;
  /** The same of the files that partitions led to before; 0 if each day had its own. */
  before: number;
  /** When all partitions of the month had been moved to the new files (ISO 8601 UTC); null until then. */
  moved_at: string | null;
}

/** A marker as it was read. */
export interface KnownMarker extends SealMarker {
  etag: string;
}

/** Prefix of all that belongs to sealed months. */
export const sealedRoot = `sealed/g${generation}/`;

/** Returns the key of a month's marker; `month` is `yyyy-MM`. */
export function markerKey(month: string): string {
  return `${sealedRoot}${month}.json`;
}

/** Returns whether a key is that of a marker. */
export function isMarker(key: string): boolean {
  return /^sealed\/g\d+\/[^/]+\.json$/.test(key);
}

/**
 * Returns the key prefix of a table's files of a month that is sealed through a day, 0 if it is not: the location of its
 * partition. The days after that one have their own files there.
 */
export function monthPrefix({ name }: Pick<TableSpec, "name">, month: string, through: number): string {
  const folder = `${partitionKey.name}=${month}/`;
  if (through === 0) return `${tablePrefix(name, generation)}${folder}`;
  return `${sealedRoot}${name}/${folder}${String(through).padStart(2, "0")}/`;
}

/** Where a table file lies. */
export interface Place {
  table: string;
  month: string;
  /** Through which day the month is sealed there; 0 if it is not. */
  through: number;
}

const tableFile = new RegExp(
  `^(?:sealed/)?g\\d+/(\\w+)/${partitionKey.name}=(\\d{4}-\\d{2})/(?:(\\d{2})/)?[^/]+$`,
);

/** Returns the place that a table file's key names; undefined for other keys. */
export function placeOf(key: string): Place | undefined {
  const [, table, month, through = "0"] = tableFile.exec(key) ?? [];
  return table === undefined ? undefined : { table, month: month!, through: Number(through) };
}

/** Returns whether a month is sealed as a whole at a place. */
export function isWhole({ month, through }: Place): boolean {
  return through === partsOf(month).at(-1);
}

/** Returns the ends of a month's parts, the last one its last day. */
export function partsOf(month: string): number[] {
  const [year, number] = month.split("-").map(Number);
  return [...partEnds, new Date(Date.UTC(year!, number!, 0)).getUTCDate()];
}

/** Returns through which day a month (`yyyy-MM`) is to be sealed at a time (ms); 0 if no part of it is. */
export function dueThrough(month: string, now: number): number {
  const start = Date.parse(`${month}-01T00:00:00Z`);
  const due = partsOf(month).filter((day) => start + (day + sealAfterDays) * dayMs <= now);
  return due.at(-1) ?? 0;
}

export const dayMs = 86_400_000;

/** Returns through which day a month is sealed where its partitions lead to. */
export function shownThrough(marker: SealMarker | undefined): number {
  if (!marker) return 0;
  return marker.moved_at === null ? marker.before : marker.through;
}

/** Returns through which day a month is being sealed; undefined if it is not. */
export function nextThrough(marker: SealMarker | undefined): number | undefined {
  return marker?.moved_at === null ? marker.through : undefined;
}

/** Returns the marker of a month, or undefined if sealing it has not begun. */
export async function readMarker(lake: Store, month: string): Promise<KnownMarker | undefined> {
  const found = await readText(lake, markerKey(month));
  return found && { ...(JSON.parse(found.text) as SealMarker), etag: found.etag };
}

/**
 * Notes that a month is being sealed through a day, in place of the marker that was read, and returns the marker that is
 * there: another run's, if that was first.
 */
export async function beginSeal(
  lake: Store,
  month: string,
  through: number,
  known: KnownMarker | undefined,
): Promise<KnownMarker> {
  const marker = { through, before: shownThrough(known), moved_at: null };
  try {
    return { ...marker, etag: await putMarker(lake, month, marker, known?.etag) };
  } catch (error) {
    if (!isConflict(error)) throw error;
    return (await readMarker(lake, month))!;
  }
}

/** Notes that all partitions of a month lead to its new files. Another run that notes it first does no harm. */
export async function noteMoved(lake: Store, month: string, known: KnownMarker, at: number): Promise<void> {
  const { etag, ...marker } = known;
  try {
    await putMarker(lake, month, { ...marker, moved_at: new Date(at).toISOString() }, etag);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

async function putMarker(lake: Store, month: string, marker: SealMarker, etag?: string): Promise<string> {
  const body = Buffer.from(`${JSON.stringify(marker)}\n`);
  const condition = etag === undefined ? ({ ifNoneMatch: "*" } as const) : { ifMatch: etag };
  return lake.put(markerKey(month), body, condition, { contentType: "application/json" });
}
