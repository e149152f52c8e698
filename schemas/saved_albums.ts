import { notInFuture, range, spotifyId, spotifyUri } from "./checks";
import { optional, provenance, readKey, required, type TableSpec } from "./spec";

export const savedAlbums: TableSpec = {
  name: "saved_albums",
  grain: "One saved album as one read of the library showed it.",
  key: ["listener_id", "read_seq", "list_position"],
  dedupe: "Every read stays, and additions may come twice; the view current_saved_albums has each once.",
  columns: [
    ...readKey(),
    required(
      "library_version",
      "bigint",
      "read_seq of the full read that this belongs to; additions carry that of the full read before.",
    ),
    required("list_position", "int", "Place in the read, from 0, newest first.", range(0)),
    required("album_id", "string", "The album.", spotifyId()),
    optional("item_uri", "string", "Spotify URI.", spotifyUri("album")),
    optional("album_name", "string", "Title as listed; may be empty."),
    optional("artist_name", "string", "First artist as listed."),
    optional("added_at", "timestamp", "When it was saved.", notInFuture()),
    ...provenance(),
  ],
};
