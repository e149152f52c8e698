/** Where a row came from. */
import { headerDate, type Json } from "../../raw/json";
import type { HeaderLine, ObjectLine, PageLine } from "../../raw/format";

/** A line of a raw object, counted from 1. */
export interface RawLocation {
  raw_key: string;
  raw_line: number;
}

/** The values that all rows of an answer share; `stream` is in the column `source`. */
export interface Provenance extends Json, RawLocation {
  listener_id: string;
  read_seq: number;
  library_version: number;
  snapshot_date: string;
  source: string;
  run_id: string;
  fetched_at: number;
}

/**
 * Returns the provenance of an answer of the read `header` in the stream-day of `day`. Without `location` it is that of
 * the read as a whole.
 */
export function provenanceOf(
  header: HeaderLine,
  day: string,
  fetchedAt: number,
  location: RawLocation = { raw_key: "", raw_line: 0 },
): Provenance {
  return {
    listener_id: header.listener,
    read_seq: header.read_seq,
    library_version: header.library_version,
    snapshot_date: day,
    source: header.stream,
    run_id: header.run_id,
    fetched_at: fetchedAt,
    ...location,
  };
}

/**
 * Returns when Spotify gave this answer, in ms. A Date header that is missing or invalid counts as the start of `day`
 * (`yyyy-MM-dd`, the stream-day's): a row must not depend on when it is made.
 */
export function answeredAt(line: PageLine | ObjectLine, day: string): number {
  return headerDate(line.date) ?? Date.parse(`${day}T00:00:00Z`);
}
