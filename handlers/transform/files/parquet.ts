/** Table files as Parquet. */
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
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

/** Rows of a row group; the values of no more of them than that are there at once. */
const rowsInGroup = 10_000;

/**
 * A Snappy Parquet file with `metadata` in its footer. Every column is OPTIONAL, whatever the spec says, so that files
 * written before and after a column became nullable have one shape.
 */
export function parquetFile(rows: TableRows, metadata: Record<string, string>): Uint8Array {
  const { name, columns } = rows.table;
  const writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: [
      { name, num_children: columns.length },
      ...columns.map((column) => ({
        name: column.name,
        repetition_type: "OPTIONAL" as const,
        ...parquetTypes[column.type],
      })),
    ],
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  const readers = columns.map((column) => valueReader(column.type, rows.reader(column.name)));
  for (let start = 0; start < rows.length; start += rowsInGroup) {
    const end = Math.min(start + rowsInGroup, rows.length);
    const columnData = columns.map((column, index) => columnSource(column, readers[index]!, start, end));
    // Only a writer that can be flushed has to be waited for.
    void file.write({ columnData, rowGroupSize: rowsInGroup });
  }
  void file.finish();
  return new Uint8Array(writer.getBuffer());
}

function columnSource({ name, type }: Column, read: (at: number) => unknown, start: number, end: number) {
  return {
    name,
    data: Array.from({ length: end - start }, (_, index) => read(start + index)),
    // Of an all-NULL page of booleans the writer's RLE keeps nothing, which fastparquet cannot read.
    encoding: type === "boolean" ? ("PLAIN" as const) : undefined,
    // Ids and names are no ranges that a query asks for, and their bounds take a tenth of the time.
    statistics: type !== "string",
  };
}

/** Returns a function that gives a cell as the writer takes it: 64-bit integers as bigint, dates as days since 1970. */
function valueReader(type: ColumnType, read: (at: number) => Cell): (at: number) => unknown {
  if (type === "bigint" || type === "timestamp") return bigintReader(read);
  if (type !== "date") return read;
  return (at) => {
    const day = read(at);
    return day === null ? null : Date.parse(`${day as string}T00:00:00Z`) / 86_400_000;
  };
}

/** Equal numbers are often next to one another, as times of answers are: they share a bigint. */
function bigintReader(read: (at: number) => Cell): (at: number) => bigint | null {
  let last = { cell: 0 as Cell, value: 0n };
  return (at) => {
    const cell = read(at);
    if (cell === null) return null;
    if (cell !== last.cell) last = { cell, value: BigInt(cell as number) };
    return last.value;
  };
}
