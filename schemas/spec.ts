/**
 * The spec of a table. The Parquet schema, the CSV files, the Glue table and partition descriptors, the row checks, the
 * DuckDB table and the data dictionary all follow from it.
 */
import type { Check } from "./checks";

/**
 * Column types, by their Glue names. In memory a `timestamp` is a number (ms since 1970, UTC), a `date` is text
 * `yyyy-MM-dd`, `int` (32 bits), `bigint` (within 2^53) and `double` (finite) are numbers.
 */
export type ColumnType = "string" | "int" | "bigint" | "double" | "boolean" | "timestamp" | "date";

/** One column. `meaning` is one sentence for people; `checks` apply to every value, beside its type. */
export interface Column {
  name: string;
  type: ColumnType;
  nullable: boolean;
  meaning: string;
  checks?: Check[];
}

/** One table of the lake, partitioned by {@link partitionKey}. */
export interface TableSpec {
  name: string;
  /** What one row stands for. */
  grain: string;
  /** The columns that identify a row of the table (`snapshot_date` follows from `read_seq`). */
  key: string[];
  /** How often the same thing can be in the table, and which view has it once. */
  dedupe: string;
  columns: Column[];
}

/** The partition key of every table: the UTC month of the read. */
export const partitionKey = {
  name: "snapshot_month",
  type: "string",
  meaning: "The UTC month of the read, yyyy-MM.",
} as const satisfies Omit<Column, "nullable">;

/** A cell in memory, see {@link ColumnType}. */
export type Cell = string | number | boolean | null;

/** A row in memory: column name -> cell. */
export type Row = Record<string, Cell>;

/** Returns a column that always has a value. */
export function required(name: string, type: ColumnType, meaning: string, ...checks: Check[]): Column {
  return { name, type, nullable: false, meaning, ...(checks.length > 0 && { checks }) };
}

/** Returns a column that may be NULL. */
export function optional(name: string, type: ColumnType, meaning: string, ...checks: Check[]): Column {
  return { name, type, nullable: true, meaning, ...(checks.length > 0 && { checks }) };
}

/** Returns the columns that say where a row came from; new columns of a table follow them. */
export function provenance(): Column[] {
  return [
    required("snapshot_date", "string", "The UTC day of the read, yyyy-MM-dd."),
    required("source", "string", "The stream that was read, such as playlist_items or playlist:ID."),
    required("run_id", "string", "The extract run that read it."),
    required("fetched_at", "timestamp", "When Spotify answered (the answer's Date header)."),
  ];
}

/** Returns the columns that rows of a container read begin with. */
export function readKey(): Column[] {
  return [
    required("listener_id", "string", "The listener (setting `listeners`) whose data this is."),
    required("read_seq", "bigint", "The number of the read; a greater one is newer."),
  ];
}
