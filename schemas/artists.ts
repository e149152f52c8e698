import { popularity, range, spotifyId, spotifyUri } from "./checks";
import { optional, provenance, required, type TableSpec } from "./spec";

export const artists: TableSpec = {
  name: "artists",
  grain: "An artist as the newest read of that day and stream showed it, one in full before mere credits.",
  key: ["artist_id", "read_seq"],
  dedupe:
    "One row a day and stream; the view current_artists has each artist once, with the newest value there is of each column.",
  columns: [
    required("read_seq", "bigint", "The number of the read; a greater one is newer."),
    required("artist_id", "string", "Spotify's id.", spotifyId()),
    optional("name", "string", "Name; may be empty."),
    optional("popularity", "int", "0 to 100; absent in development mode.", popularity()),
    optional("follower_count", "bigint", "Followers; absent in development mode.", range(0)),
    optional("image_url", "string", "The first image."),
    optional("uri", "string", "Spotify URI.", spotifyUri("artist")),
    ...provenance(),
  ],
};
