/**
 * The column chunks of a Parquet file: one dictionary page if that makes the chunk half as large, and one data page.
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
import { ByteWriter } from "hyparquet-writer";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js";
import type { writeMetadata } from "hyparquet-writer/src/metadata.js";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import type { Column, ColumnType } from "../../../schemas";
import { noCell } from "../rows/column";
import type { StoredColumn } from "../rows/rowStore";
import { lengthBytes, type Texts } from "../rows/texts";

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

type PhysicalType = (typeof parquetTypes)[ColumnType]["type"];
type RowGroup = Parameters<typeof writeMetadata>[1]["row_groups"][number];
type MetaData = NonNullable<RowGroup["columns"][number]["meta_data"]>;
type Statistics = NonNullable<MetaData["statistics"]>;

/** The values of a chunk that are not NULL: numbers, or numbers of texts if the type is BYTE_ARRAY. */
interface Values {
  type: PhysicalType;
  texts?: Texts;
  cells: Float64Array;
}

/** Writes the chunk of a column, with its cells in these rows, and returns how it lies in the file. */
export function writeColumnChunk(
  file: ByteWriter,
  { name, type }: Column,
  stored: StoredColumn,
  rows: Uint32Array,
): { file_offset: bigint; meta_data: MetaData } {
  const { values, levels } = withoutNulls(type, stored, rows);
  const start = file.offset;
  const dictionary = dictionaryOf(values);
  let size = 0;
  if (dictionary) size += writeDictionary(file, dictionary.values);
  const dataOffset = file.offset;
  size += writeData(file, levels, levels.length - values.cells.length, dictionary?.indexes, values);
  const encoding = dictionary ? "RLE_DICTIONARY" : "PLAIN";
  const meta_data: MetaData = {
    type: values.type,
    encodings: dictionary ? ["PLAIN", encoding] : [encoding],
    path_in_schema: [name],
    codec: "SNAPPY",
    num_values: BigInt(levels.length),
    total_compressed_size: BigInt(file.offset - start),
    total_uncompressed_size: BigInt(size),
    data_page_offset: BigInt(dataOffset),
    dictionary_page_offset: dictionary && BigInt(start),
    statistics: statisticsOf(values, levels.length),
    encoding_stats: [
      ...(dictionary ? [{ page_type: "DICTIONARY_PAGE", encoding: "PLAIN", count: 1 } as const] : []),
      { page_type: "DATA_PAGE_V2", encoding, count: 1 },
    ],
  };
  return { file_offset: BigInt(start), meta_data };
}

/** Returns the values that are not NULL, and a definition level for each cell: 1 if it has one. */
function withoutNulls(
  type: ColumnType,
  { column, entries }: StoredColumn,
  rows: Uint32Array,
): { values: Values; levels: Uint8Array } {
  const { texts } = column;
  const levels = new Uint8Array(rows.length);
  const present = new Float64Array(rows.length);
  let count = 0;
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at]!;
    const held = column.at(entries ? entries.at(row) : row);
    if (held === noCell) continue;
    levels[at] = 1;
    present[count] = held;
    count += 1;
  }
  const cells = present.subarray(0, count);
  if (type === "date") return { values: { type: "INT32", cells: daysOf(texts, cells) }, levels };
  return {
    values: { type: parquetTypes[type].type, texts: column.isText ? texts : undefined, cells },
    levels,
  };
}

/** Returns dates as days since 1970. */
function daysOf(texts: Texts, dates: Float64Array): Float64Array {
  const days = new Map<number, number>();
  return dates.map((date) => {
    const day = days.get(date) ?? Date.parse(`${texts.at(date)}T00:00:00Z`) / 86_400_000;
    days.set(date, day);
    return day;
  });
}

/** Returns the distinct values, and the index of each value among them, if they take half the bytes or less. */
function dictionaryOf(values: Values): { values: Values; indexes: Uint32Array } | undefined {
  const { type, texts, cells } = values;
  if (type === "BOOLEAN" || cells.length === 0) return undefined;
  const most = (cells.length + 1) >> 1;
  const distinct = new Float64Array(most);
  let count = 0;
  /** The index of a value and 1, in the place of its hash or behind it; 0 where there is none. */
  const slots = new Int32Array(2 ** (33 - Math.clz32(most)));
  const mask = slots.length - 1;
  const indexes = new Uint32Array(cells.length);
  for (let at = 0; at < cells.length; at += 1) {
    const cell = cells[at]!;
    if (at > 0 && cell === cells[at - 1]) {
      indexes[at] = indexes[at - 1]!;
      continue;
    }
    // Equal texts may have several numbers.
    const hash = texts ? texts.hashOf(cell) : Math.imul(cell | 0, 0x01000193) ^ (cell / 2 ** 32);
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const known = distinct[slots[slot]! - 1]!;
      if (known === cell || texts?.isSame(known, cell)) break;
    }
    if (slots[slot] === 0) {
      if (count === most) return undefined;
      distinct[count] = cell;
      count += 1;
      slots[slot] = count;
    }
    indexes[at] = slots[slot]! - 1;
  }
  const dictionary = { ...values, cells: distinct.subarray(0, count) };
  const indexSize = (cells.length * Math.ceil(Math.log2(count))) / 8;
  if (2 * (plainSize(dictionary) + indexSize) > plainSize(values)) return undefined;
  return { values: dictionary, indexes };
}

