/** Row checks that concern several columns, written by hand. */
import type { Cell } from "../../../schemas";
import type { TableRule } from "../../../schemas/quality";

/** One check of a row as a whole. */
export interface TableCheck {
  rule: TableRule;
  /** The columns that it compares; their values are reported if it fails. */
  columns: [string, string];
  holds(one: Cell, other: Cell): boolean;
  expected: string;
}

const lengths: Record<string, number> = { year: 4, month: 7, day: 10 };

const datePrecision: TableCheck = {
  rule: "date_precision",
  expected: "yyyy for year, yyyy-MM for month, yyyy-MM-dd for day",
  columns: ["release_date", "release_date_precision"],
  holds: (date, precision) =>
    typeof date !== "string" || (lengths[String(precision)] ?? date.length) === date.length,
};

/** The checks of each table. */
export const tableChecks: Record<string, TableCheck[]> = {
  tracks: [uriOfId("track", "track_id", "uri")],
  albums: [uriOfId("album", "album_id", "uri"), datePrecision],
  artists: [uriOfId("artist", "artist_id", "uri")],
  plays: [uriOfId("track", "track_id", "item_uri")],
  playlist_items: [uriOfId("track", "track_id", "item_uri")],
  saved_tracks: [uriOfId("track", "track_id", "item_uri")],
  saved_shows: [uriOfId("show", "show_id", "item_uri")],
  saved_episodes: [uriOfId("episode", "episode_id", "item_uri"), datePrecision],
  extract_runs: [timeOrder("started_at", "ended_at")],
  gaps: [timeOrder("gap_from", "gap_to")],
};

function uriOfId(kind: string, id: string, uri: string): TableCheck {
  const prefix = `spotify:${kind}:`;
  return {
    rule: "uri_of_id",
    expected: `${prefix} and ${id}`,
    columns: [id, uri],
    holds: (idCell, uriCell) => {
      if (typeof idCell !== "string" || typeof uriCell !== "string") return true;
      // Compared in parts: a text made for each row would take longer.
      const isAsLong = uriCell.length === prefix.length + idCell.length;
      return isAsLong && uriCell.startsWith(prefix) && uriCell.endsWith(idCell);
    },
  };
}

function timeOrder(from: string, to: string): TableCheck {
  return {
    rule: "time_order",
    expected: `${to} not before ${from}`,
    columns: [from, to],
    holds: (begin, end) => begin! <= end!,
  };
}
