import { notInFuture } from "./checks";
import { provenance, required, type TableSpec } from "./spec";

export const gaps: TableSpec = {
  name: "gaps",
  grain: "One stretch of time in which plays may be missing, since Spotify shows only the newest.",
  key: ["listener_id", "stream", "run_id", "gap_from"],
  dedupe: "One row a gap.",
  columns: [
    required("listener_id", "string", "The listener."),
    required("stream", "string", "The stream: recently_played."),
    required("gap_from", "timestamp", "The newest play known before the gap."),
    required("gap_to", "timestamp", "The oldest play known after it.", notInFuture()),
    ...provenance(),
  ],
};
