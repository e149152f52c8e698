/** Table files as Parquet. */
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { TableWriter } from "./encode";
import type { Cell, Column, ColumnType, Row, TableSpec } from "../../../schemas";

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
  let waiting: Row[] = [];
  const writeGroup = (rows: Row[]) =>
    writer.write({
      columnData: table.columns.map((column) => ({
        name: column.name,
        data: columnData(column, rows),
        // Of an all-NULL page of booleans the writer's RLE keeps nothing, which fastparquet cannot read.
        encoding: column.type === "boolean" ? ("PLAIN" as const) : undefined,
      })),
      rowGroupSize: groupRows,
    });
  return {
    async add(rows) {
      waiting = waiting.length === 0 ? rows : [...waiting, ...rows];
      let start = 0;
      for (; waiting.length - start > groupRows; start += groupRows)
        await writeGroup(waiting.slice(start, start + groupRows));
      if (start > 0) waiting = waiting.slice(start);
    },
    async finish() {
      if (waiting.length > 0) await writeGroup(waiting);
      await writer.finish();
      return bytes.getBytes();
    },
  };
}

function columnData({ name, type }: Column, rows: Row[]): unknown[] {
  return rows.map((row) => (row[name] === null ? null : parquetValue(type, row[name]!)));
}

/** A cell as the writer takes it: 64-bit integers as bigint, dates as days since 1970. */
function parquetValue(type: ColumnType, cell: Cell): unknown {
  if (type === "bigint" || type === "timestamp") return BigInt(cell as number);
  if (type === "date") return Date.parse(`${cell as string}T00:00:00Z`) / 86_400_000;
  return cell;
}
