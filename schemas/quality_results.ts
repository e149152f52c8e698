import { optional, provenance, readKey, required, type TableSpec } from "./spec";

export const qualityResults: TableSpec = {
  name: "quality_results",
  grain:
    "One rule that was asked of the rows of one table, in one full read or else in one day of a stream, passed or failed; " +
    "a rule that failed has a row for each column in which it did.",
  dedupe: "One row a read or day, table, rule and column.",
  key: ["listener_id", "read_seq", "container_id", "table_name", "rule", "column_name"],
  columns: [
    ...readKey(),
    required("stream", "string", "The stream, such as playlist_items or playlist:ID."),
    required(
      "container_id",
      "string",
      "The container that was read whole, or the stream's name for a day of it.",
    ),
    required("table_name", "string", "The table whose rows were checked."),
    required("rule", "string", "The rule, such as range or row_count (docs/quality.md)."),
    optional(
      "column_name",
      "string",
      "The column in which a rule failed; NULL for a rule of the row or the read.",
    ),
    required(
      "severity",
      "string",
      "warn, or block: failing rows are put into quarantine, a failing read is rejected.",
    ),
    required("status", "string", "passed or failed."),
    optional("observed", "double", "Share of rows (or positions) that fail: failed_rows / total_rows."),
    optional("expected", "string", "What the rule requires."),
    required("failed_rows", "bigint", "Rows (or positions) that fail."),
    required("total_rows", "bigint", "Rows (or positions) that were checked."),
    optional("sample", "string", "The first value that failed, as JSON, cut to 200 characters."),
    ...provenance(),
  ],
};
