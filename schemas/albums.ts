import { allowed, pattern, popularity, range, spotifyId, spotifyUri } from "./checks";
import { optional, provenance, required, type TableSpec } from "./spec";

export const albums: TableSpec = {
  name: "albums",
  grain: "An album as the newest read of that day and stream showed it.",
  key: ["album_id", "read_seq"],
  dedupe:
    "One row a day and stream; the view current_albums has each album once, with the newest value there is of each column.",
  columns: [
    required("read_seq", "bigint", "The number of the read; a greater one is newer."),
    required("album_id", "string", "Spotify's id.", spotifyId()),
    optional("name", "string", "Title; empty after a takedown."),
    optional(
      "album_type",
      "string",
      "album, single or compilation.",
      allowed("album", "single", "compilation"),
    ),
    optional("primary_artist_id", "string", "The first artist.", spotifyId()),
    optional("primary_artist_name", "string", "Name of the first artist."),
    optional(
      "release_date",
      "string",
      "As Spotify gives it: 1971, 1981-12 or 1981-12-15; sometimes 0000.",
      pattern("^[0-9]{4}(-[0-9]{2}){0,2}$"),
    ),
    optional("release_date_precision", "string", "year, month or day.", allowed("year", "month", "day")),
    optional("release_year", "int", "Year of release, if it is a real one."),
    optional("release_day", "date", "First day that release_date can mean."),
    optional("total_tracks", "int", "Tracks on the album.", range(0)),
    optional("label", "string", "Label; absent in development mode."),
    optional("upc", "string", "Universal Product Code.", pattern("^[0-9]{8,14}$")),
    optional("popularity", "int", "0 to 100; absent in development mode.", popularity()),
    optional("image_url", "string", "The first cover image."),
    optional("uri", "string", "Spotify URI.", spotifyUri("album")),
    ...provenance(),
  ],
};
