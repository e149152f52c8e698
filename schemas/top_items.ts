import { allowed, range, spotifyId } from "./checks";
import { optional, provenance, readKey, required, type TableSpec } from "./spec";

export const topItems: TableSpec = {
  name: "top_items",
  grain: "One rank of one of a listener's top lists in one read.",
  key: ["listener_id", "read_seq", "item_type", "time_range", "item_rank"],
  dedupe: "Every read stays; the view current_top_items has the latest whole one of each list.",
  columns: [
    ...readKey(),
    required("item_type", "string", "track or artist.", allowed("track", "artist")),
    required(
      "time_range",
      "string",
      "short_term (about 4 weeks), medium_term (about 6 months) or long_term (about a year).",
      allowed("short_term", "medium_term", "long_term"),
    ),
    required("item_rank", "int", "Place in the list, from 1.", range(1)),
    required("item_id", "string", "The track or artist.", spotifyId()),
    optional("item_name", "string", "Title or name as listed; may be empty."),
    ...provenance(),
  ],
};
