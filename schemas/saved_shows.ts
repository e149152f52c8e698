import { notInFuture, range, spotifyId, spotifyUri } from "./checks";
import { optional, provenance, readKey, required, type TableSpec } from "./spec";

export const savedShows: TableSpec = {
  name: "saved_shows",
  grain: "One saved podcast in one read of the list.",
  key: ["listener_id", "read_seq", "list_position"],
  dedupe: "Every read stays; the view current_saved_shows has the latest whole one.",
  columns: [
    ...readKey(),
    required("list_position", "int", "Place in the list, from 0, newest first.", range(0)),
    required("show_id", "string", "The podcast.", spotifyId()),
    optional("item_uri", "string", "Spotify URI.", spotifyUri("show")),
    optional("show_name", "string", "Name as listed; may be empty."),
    optional("publisher", "string", "Publisher; NULL where Spotify does not say (development mode)."),
    optional("media_type", "string", "What its episodes are: audio, video or mixed."),
    optional("total_episodes", "int", "Episodes that it has.", range(0)),
    optional("is_explicit", "boolean", "Has explicit content."),
    optional("added_at", "timestamp", "When it was saved.", notInFuture()),
    ...provenance(),
  ],
};
