import { range, spotifyId } from "./checks";
import { optional, provenance, readKey, required, type TableSpec } from "./spec";

export const playlists: TableSpec = {
  name: "playlists",
  grain: "A playlist as one read of the listener's list (or of playlist:ID) showed it.",
  key: ["listener_id", "read_seq", "playlist_id"],
  dedupe: "Every read stays; the view current_playlists has each playlist once, as it was last listed.",
  columns: [
    ...readKey(),
    required("playlist_id", "string", "Spotify's id.", spotifyId()),
    optional(
      "list_position",
      "int",
      "Place in the listener's list, from 0; NULL for a source playlist:ID.",
      range(0),
    ),
    optional("name", "string", "Title; may be empty."),
    optional("description", "string", "Description."),
    optional("owner_id", "string", "User id of the owner."),
    optional("owner_name", "string", "Name of the owner."),
    optional("is_public", "boolean", "Shown on the owner's profile."),
    optional("is_collaborative", "boolean", "Others may edit it."),
    optional("snapshot_id", "string", "Version of the contents."),
    optional("item_count", "int", "Items by Spotify's own count, unavailable ones included.", range(0)),
    optional("image_url", "string", "The first cover image."),
    ...provenance(),
  ],
};
