import { range, spotifyId } from "./checks";
import { optional, provenance, required, type TableSpec } from "./spec";

export const trackArtists: TableSpec = {
  name: "track_artists",
  grain: "One credited artist of a track.",
  key: ["track_id", "read_seq", "artist_position"],
  dedupe:
    "All credits of a read belong together; the view current_track_artists has those of each track's newest read.",
  columns: [
    required("read_seq", "bigint", "The number of the read; a greater one is newer."),
    required("track_id", "string", "The track.", spotifyId()),
    required("artist_position", "int", "Place in the credits, from 0.", range(0)),
    optional("artist_id", "string", "The artist.", spotifyId()),
    optional("artist_name", "string", "Name as credited."),
    ...provenance(),
  ],
};
