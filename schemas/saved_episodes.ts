import { notInFuture, range, spotifyId, spotifyUri } from "./checks";
import { optional, provenance, readKey, required, type TableSpec } from "./spec";

export const savedEpisodes: TableSpec = {
  name: "saved_episodes",
  grain: "One saved podcast episode in one read of the list, with how far it was heard by then.",
  key: ["listener_id", "read_seq", "list_position"],
  dedupe: "Every read stays; the view current_saved_episodes has the latest whole one.",
  columns: [
    ...readKey(),
    required("list_position", "int", "Place in the list, from 0, newest first.", range(0)),
    required("episode_id", "string", "The episode.", spotifyId()),
    optional("item_uri", "string", "Spotify URI.", spotifyUri("episode")),
    optional("episode_name", "string", "Title as listed; may be empty."),
    optional("show_id", "string", "Its podcast.", spotifyId()),
    optional("show_name", "string", "Name of the podcast as listed."),
    optional("duration_ms", "bigint", "Length in milliseconds.", range(0)),
    optional("release_date", "string", "Release date as Spotify writes it: yyyy, yyyy-MM or yyyy-MM-dd."),
    optional("release_date_precision", "string", "year, month or day."),
    optional("is_explicit", "boolean", "Has explicit content."),
    optional(
      "is_fully_played",
      "boolean",
      "The listener heard it to the end; NULL without the scope user-read-playback-position.",
    ),
    optional(
      "resume_position_ms",
      "bigint",
      "How far the listener has come, in milliseconds; 0 again once it was fully played. NULL as above.",
      range(0),
    ),
    optional("added_at", "timestamp", "When it was saved.", notInFuture()),
    ...provenance(),
  ],
};
