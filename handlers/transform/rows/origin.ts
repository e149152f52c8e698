/** Where a row came from. */
import { type Loss } from "./cells";
import { headerDate, type Json } from "../../raw/json";
import type { HeaderLine, ObjectLine, PageLine } from "../../raw/format";

/** A line of a raw object, counted from 1. */
export interface Place {
  raw_key: string;
  raw_line: number;
}

/** The values that every row of a read begins and ends with; `stream` stands in the column `source`. */
export interface Origin extends Json, Place {
  listener_id: string;
  read_seq: number;
  library_version: number;
  source: string;
  run_id: string;
  fetched_at: number;
  /** What the rows made of it could not take, where somebody asks. */
  losses?: Loss[];
}

/**
 * The origin of what was read under `header`, answered at `fetchedAt` (ms) and lies at `place`; what tells of a read as a
 * whole lies nowhere.
 */
export function originOf(
  header: HeaderLine,
  fetchedAt: number,
  place: Place = { raw_key: "", raw_line: 0 },
): Origin {
  return {
    listener_id: header.listener,
    read_seq: header.read_seq,
    library_version: header.library_version,
    source: header.stream,
    run_id: header.run_id,
    fetched_at: fetchedAt,
    ...place,
  };
}

/**
 * When Spotify gave this answer, in ms. The first moment of `day` (`yyyy-MM-dd`, the stream-day's) stands for a Date
 * header that is missing or odd: a row must not depend on when it is made.
 */
export function answeredAt(line: PageLine | ObjectLine, day: string): number {
  return headerDate(line.date) ?? Date.parse(`${day}T00:00:00Z`);
}
