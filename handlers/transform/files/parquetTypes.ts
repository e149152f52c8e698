import type { ColumnType } from "../../../schemas";

/**
 * How each type lies in Parquet. Timestamps are marked as local ones, as DuckDB and Trino write a plain TIMESTAMP; the
 * older annotation beside it is for readers that know only that one.
 */
export const parquetTypes = {
  string: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  int: { type: "INT32" },
  bigint: { type: "INT64" },
  double: { type: "DOUBLE" },
  boolean: { type: "BOOLEAN" },
  timestamp: {
    type: "INT64",
    converted_type: "TIMESTAMP_MILLIS",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: false, unit: "MILLIS" },
  },
  date: { type: "INT32", converted_type: "DATE" },
} as const satisfies Record<ColumnType, object>;

/** How a value is stored. */
export type PhysicalType = (typeof parquetTypes)[ColumnType]["type"];
