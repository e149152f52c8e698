/** Table files as Parquet. */
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { TableWriter } from "./encode";
import type { Cell, Column, ColumnType, TableSpec } from "../../../schemas";

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

/** Rows of a row group. */
const groupRows = 10_000;

/**
 * Returns a writer of a Snappy Parquet file with `metadata` in its footer. Every column is OPTIONAL, whatever the spec
 * says, so that files written before and after a column became nullable have one shape.
 */
export function parquetWriter(table: TableSpec, metadata: Record<string, string>): TableWriter {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: table.name, num_children: table.columns.length },
      ...table.columns.map(({ name, type }) => ({
        name,
        repetition_type: "OPTIONAL" as const,
        ...parquetTypes[type],
      })),
    ],
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  /** The values of the next row group, by column. */
  let waiting: unknown[][] = table.columns.map(() => []);
  const writeGroup = async () => {
    const columnData = table.columns.map((column, index) => columnSource(column, waiting[index]!));
    await writer.write({ columnData, rowGroupSize: groupRows });
    waiting = table.columns.map(() => []);
  };
  return {
    async add(rows) {
      const readers = table.columns.map(({ name, type }) => valueReader(type, rows.reader(name)));
      for (let start = 0; start < rows.length;) {
        if (waiting[0]!.length === groupRows) await writeGroup();
        const end = Math.min(rows.length, start + groupRows - waiting[0]!.length);
        for (const [index, read] of readers.entries())
          for (let at = start; at < end; at += 1) waiting[index]!.push(read(at));
        start = end;
      }
    },
    async finish() {
      if (waiting[0]!.length > 0) await writeGroup();
      await writer.finish();
      return bytes.getBytes();
    },
  };
}

function columnSource({ name, type }: Column, data: unknown[]) {
  return {
    name,
    data,
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
