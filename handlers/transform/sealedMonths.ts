/**
 * Sealed months: once a month is over, one file holds all of it per table, listener and stream, under a prefix beside the
 * tables' own. A marker per month says so.
 */
import { generation, type TableSpec } from "../../schemas";
import { partitionKey } from "../../schemas/spec";
import { isConflict, readText, type Store } from "../shared/store";

/** What the daily rule sends: seal every month that is due. */
export const dueSeal = { seal: "due" } as const;

export type SealEvent = typeof dueSeal;

/**
 * Days after the end of a month before it is sealed. What is read late comes within these days, but for what waited in
 * a failure queue: that updates the month's files.
 */
export const sealAfterDays = 7;

/** What a marker says. */
interface SealMarker {
  /** When all partitions of the month had been moved to the sealed files (ISO 8601 UTC); null until then. */
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

/** Returns the key prefix of a table's sealed files of a month: the location of its partition from then on. */
export function sealedPrefix({ name }: Pick<TableSpec, "name">, month: string): string {
  return `${sealedRoot}${name}/${partitionKey.name}=${month}/`;
}

/** Returns the marker of a month, or undefined if sealing it has not begun. */
export async function readMarker(lake: Store, month: string): Promise<KnownMarker | undefined> {
  const found = await readText(lake, markerKey(month));
  return found && { ...(JSON.parse(found.text) as SealMarker), etag: found.etag };
}

/** Puts a month's marker, unless it is there, and returns the one that is there. */
export async function beginSeal(lake: Store, month: string): Promise<KnownMarker> {
  try {
    const etag = await putMarker(lake, month, { moved_at: null });
    return { moved_at: null, etag };
  } catch (error) {
    if (!isConflict(error)) throw error;
    return (await readMarker(lake, month))!;
  }
}

/** Notes that all partitions of a month lead to its sealed files. Another run that notes it first does no harm. */
export async function noteMoved(lake: Store, month: string, marker: KnownMarker, at: number): Promise<void> {
  try {
    await putMarker(lake, month, { moved_at: new Date(at).toISOString() }, marker.etag);
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
}

async function putMarker(lake: Store, month: string, marker: SealMarker, etag?: string): Promise<string> {
  const body = Buffer.from(`${JSON.stringify(marker)}\n`);
  const condition = etag === undefined ? ({ ifNoneMatch: "*" } as const) : { ifMatch: etag };
  return lake.put(markerKey(month), body, condition, { contentType: "application/json" });
}
