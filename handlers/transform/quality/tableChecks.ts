/** Row checks that concern several columns, written by hand. */
import type { Row } from "../../../schemas";
import type { TableRule } from "../../../schemas/quality";

/** One check of a row as a whole. */
export interface TableCheck {
  rule: TableRule;
  holds(row: Row): boolean;
  expected: string;
  /** The columns whose values are reported if it fails. */
  shown: string[];
}

const lengths: Record<string, number> = { year: 4, month: 7, day: 10 };

/** The checks of each table. */
export const tableChecks: Record<string, TableCheck[]> = {
  tracks: [uriOfId("track", "track_id", "uri")],
  albums: [
    uriOfId("album", "album_id", "uri"),
    {
      rule: "date_precision",
      expected: "yyyy for year, yyyy-MM for month, yyyy-MM-dd for day",
      shown: ["release_date", "release_date_precision"],
      holds: ({ release_date: date, release_date_precision: precision }) =>
        typeof date !== "string" || (lengths[String(precision)] ?? date.length) === date.length,
    },
  ],
  artists: [uriOfId("artist", "artist_id", "uri")],
  plays: [uriOfId("track", "track_id", "item_uri")],
  playlist_items: [uriOfId("track", "track_id", "item_uri")],
  saved_tracks: [uriOfId("track", "track_id", "item_uri")],
  extract_runs: [timeOrder("started_at", "ended_at")],
  gaps: [timeOrder("gap_from", "gap_to")],
};

function uriOfId(kind: string, id: string, uri: string): TableCheck {
  return {
    rule: "uri_of_id",
    expected: `spotify:${kind}: and ${id}`,
    shown: [id, uri],
    holds: (row) => row[id] === null || row[uri] === null || row[uri] === `spotify:${kind}:${row[id]}`,
  };
}

function timeOrder(from: string, to: string): TableCheck {
  return {
    rule: "time_order",
    expected: `${to} not before ${from}`,
    shown: [from, to],
    holds: (row) => row[from]! <= row[to]!,
  };
}
