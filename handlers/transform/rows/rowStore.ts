/** Rows in memory: a number per cell, so that hundreds of thousands of them take little room. */
import type { Cell, ColumnType, TableSpec } from "../../../schemas";

/** Places of {@link Texts} for texts that may come again; a power of two. */
const places = 2 ** 18;

/**
 * Texts, named by numbers. A text that comes again soon gets the number it had, one that comes again later may get another:
 * to find them all would take a map with millions of entries.
 */
export class Texts {
  private readonly texts: string[] = [""];
  /** The number of the last text of each place. */
  private readonly recent = new Int32Array(places);

  /** Returns a number of a text. */
  numberOf(text: string): number {
    const place = placeOf(text);
    const known = this.recent[place]!;
    if (this.texts[known] === text) return known;
    this.recent[place] = this.texts.length;
    return this.texts.push(text) - 1;
  }

  /** Returns the text of a number. */
  at(number: number): string {
    return this.texts[number]!;
  }
}

/** Returns the place of a text, by its length and five of its characters: the last ones differ in most ids and names. */
function placeOf(text: string): number {
  const { length } = text;
  let hash = length;
  for (let at = Math.max(0, length - 4); at < length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  if (length > 0) hash = Math.imul(hash ^ text.charCodeAt(length >> 1), 0x01000193);
  return (hash ^ (hash >>> 15)) & (places - 1);
}

/** Types whose cells are texts in memory. */
const textTypes: readonly ColumnType[] = ["string", "date"];

/** NULL in a column of texts; in one of numbers it is NaN, which no cell can be. */
const noText = -1;

/** A column that holds texts by their numbers, or numbers; false and true are 0 and 1. */
type Column = { isText: true; data: Int32Array } | { isText: false; isBoolean: boolean; data: Float64Array };

/** Cells of one column as they are held: numbers, or numbers of texts; NaN for NULL. */
export interface HeldCells {
  /** Undefined for a column of numbers. */
  texts?: Texts;
  cells: Float64Array;
}

/** The rows of one table in the order in which they came; a row is named by its number there. */
export class RowStore {
  /** How many rows there are. */
  size = 0;
  private capacity = 64;
  private readonly columns: Column[];

  /** `texts` may be shared by the stores of several tables. */
  constructor(
    readonly table: TableSpec,
    private readonly texts = new Texts(),
  ) {
    this.columns = table.columns.map(({ type }): Column => {
      if (textTypes.includes(type)) return { isText: true, data: new Int32Array(this.capacity) };
      return { isText: false, isBoolean: type === "boolean", data: new Float64Array(this.capacity) };
    });
  }

  /** Adds a row, whose cells are in the order of the table's columns, and returns its number. */
  add(cells: readonly Cell[]): number {
    if (this.size === this.capacity) this.grow();
    this.size += 1;
    this.set(this.size - 1, cells);
    return this.size - 1;
  }

  /** Replaces a row. */
  set(row: number, cells: readonly Cell[]): void {
    for (let index = 0; index < this.columns.length; index += 1) {
      const { isText, data } = this.columns[index]!;
      const cell = cells[index]!;
      if (isText) data[row] = cell === null ? noText : this.texts.numberOf(cell as string);
      else data[row] = cell === null ? NaN : Number(cell);
    }
  }

  /** Returns a function that gives the cell of a row in the column with this index. Rows added later are not in it. */
  reader(index: number): (row: number) => Cell {
    const column = this.columns[index]!;
    const { texts } = this;
    if (column.isText) {
      const { data } = column;
      return (row) => (data[row] === noText ? null : texts.at(data[row]!));
    }
    const { data, isBoolean } = column;
    if (isBoolean) return (row) => (Number.isNaN(data[row]) ? null : data[row] === 1);
    return (row) => (Number.isNaN(data[row]) ? null : data[row]!);
  }

  /** Returns the cells of rows in the column with this index as they are held. */
  held(index: number, rows: Uint32Array): HeldCells {
    const { isText, data } = this.columns[index]!;
    const cells = new Float64Array(rows.length);
    for (let at = 0; at < rows.length; at += 1) {
      const cell = data[rows[at]!]!;
      cells[at] = isText && cell === noText ? NaN : cell;
    }
    return { texts: isText ? this.texts : undefined, cells };
  }

  /** Returns the cells of a row. */
  cells(row: number): Cell[] {
    const cells: Cell[] = [];
    for (const column of this.columns) {
      const held = column.data[row]!;
      if (column.isText) cells.push(held === noText ? null : this.texts.at(held));
      else if (Number.isNaN(held)) cells.push(null);
      else cells.push(column.isBoolean ? held === 1 : held);
    }
    return cells;
  }

  /** Returns a function that tells whether two rows have the same cells in these columns. */
  sameness(indexes: readonly number[]): (left: number, right: number) => boolean {
    const compare = this.comparer(indexes);
    return (left, right) => compare(left, right) === 0;
  }

  /**
   * Returns a function that compares two rows by these columns: negative if the left one comes first, 0 if they are equal.
   * NULL comes first.
   */
  comparer(indexes: readonly number[]): (left: number, right: number) => number {
    const columns = indexes.map((index) => this.columns[index]!);
    const { texts } = this;
    return (left, right) => {
      for (const { isText, data } of columns) {
        const [one, other] = [data[left]!, data[right]!];
        if (one === other) continue;
        if (isText && one !== noText && other !== noText) {
          const [left, right] = [texts.at(one), texts.at(other)];
          if (left === right) continue;
          return left < right ? -1 : 1;
        }
        if (one < other || (Number.isNaN(one) && !Number.isNaN(other))) return -1;
        if (one > other || Number.isNaN(other) !== Number.isNaN(one)) return 1;
      }
      return 0;
    };
  }

  private grow(): void {
    this.capacity *= 2;
    for (const column of this.columns) {
      const larger = column.isText ? new Int32Array(this.capacity) : new Float64Array(this.capacity);
      larger.set(column.data);
      column.data = larger;
    }
  }
}
