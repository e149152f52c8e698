import { optional, provenance, required, type TableSpec } from "./spec";

export const skips: TableSpec = {
  name: "skips",
  grain: "One thing that was skipped in one run, with its reason.",
  key: ["listener_id", "run_id", "source", "container_id", "item_position"],
  dedupe: "One row a thing and run; what is skipped again in the next run has another row.",
  columns: [
    required("listener_id", "string", "The listener."),
    required("stream", "string", "The stream."),
    required("container_id", "string", "What was skipped, or the container that holds it."),
    optional("container_name", "string", "Its name, if known."),
    required(
      "item_position",
      "int",
      "Place in the container, from 0; -1 if the whole container was skipped.",
    ),
    required(
      "reason",
      "string",
      "A code such as not_owned, not_found, null_entry, not_returned or sign_in_missing.",
    ),
    optional("http_status", "int", "Spotify's status code."),
    optional("message", "string", "Spotify's words, or ours."),
    required("skipped_count", "int", "How many entries this stands for."),
    optional("until", "timestamp", "Not asked again before this time."),
    ...provenance(),
  ],
};
