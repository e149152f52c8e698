import { optional, provenance, readKey, required, type TableSpec } from "./spec";

export const containerReads: TableSpec = {
  name: "container_reads",
  grain: "One whole read of a container that became visible.",
  key: ["listener_id", "read_seq"],
  dedupe: "One row a read; the view accepted_reads has those whose rows are all there.",
  columns: [
    ...readKey(),
    required("stream", "string", "The stream, such as playlists, playlist_items or playlist:ID."),
    required(
      "container_id",
      "string",
      "The playlist's id, a top list such as tracks:short_term, or else the stream's name.",
    ),
    required("read_kind", "string", "full, or additions (newest first, up to what was known)."),
    required("library_version", "bigint", "read_seq of the full read that this belongs to."),
    optional("container_version", "string", "The container's version (a playlist's snapshot_id)."),
    required("completed_at", "timestamp", "When the check that the read is whole was done."),
    required(
      "row_count",
      "int",
      "Rows that belong to this read; a reader accepts it only if that many are there.",
    ),
    required("skipped_count", "int", "Positions without a row (see skips)."),
    required("page_count", "int", "Pages that were read."),
    ...provenance(),
  ],
};
