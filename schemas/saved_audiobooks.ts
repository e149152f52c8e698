import { pattern, range, spotifyId } from "./checks";
import { optional, provenance, readKey, required, type TableSpec } from "./spec";

export const savedAudiobooks: TableSpec = {
  name: "saved_audiobooks",
  grain: "One saved audiobook in one read of the list; Spotify does not say when it was saved.",
  key: ["listener_id", "read_seq", "list_position"],
  dedupe: "Every read stays; the view current_saved_audiobooks has the latest whole one.",
  columns: [
    ...readKey(),
    required("list_position", "int", "Place in the list, from 0.", range(0)),
    required("audiobook_id", "string", "The audiobook.", spotifyId()),
    optional(
      "item_uri",
      "string",
      "Spotify URI; Spotify calls audiobooks shows there.",
      pattern("^spotify:"),
    ),
    optional("audiobook_name", "string", "Title as listed; may be empty."),
    optional("author_names", "string", "Its authors, with commas between them."),
    optional("narrator_names", "string", "Who reads it, with commas between them."),
    optional("publisher", "string", "Publisher; NULL where Spotify does not say (development mode)."),
    optional("edition", "string", "Edition, such as Unabridged."),
    optional("total_chapters", "int", "Chapters that it has.", range(0)),
    optional("is_explicit", "boolean", "Has explicit content."),
    ...provenance(),
  ],
};
