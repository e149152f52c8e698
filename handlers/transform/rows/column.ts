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

/** A growing array of cells: numbers of texts, false and true as 0 and 1, or numbers. */
export class Column {
  readonly isText: boolean;
  /** Whether a cell takes eight bytes; whole numbers do from the first on that needs more than four. */
  private isWide: boolean;
  private ints: Int32Array;
  private floats: Float64Array;

  constructor(
    readonly type: ColumnType,
    readonly texts: Texts,
  ) {
    this.isText = textTypes.includes(type);
    this.isWide = wideTypes.includes(type);
    this.ints = new Int32Array(this.isWide ? 0 : 64);
    this.floats = new Float64Array(this.isWide ? 64 : 0);
  }

  /** Returns the cell of a row as it is held. */
  at(row: number): number {
    if (this.isWide) return this.floats[row]!;
    const held = this.ints[row]!;
    return held === noInt ? noCell : held;
  }

  /** Sets the cell of a row. */
  set(row: number, cell: Cell): void {
    if (cell === null) this.setHeld(row, noCell);
    else this.setHeld(row, this.isText ? this.texts.numberOf(cell as string) : Number(cell));
  }

  /** Sets the cell of a row to what {@link at} shall give. */
  setHeld(row: number, held: number): void {
    const isShort = held === noCell || ((held | 0) === held && held !== noInt);
    if (!this.isWide && isShort) {
      if (row >= this.ints.length) this.ints = grown(this.ints, new Int32Array(2 * this.ints.length));
      this.ints[row] = held === noCell ? noInt : held;
      return;
    }
    if (!this.isWide) this.widen();
    if (row >= this.floats.length) this.floats = grown(this.floats, new Float64Array(2 * this.floats.length));
    this.floats[row] = held;
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
    const [one, other] = [this.at(left), this.at(right)];
    if (one === other) return 0;
    if (this.isText && one !== noCell && other !== noCell) return this.texts.compare(one, other);
    return one < other ? -1 : 1;
  }

  private widen(): void {
    this.floats = Float64Array.from(this.ints, (held) => (held === noInt ? noCell : held));
    this.ints = new Int32Array(0);
    this.isWide = true;
  }
}

function grown<Numbers extends Int32Array | Float64Array>(known: Numbers, larger: Numbers): Numbers {
  larger.set(known);
  return larger;
}