/** Writes a dictionary page and returns its size before compression. */
function writeDictionary(file: ByteWriter, values: Values): number {
  const bytes = plainBytes(values);
  const compressed = snappyCompress(bytes);
  const start = file.offset;
  writePageHeader(file, {
    type: "DICTIONARY_PAGE",
    uncompressed_page_size: bytes.length,
    compressed_page_size: compressed.length,
    dictionary_page_header: { num_values: values.cells.length, encoding: "PLAIN" },
  });
  const headerSize = file.offset - start;
  file.appendBytes(compressed);
  return headerSize + bytes.length;
}

/** Writes a data page, with the indexes of its values or else the values, and returns its size before compression. */
function writeData(
  file: ByteWriter,
  levels: Uint8Array,
  nulls: number,
  indexes: Uint32Array | undefined,
  values: Values,
): number {
  const levelBytes = new ByteWriter();
  writeRleBitPackedHybrid(levelBytes, levels, 1);
  const bytes = indexes ? indexBytes(indexes) : plainBytes(values);
  const compressed = snappyCompress(bytes);
  const start = file.offset;
  writePageHeader(file, {
    type: "DATA_PAGE_V2",
    uncompressed_page_size: levelBytes.offset + bytes.length,
    compressed_page_size: levelBytes.offset + compressed.length,
    data_page_header_v2: {
      num_values: levels.length,
      num_nulls: nulls,
      num_rows: levels.length,
      encoding: indexes ? "RLE_DICTIONARY" : "PLAIN",
      definition_levels_byte_length: levelBytes.offset,
      repetition_levels_byte_length: 0,
      is_compressed: true,
    },
  });
  const headerSize = file.offset - start;
  file.appendBytes(levelBytes.getBytes());
  file.appendBytes(compressed);
  return headerSize + levelBytes.offset + bytes.length;
}

function indexBytes(indexes: Uint32Array): Uint8Array {
  let greatest = 0;
  for (const index of indexes) if (index > greatest) greatest = index;
  const width = Math.ceil(Math.log2(greatest + 1));
  const page = new ByteWriter();
  page.appendUint8(width);
  writeRleBitPackedHybrid(page, indexes, width);
  return page.getBytes();
}

/** Bytes of one value in PLAIN; a text takes as many as it has more, a boolean one bit. */
const valueSizes = { BYTE_ARRAY: lengthBytes, INT32: 4, INT64: 8, DOUBLE: 8, BOOLEAN: 1 / 8 };

/** Returns how many bytes values take. */
function plainSize({ type, texts, cells }: Values): number {
  let size = Math.ceil(cells.length * valueSizes[type]);
  if (texts) for (const cell of cells) size += texts.sizeOf(cell);
  return size;
}

function plainBytes(values: Values): Uint8Array {
  const { type, texts, cells } = values;
  const bytes = new Uint8Array(plainSize(values));
  if (texts) {
    for (let at = 0, end = 0; at < cells.length; at += 1) end = texts.copy(cells[at]!, bytes, end, true);
    return bytes;
  }
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < cells.length; at += 1) {
    const cell = cells[at]!;
    if (type === "BOOLEAN") bytes[at >> 3]! |= cell << (at & 7);
    else if (type === "INT32") view.setInt32(4 * at, cell, true);
    else if (type === "DOUBLE") view.setFloat64(8 * at, cell, true);
    else {
      // A bigint for each value would take longer.
      view.setUint32(8 * at, cell, true);
      view.setInt32(8 * at + 4, Math.floor(cell / 2 ** 32), true);
    }
  }
  return bytes;
}

/** Returns the bounds of a chunk of numbers: texts are no ranges that a query asks for, and their bounds take time. */
function statisticsOf({ type, cells }: Values, rows: number): Statistics | undefined {
  if (type === "BYTE_ARRAY") return undefined;
  const null_count = BigInt(rows - cells.length);
  if (cells.length === 0) return { null_count };
  let [least, greatest] = [cells[0]!, cells[0]!];
  for (const cell of cells) {
    if (cell < least) least = cell;
    if (cell > greatest) greatest = cell;
  }
  const bound = (value: number) =>
    type === "INT64" ? BigInt(value) : type === "BOOLEAN" ? value === 1 : value;
  return { min_value: bound(least), max_value: bound(greatest), null_count };
}
