import { allowed, range } from "./checks";
import { optional, provenance, required, type TableSpec } from "./spec";

export const extractRuns: TableSpec = {
  name: "extract_runs",
  grain: "One extract run, for one listener.",
  key: ["run_id", "listener_id"],
  dedupe: "One row a run and listener.",
  columns: [
    required("listener_id", "string", "The listener."),
    required("event_id", "string", "The event that started it."),
    required("started_at", "timestamp", "Start."),
    required("ended_at", "timestamp", "End of the reading."),
    required("duration_ms", "bigint", "Milliseconds between the two.", range(0)),
    required(
      "status",
      "string",
      "complete, partial (stopped early, the next run goes on) or failed.",
      allowed("complete", "partial", "failed"),
    ),
    optional("stop_reason", "string", "Why it stopped early or failed: a code such as quota_exceeded."),
    optional("stop_message", "string", "The same in a sentence."),
    required("calls", "int", "Web API calls made, retries included.", range(0)),
    required("retries", "int", "Calls that were repeats after a fault.", range(0)),
    required("containers_read", "int", "Containers read whole.", range(0)),
    required("containers_unchanged", "int", "Containers not read because their version is known.", range(0)),
    required("containers_skipped", "int", "Containers that may not be read (see skips).", range(0)),
    required("raw_objects", "int", "Raw objects written before this record.", range(0)),
    required("budget_used", "int", "Calls reserved of the day's budget by the end of the run.", range(0)),
    optional("not_before", "timestamp", "No call before this time, if Spotify said so."),
    optional(
      "token_days_left",
      "int",
      "Whole days until Spotify ends the listener's sign-in; NULL for an app, or if its date is not known.",
    ),
    ...provenance(),
  ],
};
