import { allowed, notInFuture, pattern, range, spotifyId } from "./checks";
import { optional, provenance, readKey, required, type TableSpec } from "./spec";

export const playlistItems: TableSpec = {
  name: "playlist_items",
  grain: "One position of one playlist in one read.",
  key: ["listener_id", "read_seq", "playlist_id", "item_position"],
  dedupe: "Every read stays; the view current_playlist_items has the latest whole read of each playlist.",
  columns: [
    ...readKey(),
    required("playlist_id", "string", "The playlist.", spotifyId()),
    required(
      "item_position",
      "int",
      "Place in the playlist, from 0; the only identity, since a track may stand twice.",
      range(0),
    ),
    required(
      "item_type",
      "string",
      "track, episode, local or unavailable.",
      allowed("track", "episode", "local", "unavailable"),
    ),
    optional("track_id", "string", "The track, if item_type is track.", spotifyId()),
    optional("episode_id", "string", "The episode, if item_type is episode.", spotifyId()),
    optional("item_uri", "string", "Spotify URI; for a local file spotify:local:….", pattern("^spotify:")),
    optional("item_name", "string", "Title as listed; may be empty."),
    optional("artist_name", "string", "First artist as listed, for a local file too."),
    optional("album_name", "string", "Album (or show) as listed."),
    optional("duration_ms", "bigint", "Length in milliseconds.", range(0)),
    optional(
      "added_at",
      "timestamp",
      "When it was added; NULL where Spotify has none (very old lists, or 1970).",
      notInFuture(),
    ),
    optional("added_by_id", "string", "User who added it."),
    required("is_local", "boolean", "A file of the user's own."),
    optional("snapshot_id", "string", "The playlist's version that was read."),
    ...provenance(),
  ],
};
