import { allowed, range, spotifyId } from "./checks";
import { optional, provenance, readKey, required, type TableSpec } from "./spec";

export const searchResults: TableSpec = {
  name: "search_results",
  grain: "One result of one search, at its rank; each search is made once a UTC day.",
  key: ["listener_id", "read_seq", "item_type", "item_rank"],
  dedupe: "Every day's answer stays; the view current_search_results has the latest of each search.",
  columns: [
    ...readKey(),
    required("query", "string", "What was searched for."),
    required("item_type", "string", "track, album or artist.", allowed("track", "album", "artist")),
    required("item_rank", "int", "Place among the results of its type, from 1.", range(1)),
    required("item_id", "string", "The track, album or artist.", spotifyId()),
    optional("item_name", "string", "Title or name as listed; may be empty."),
    optional("artist_name", "string", "First artist as listed; NULL for artists."),
    ...provenance(),
  ],
};
