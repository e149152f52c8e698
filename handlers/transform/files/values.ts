/**
 * The values of a column chunk of a Parquet file. Loops are small functions for one kind of values each: V8 compiles a loop
 * for what it has seen, and compiles it again when it meets something else.
 */
import type { ColumnType } from "../../../schemas";
import { noCell } from "../rows/column";
import type { StoredColumn } from "../rows/rowStore";
import type { Texts } from "../rows/texts";
import { parquetTypes, type PhysicalType } from "./parquetTypes";

/** The values of a chunk that are not NULL: numbers, or numbers of texts if the type is BYTE_ARRAY. */
export interface Values {
  type: PhysicalType;
  texts?: Texts;
  cells: Float64Array;
}

/** Returns the values that are not NULL, and a definition level for each cell: 1 if it has one. */
export function withoutNulls(
  type: ColumnType,
  { column, entries }: StoredColumn,
  rows: Uint32Array,
): { values: Values; levels: Uint32Array } {
  const { texts } = column;
  const held = column.cellsAt(entries ? new Uint32Array(entries.cellsAt(rows)) : rows);
  const levels = new Uint32Array(rows.length);
  const cells = held.subarray(0, moveValues(held, levels));
  if (type === "date") return { values: { type: "INT32", cells: daysOf(texts, cells) }, levels };
  return {
    values: { type: parquetTypes[type].type, texts: column.isText ? texts : undefined, cells },
    levels,
  };
}

/** Moves the cells that are not NULL to the start and returns how many they are; each gets the level 1. */
function moveValues(cells: Float64Array, levels: Uint32Array): number {
  let count = 0;
  for (let at = 0; at < cells.length; at += 1) {
    const cell = cells[at]!;
    if (cell === noCell) continue;
    levels[at] = 1;
    cells[count] = cell;
    count += 1;
  }
  return count;
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
export function dictionaryOf(values: Values): { values: Values; indexes: Uint32Array } | undefined {
  const { type, texts, cells } = values;
  if (type === "BOOLEAN" || cells.length === 0) return undefined;
  const distinct = new Float64Array((cells.length + 1) >> 1);
  const indexes = new Uint32Array(cells.length);
  const hashes = texts ? hashesOfTexts(texts, cells) : hashesOfNumbers(cells);
  const count = indexValues(cells, texts, hashes, distinct, indexes);
  if (count > distinct.length) return undefined;
  const dictionary = { ...values, cells: distinct.subarray(0, count) };
  const indexSize = (cells.length * Math.ceil(Math.log2(count))) / 8;
  if (2 * (plainSize(dictionary) + indexSize) > plainSize(values)) return undefined;
  return { values: dictionary, indexes };
}

/**
 * Fills in the distinct values, and the index of each value among them, and returns how many are distinct: one more than
 * there is room for if they are too many. Equal texts may have several numbers.
 */
function indexValues(
  cells: Float64Array,
  texts: Texts | undefined,
  hashes: Int32Array,
  distinct: Float64Array,
  indexes: Uint32Array,
): number {
  let count = 0;
  /** The index of a value and 1, in the place of its hash or behind it; 0 where there is none. */
  const slots = new Int32Array(2 ** (33 - Math.clz32(distinct.length)));
  const mask = slots.length - 1;
  for (let at = 0; at < cells.length; at += 1) {
    const cell = cells[at]!;
    const hash = hashes[at]!;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const known = distinct[slots[slot]! - 1]!;
      if (known === cell || texts?.isSame(known, cell)) break;
    }
    if (slots[slot] === 0) {
      if (count === distinct.length) return count + 1;
      distinct[count] = cell;
      count += 1;
      slots[slot] = count;
    }
    indexes[at] = slots[slot]! - 1;
  }
  return count;
}

function hashesOfTexts(texts: Texts, cells: Float64Array): Int32Array {
  const hashes = new Int32Array(cells.length);
  for (let at = 0; at < cells.length; at += 1) hashes[at] = texts.hashOf(cells[at]!);
  return hashes;
}

function hashesOfNumbers(cells: Float64Array): Int32Array {
  const hashes = new Int32Array(cells.length);
  for (let at = 0; at < cells.length; at += 1)
    hashes[at] = Math.imul(cells[at]!, 0x01000193) ^ (cells[at]! / 2 ** 32);
  return hashes;
}

/** Bytes of a text's size in PLAIN. */
const lengthBytes = 4;

/** Bytes of one value in PLAIN; a text takes as many as it has more, a boolean one bit. */
const valueSizes = { BYTE_ARRAY: lengthBytes, INT32: 4, INT64: 8, DOUBLE: 8, BOOLEAN: 1 / 8 };

/** Returns how many bytes values take. */
function plainSize({ type, texts, cells }: Values): number {
  return Math.ceil(cells.length * valueSizes[type]) + (texts ? sizeOfTexts(texts, cells) : 0);
}

function sizeOfTexts(texts: Texts, cells: Float64Array): number {
  let size = 0;
  for (let at = 0; at < cells.length; at += 1) size += texts.sizeOf(cells[at]!);
  return size;
}

/** Returns values in PLAIN encoding. */
export function plainBytes(values: Values): Uint8Array {
  const { type, texts, cells } = values;
  const bytes = new Uint8Array(plainSize(values));
  if (type === "BYTE_ARRAY") copyTexts(texts!, cells, bytes);
  else writers[type](cells, bytes);
  return bytes;
}

function copyTexts(texts: Texts, cells: Float64Array, bytes: Uint8Array): void {
  const sizes = new DataView(bytes.buffer);
  for (let at = 0, end = 0; at < cells.length; at += 1) {
    const start = end + lengthBytes;
    sizes.setUint32(end, texts.sizeOf(cells[at]!), true);
    end = texts.copy(cells[at]!, bytes, start);
  }
}

/** What writes values that are no texts; typed arrays convert as their type does and have the machine's byte order. */
const writers: Record<
  Exclude<PhysicalType, "BYTE_ARRAY">,
  (cells: Float64Array, bytes: Uint8Array) => void
> = {
  BOOLEAN: writeBits,
  INT32: (cells, { buffer }) => new Int32Array(buffer).set(cells),
  INT64: writeLongs,
  DOUBLE: (cells, { buffer }) => new Float64Array(buffer).set(cells),
};

function writeBits(cells: Float64Array, bytes: Uint8Array): void {
  for (let at = 0; at < cells.length; at += 1) bytes[at >> 3]! |= cells[at]! << (at & 7);
}

/** Writes whole numbers in eight bytes: a bigint for each would take longer. */
function writeLongs(cells: Float64Array, { buffer }: Uint8Array): void {
  const words = new Int32Array(buffer);
  for (let at = 0; at < cells.length; at += 1) {
    const cell = cells[at]!;
    words[2 * at] = cell;
    words[2 * at + 1] = Math.floor(cell / 2 ** 32);
  }
}

/** Returns the least and the greatest of some numbers. */
export function boundsOf(cells: Float64Array): [number, number] {
  let least = cells[0]!;
  let greatest = least;
  for (let at = 1; at < cells.length; at += 1) {
    const cell = cells[at]!;
    if (cell < least) least = cell;
    if (cell > greatest) greatest = cell;
  }
  return [least, greatest];
}
