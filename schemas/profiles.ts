import { pattern, range } from "./checks";
import { optional, provenance, readKey, required, type TableSpec } from "./spec";

export const profiles: TableSpec = {
  name: "profiles",
  grain: "A listener's profile as read in one run.",
  key: ["listener_id", "read_seq"],
  dedupe: "One row a read; the newest read_seq is what holds now.",
  columns: [
    ...readKey(),
    required("user_id", "string", "Spotify's id of the user."),
    optional("account_id", "string", "Spotify's stable pseudonymous id of the account."),
    optional("display_name", "string", "The name shown."),
    optional(
      "country",
      "string",
      "ISO 3166-1 alpha-2 country; absent in development mode.",
      pattern("^[A-Z]{2}$"),
    ),
    optional("product", "string", "Subscription level; absent in development mode."),
    optional("follower_count", "bigint", "Followers; absent in development mode.", range(0)),
    optional("image_url", "string", "The largest profile image."),
    ...provenance(),
  ],
};
