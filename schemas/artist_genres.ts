import { range, spotifyId } from "./checks";
import { provenance, required, type TableSpec } from "./spec";

export const artistGenres: TableSpec = {
  name: "artist_genres",
  grain: "One genre of an artist, where Spotify says so.",
  key: ["artist_id", "read_seq", "genre_position"],
  dedupe: "All genres of a read belong together; those with an artist's greatest read_seq hold now.",
  columns: [
    required("read_seq", "bigint", "The number of the read; a greater one is newer."),
    required("artist_id", "string", "The artist.", spotifyId()),
    required("genre_position", "int", "Place among the artist's genres, from 0.", range(0)),
    required("genre", "string", "Spotify's word for it."),
    ...provenance(),
  ],
};
