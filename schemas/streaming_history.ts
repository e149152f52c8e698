import { allowed, pattern, range, spotifyId } from "./checks";
import { optional, provenance, readKey, required, type TableSpec } from "./spec";

export const streamingHistory: TableSpec = {
  name: "streaming_history",
  grain:
    "One play of an imported export; exports that overlap have it once (but for the two formats, see the view all_plays). " +
    "It lies under the first day of its UTC month.",
  key: ["listener_id", "played_at", "item_key", "ms_played"],
  dedupe:
    "Once a key, however many exports hold it; the view all_plays also joins the two export formats and the API's plays.",
  columns: [
    ...readKey(),
    required("played_at", "timestamp", "When the play ended; an account export has it to the minute."),
    required("ms_played", "bigint", "Milliseconds that were heard.", range(0)),
    required(
      "item_key",
      "string",
      "What was played: its Spotify URI, or artist and title in an account export, which has no URIs.",
    ),
    required(
      "item_type",
      "string",
      "track, episode or chapter (of an audiobook); chapters are in extended exports alone.",
      allowed("track", "episode", "chapter"),
    ),
    optional(
      "track_id",
      "string",
      "The track; NULL for anything else and in an account export.",
      spotifyId(),
    ),
    optional("item_name", "string", "Title of the track, episode or chapter."),
    optional("artist_name", "string", "Main artist of the track, the show's name, or the audiobook's title."),
    optional("album_name", "string", "The track's album."),
    optional("platform", "string", "What it was played on, as Spotify names it."),
    optional("country", "string", "Country in which it was played (ISO 3166-1).", pattern("^[A-Z]{2}$")),
    optional("reason_start", "string", "Why it began, such as trackdone or clickrow."),
    optional("reason_end", "string", "Why it ended, such as trackdone or fwdbtn."),
    optional("shuffle", "boolean", "Whether shuffle was on."),
    optional("skipped", "boolean", "Whether the listener skipped it, as far as Spotify says."),
    optional("offline", "boolean", "Whether it was played offline."),
    optional("incognito_mode", "boolean", "Whether it was played in a private session."),
    required(
      "export_format",
      "string",
      "extended (the extended streaming history) or account (account data).",
    ),
    ...provenance(),
  ],
};
