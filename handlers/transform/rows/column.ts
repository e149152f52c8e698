/** The cells of one column in memory: a number for each. */
import type { Cell, ColumnType } from "../../../schemas";
import type { Texts } from "./texts";

/** Types whose cells are texts in memory. */
const textTypes: readonly ColumnType[] = ["string", "date"];

/** Types whose cells take eight bytes from the start. */
const wideTypes: readonly ColumnType[] = ["double", "timestamp"];

/** What {@link Column.at} gives for NULL: less than every cell, which are finite. */
export const noCell = -Infinity;

/** What stands for NULL where a cell takes four bytes. */
const noInt = -(2 ** 31);

/** Cells lie in chunks of so many, the first ones in smaller ones: an array that grew would leave its copies behind. */
const chunkBits = 12;
const chunkSize = 2 ** chunkBits;
const placeMask = chunkSize - 1;
const firstSize = 64; // times 8 and 8 again is a chunk

/** A growing list of cells: numbers of texts, false and true as 0 and 1, or numbers. */
export class Column {
  readonly isText: boolean;
  /** Whether a cell takes eight bytes; whole numbers do from the first on that needs more than four. */
  private isWide: boolean;
  private capacity = 0;
  private ints: Int32Array[] = [];
  private floats: Float64Array[] = [];

  constructor(
    readonly type: ColumnType,
    readonly texts: Texts,
  ) {
    this.isText = textTypes.includes(type);
    this.isWide = wideTypes.includes(type);
  }

  /** Returns the cell of a row as it is held. */
  at(row: number): number {
    if (this.isWide) return this.floats[row >> chunkBits]![row & placeMask]!;
    const held = this.ints[row >> chunkBits]![row & placeMask]!;
    return held === noInt ? noCell : held;
  }

  /** Returns the cells of rows as {@link at} gives them. */
  cellsAt(rows: Uint32Array): Float64Array {
    const cells = new Float64Array(rows.length);
    if (this.isWide) copyWide(this.floats, rows, cells);
    else copyShort(this.ints, rows, cells);
    return cells;
  }

  /** Sets the cell of a row. */
  set(row: number, cell: Cell): void {
    if (cell === null) this.setHeld(row, noCell);
    else this.setHeld(row, this.isText ? this.texts.numberOf(cell as string) : Number(cell));
  }

  /** Sets the cell of a row to what {@link at} shall give. */
  setHeld(row: number, held: number): void {
    const isShort = held === noCell || ((held | 0) === held && held !== noInt);
    if (!this.isWide && !isShort) this.widen();
    if (row >= this.capacity) this.grow();
    if (this.isWide) this.floats[row >> chunkBits]![row & placeMask] = held;
    else this.ints[row >> chunkBits]![row & placeMask] = held === noCell ? noInt : held;
  }

  /** Returns the cell of a row. */
  cell(row: number): Cell {
    const held = this.at(row);
    if (held === noCell) return null;
    if (this.isText) return this.texts.at(held);
    return this.type === "boolean" ? held === 1 : held;
  }

  /** Compares the cells of two rows: negative if the left one comes first, 0 if they are equal. NULL comes first. */
  compare(left: number, right: number): number {
    const one = this.at(left);
    const other = this.at(right);
    if (one === other) return 0;
    if (this.isText && one !== noCell && other !== noCell) return this.texts.compare(one, other);
    return one < other ? -1 : 1;
  }

  private widen(): void {
    this.floats = this.ints.map((chunk) =>
      Float64Array.from(chunk, (held) => (held === noInt ? noCell : held)),
    );
    this.ints = [];
    this.isWide = true;
  }

  /** Adds a chunk, or makes the first one larger. */
  private grow(): void {
    const isFirst = this.capacity < chunkSize;
    const size = isFirst ? Math.max(firstSize, 8 * this.capacity) : chunkSize;
    if (this.isWide)
      this.floats.push(copied(new Float64Array(size), isFirst ? this.floats.pop() : undefined));
    else this.ints.push(copied(new Int32Array(size), isFirst ? this.ints.pop() : undefined));
    this.capacity = isFirst ? size : this.capacity + chunkSize;
  }
}

/** Returns a chunk with the cells of another one. */
function copied<Chunk extends Int32Array | Float64Array>(chunk: Chunk, known: Chunk | undefined): Chunk {
  if (known) chunk.set(known);
  return chunk;
}

function copyWide(chunks: Float64Array[], rows: Uint32Array, cells: Float64Array): void {
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at]!;
    cells[at] = chunks[row >> chunkBits]![row & placeMask]!;
  }
}

function copyShort(chunks: Int32Array[], rows: Uint32Array, cells: Float64Array): void {
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at]!;
    const held = chunks[row >> chunkBits]![row & placeMask]!;
    cells[at] = held === noInt ? noCell : held;
  }
}
