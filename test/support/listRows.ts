import type { Row } from "../../schemas";

/** Rows of lists as tests give them, each with what a test says and otherwise something plain. */

/** ms since 1970 UTC of an ISO 8601 time. */
export const ms = (time: string) => Date.parse(time);

/** A whole read of a container at noon of a March day, of so many rows. */
export const read = (read_seq: number, dayOfMarch: number, row_count: number, more: Row = {}): Row => ({
  ...{ listener_id: "me", read_seq, stream: "playlist_items", container_id: "p1", read_kind: "full" },
  ...{ library_version: read_seq, container_version: `v${read_seq}`, row_count, skipped_count: 0 },
  completed_at: ms(`2026-03-${String(dayOfMarch).padStart(2, "0")}T12:00:00Z`),
  ...more,
});

/** The entries of one read of a playlist: `track@hour` each, or `?` for an unavailable one. */
export const entries = (read_seq: number, items: string[], more: Row = {}): Row[] =>
  items.map((item, item_position) => {
    const [track, hour] = item.split("@");
    const known: Row =
      item === "?"
        ? { item_type: "unavailable" }
        : { item_type: "track", track_id: track!, item_uri: `spotify:track:${track}`, item_name: track! };
    const added_at = hour === undefined ? null : ms(`2026-02-01T${hour}:00:00Z`);
    const source = "playlist_items";
    return {
      listener_id: "me",
      read_seq,
      playlist_id: "p1",
      item_position,
      ...known,
      added_at,
      source,
      ...more,
    };
  });

/** A playlist that is read as a source of its own. */
export const playlist = (playlist_id: string, name: string, more: Row = {}): Row => ({
  ...{ listener_id: "me", read_seq: 1, playlist_id, name, snapshot_id: "v1", source: "playlist:x" },
  ...more,
});
