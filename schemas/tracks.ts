import { pattern, popularity, positive, range, spotifyId, spotifyUri } from "./checks";
import { optional, provenance, required, type TableSpec } from "./spec";

export const tracks: TableSpec = {
  name: "tracks",
  grain: "A track as the newest read of that day and stream showed it.",
  key: ["track_id", "read_seq"],
  dedupe:
    "One row a day and stream; the view current_tracks has each track once, with the newest value there is of each column.",
  columns: [
    required("read_seq", "bigint", "The number of the read; a greater one is newer."),
    required("track_id", "string", "Spotify's id.", spotifyId()),
    optional("name", "string", "Title; may be empty."),
    optional("album_id", "string", "The album.", spotifyId()),
    optional("album_name", "string", "Title of the album."),
    optional("primary_artist_id", "string", "The first artist.", spotifyId()),
    optional("primary_artist_name", "string", "Name of the first artist."),
    required("artist_count", "int", "How many artists are credited.", range(0)),
    optional("duration_ms", "bigint", "Length in milliseconds.", positive()),
    optional("is_explicit", "boolean", "Has explicit lyrics."),
    optional("disc_number", "int", "Disc, from 1.", range(1)),
    optional("track_number", "int", "Track on the disc, from 1.", range(1)),
    optional(
      "isrc",
      "string",
      "International Standard Recording Code.",
      pattern("^[A-Z]{2}[0-9A-Z]{3}[0-9]{7}$"),
    ),
    optional("popularity", "int", "0 to 100; absent in development mode.", popularity()),
    optional("is_playable", "boolean", "Playable in the market asked for, where Spotify says so."),
    optional(
      "linked_from_id",
      "string",
      "The id asked for, if Spotify answered with a relinked track.",
      spotifyId(),
    ),
    optional("uri", "string", "Spotify URI.", spotifyUri("track")),
    ...provenance(),
  ],
};
