import { range, spotifyId } from "./checks";
import { optional, provenance, required, type TableSpec } from "./spec";

export const albumArtists: TableSpec = {
  name: "album_artists",
  grain: "One credited artist of an album.",
  key: ["album_id", "read_seq", "artist_position"],
  dedupe: "All credits of a read belong together; those with an album's greatest read_seq hold now.",
  columns: [
    required("read_seq", "bigint", "The number of the read; a greater one is newer."),
    required("album_id", "string", "The album.", spotifyId()),
    required("artist_position", "int", "Place in the credits, from 0.", range(0)),
    optional("artist_id", "string", "The artist.", spotifyId()),
    optional("artist_name", "string", "Name as credited."),
    ...provenance(),
  ],
};
