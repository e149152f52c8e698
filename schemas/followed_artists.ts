import { range, spotifyId } from "./checks";
import { optional, provenance, readKey, required, type TableSpec } from "./spec";

export const followedArtists: TableSpec = {
  name: "followed_artists",
  grain: "One followed artist in one read of the list.",
  key: ["listener_id", "read_seq", "list_position"],
  dedupe: "Every read stays; the view current_followed_artists has the latest whole one.",
  columns: [
    ...readKey(),
    required("list_position", "int", "Place in the list, from 0.", range(0)),
    required("artist_id", "string", "The artist.", spotifyId()),
    optional("artist_name", "string", "Name as listed; may be empty."),
    ...provenance(),
  ],
};
