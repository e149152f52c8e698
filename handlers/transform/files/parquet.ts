/** Table files as Parquet. */
import { ByteWriter } from "hyparquet-writer";
import { writeMetadata } from "hyparquet-writer/src/metadata.js";
import type { TableSpec } from "../../../schemas";
import { RowStore } from "../rows/rowStore";
import { numbersBelow, TableRows } from "../rows/tableRows";
import { writeColumnChunk } from "./columnChunk";
import type { TableWriter } from "./encode";
import { parquetTypes } from "./parquetTypes";

/** Rows of a row group. */
const groupRows = 10_000;

/** Bytes that a cell takes in most tables, and some more. */
const cellSize = 8;

/** "PAR1", the first and the last four bytes of a file. */
const magic = 0x31524150;

type FileMetaData = Parameters<typeof writeMetadata>[1];

/**
 * Returns a writer of a Snappy Parquet file with `metadata` in its footer. Every column is OPTIONAL, whatever the spec
 * says, so that files written before and after a column became nullable have one shape. The parts are hyparquet-writer's;
 * its own encoding of columns takes JavaScript values, and longer.
 */
export function parquetWriter(table: TableSpec, metadata: Record<string, string>): TableWriter {
  const bytes = new ByteWriter();
  bytes.appendUint32(magic);
  const groups: FileMetaData["row_groups"] = [];
  /** The rows of the next row group so far. */
  let waiting: TableRows | undefined;
  /** Holds them once they are of several parts. */
  let gathered: RowStore | undefined;
  const joined = (first: TableRows, second: TableRows) => {
    if (!gathered) first.copyTo((gathered = new RowStore(table)));
    second.copyTo(gathered);
    return new TableRows(gathered, numbersBelow(gathered.size));
  };
  const writeGroup = (rows: TableRows) => {
    const start = bytes.offset;
    const { store, numbers } = rows;
    const columns = table.columns.map((column, index) =>
      writeColumnChunk(bytes, column, store.columns[index]!, numbers),
    );
    const total = columns.reduce((sum, { meta_data }) => sum + meta_data.total_uncompressed_size, 0n);
    groups.push({
      columns,
      total_byte_size: total,
      num_rows: BigInt(rows.length),
      total_compressed_size: BigInt(bytes.offset - start),
    });
  };
  return {
    async add(rows) {
      // Room for the whole file at once: a buffer that grew would leave its copies behind.
      if (groups.length === 0) bytes.ensure(cellSize * rows.length * table.columns.length);
      let left = rows;
      if (waiting) {
        const room = groupRows - waiting.length;
        if (room > 0) waiting = joined(waiting, rows.slice(0, room));
        left = rows.slice(room);
        if (left.length === 0) return;
        writeGroup(waiting);
        gathered = undefined;
      }
      for (; left.length > groupRows; left = left.slice(groupRows)) writeGroup(left.slice(0, groupRows));
      waiting = left.length > 0 ? left : undefined;
    },
    async finish() {
      if (waiting) writeGroup(waiting);
      writeMetadata(bytes, footerOf(table, metadata, groups));
      bytes.appendUint32(magic);
      return bytes.getBytes();
    },
  };
}

function footerOf(
  { name, columns }: TableSpec,
  metadata: Record<string, string>,
  row_groups: FileMetaData["row_groups"],
): FileMetaData {
  return {
    version: 2,
    created_by: "hyparquet",
    schema: [
      { name, num_children: columns.length },
      ...columns.map((column) => ({
        name: column.name,
        repetition_type: "OPTIONAL" as const,
        ...parquetTypes[column.type],
      })),
    ],
    num_rows: row_groups.reduce((sum, { num_rows }) => sum + num_rows, 0n),
    row_groups,
    key_value_metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    metadata_length: 0,
  };
}
