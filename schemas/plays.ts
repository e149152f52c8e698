import { notLate, pattern, range, spotifyId } from "./checks";
import { optional, provenance, readKey, required, type TableSpec } from "./spec";

/** Milliseconds that the clock of a listener's device may be ahead: a play that is later is rejected. */
export const deviceClockToleranceMs = 86_400_000;

export const plays: TableSpec = {
  name: "plays",
  grain:
    "One play, as the first read of that day showed it; other days may hold it too (see the view all_plays).",
  key: ["listener_id", "played_at", "item_uri"],
  dedupe:
    "A play may lie under two days, since Spotify shows the last 50 again and again; the view all_plays has it once.",
  columns: [
    ...readKey(),
    required(
      "played_at",
      "timestamp",
      "When it was played, to the millisecond; Spotify means sometimes the start, sometimes the end.",
      notLate(),
    ),
    optional("track_id", "string", "The track; NULL for a local file.", spotifyId()),
    required("item_uri", "string", "Spotify URI of what was played.", pattern("^spotify:")),
    optional("track_name", "string", "Title as listed; may be empty."),
    optional("artist_name", "string", "First artist as listed."),
    optional("album_name", "string", "Album as listed."),
    optional(
      "duration_ms",
      "bigint",
      "Length of the track in milliseconds, however much of it was heard.",
      range(0),
    ),
    optional(
      "context_type",
      "string",
      "What it was played from: playlist, album, artist …; NULL if unknown.",
    ),
    optional("context_uri", "string", "Spotify URI of that playlist, album or artist."),
    ...provenance(),
  ],
};
