/** Table files as Parquet. */
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Cell, Column, ColumnType } from "../../../schemas";
import type { TableRows } from "../rows/tableRows";

/**
 * How each type lies in Parquet. Timestamps are marked as local ones, as DuckDB and Trino write a plain TIMESTAMP; the
 * older annotation beside it is for readers that know only that one.
 */
const parquetTypes = {
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

/**
 * A Snappy Parquet file with `metadata` in its footer. Every column is OPTIONAL, whatever the spec says, so that files
 * written before and after a column became nullable have one shape.
 */
export function parquetFile(rows: TableRows, metadata: Record<string, string>): Uint8Array {
  const { table } = rows;
  const file = parquetWriteBuffer({
    schema: [
      { name: table.name, num_children: table.columns.length },
      ...table.columns.map(({ name, type }) => ({
        name,
        repetition_type: "OPTIONAL" as const,
        ...parquetTypes[type],
      })),
    ],
    columnData: table.columns.map((column) => ({
      name: column.name,
      data: columnData(column, rows),
      // Of an all-NULL page of booleans the writer's RLE keeps nothing, which fastparquet cannot read.
      encoding: column.type === "boolean" ? ("PLAIN" as const) : undefined,
    })),
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    rowGroupSize: 10_000,
  });
  return new Uint8Array(file);
}

function columnData({ name, type }: Column, rows: TableRows): unknown[] {
  const read = rows.reader(name);
  return Array.from({ length: rows.length }, (_, at) => {
    const cell = read(at);
    return cell === null ? null : parquetValue(type, cell);
  });
}

/** A cell as the writer takes it: 64-bit integers as bigint, dates as days since 1970. */
function parquetValue(type: ColumnType, cell: Cell): unknown {
  if (type === "bigint" || type === "timestamp") return BigInt(cell as number);
  if (type === "date") return Date.parse(`${cell as string}T00:00:00Z`) / 86_400_000;
  return cell;
}
