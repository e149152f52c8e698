/**
 * The column chunks of a Parquet file: one dictionary page if that makes the chunk half as large, and one data page.
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
import { ByteWriter } from "hyparquet-writer";
import { writePageHeader } from "hyparquet-writer/src/datapage.js";
import { writeRleBitPackedHybrid } from "hyparquet-writer/src/encoding.js";
import type { writeMetadata } from "hyparquet-writer/src/metadata.js";
import type { Column } from "../../../schemas";
import type { StoredColumn } from "../rows/rowStore";
import { snappyCompress } from "./snappy";
import { boundsOf, dictionaryOf, plainBytes, withoutNulls, type Values } from "./values";

type RowGroup = Parameters<typeof writeMetadata>[1]["row_groups"][number];
type MetaData = NonNullable<RowGroup["columns"][number]["meta_data"]>;
type Statistics = NonNullable<MetaData["statistics"]>;

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
  size += writeData(file, levels, levels.length - values.cells.length, dictionary, values);
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

/**
 * Writes a data page, with the indexes of its values if there is a dictionary, else the values, and returns its size before
 * compression.
 */
function writeData(
  file: ByteWriter,
  levels: Uint32Array,
  nulls: number,
  dictionary: ReturnType<typeof dictionaryOf>,
  values: Values,
): number {
  const levelBytes = new ByteWriter();
  writeRleBitPackedHybrid(levelBytes, levels, 1);
  const bytes = dictionary
    ? indexBytes(dictionary.indexes, dictionary.values.cells.length)
    : plainBytes(values);
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
      encoding: dictionary ? "RLE_DICTIONARY" : "PLAIN",
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

function indexBytes(indexes: Uint32Array, distinct: number): Uint8Array {
  const width = Math.ceil(Math.log2(distinct));
  const page = new ByteWriter();
  page.appendUint8(width);
  writeRleBitPackedHybrid(page, indexes, width);
  return page.getBytes();
}

/** Returns the bounds of a chunk of numbers: texts are no ranges that a query asks for, and their bounds take time. */
function statisticsOf({ type, cells }: Values, rows: number): Statistics | undefined {
  if (type === "BYTE_ARRAY") return undefined;
  const null_count = BigInt(rows - cells.length);
  if (cells.length === 0) return { null_count };
  const [least, greatest] = boundsOf(cells);
  const bound = (value: number) =>
    type === "INT64" ? BigInt(value) : type === "BOOLEAN" ? value === 1 : value;
  return { min_value: bound(least), max_value: bound(greatest), null_count };
}
