/** Rows in memory: a number per cell, so that hundreds of thousands of them take little room. */
import type { Cell, TableSpec } from "../../../schemas";
import { Column } from "./column";
import { Texts } from "./texts";

/** Columns whose cells are mostly those of the row before: all rows of an answer have the same ones. */
const sharedNames = [
  "listener_id",
  "read_seq",
  "library_version",
  "snapshot_date",
  "source",
  "run_id",
  "fetched_at",
];

/** A column, and which of its cells each row has: that with the row's number, or with a number in `entries`. */
export interface StoredColumn {
  column: Column;
  entries?: Column;
}

/** The rows of one table in the order in which they came; a row is named by its number there. */
export class RowStore {
  /** How many rows there are. */
  size = 0;
  /** In the order of the table's columns. */
  readonly columns: readonly StoredColumn[];
  /** The number of each row's shared cells. */
  private readonly entries: Column;
  private entryCount = 0;
  /** The shared cells of the last row that brought new ones. */
  private lastShared: Cell[] = [];

  /** `texts` may be shared by the stores of several tables. */
  constructor(
    readonly table: TableSpec,
    readonly texts = new Texts(),
  ) {
    this.entries = new Column("int", texts);
    this.columns = table.columns.map(({ name, type }) => ({
      column: new Column(type, texts),
      entries: sharedNames.includes(name) ? this.entries : undefined,
    }));
  }

  /** Adds a row, whose cells are in the order of the table's columns, and returns its number. */
  add(cells: readonly Cell[]): number {
    this.size += 1;
    this.set(this.size - 1, cells);
    return this.size - 1;
  }

  /** Replaces a row. */
  set(row: number, cells: readonly Cell[]): void {
    const { columns } = this;
    if (!this.hasLastShared(cells)) this.addShared(cells);
    this.entries.setHeld(row, this.entryCount - 1);
    for (let index = 0; index < columns.length; index += 1) {
      const { column, entries } = columns[index]!;
      if (!entries) column.set(row, cells[index]!);
    }
  }

  /** Returns the cell of a row in the column with this index. */
  cell(row: number, index: number): Cell {
    const { column, entries } = this.columns[index]!;
    return column.cell(entries ? entries.at(row) : row);
  }

  /** Returns the cells of a row. */
  cells(row: number): Cell[] {
    return this.columns.map((_, index) => this.cell(row, index));
  }

  /**
   * Returns a function that compares two rows by these columns: negative if the left one comes first, 0 if they are equal.
   * NULL comes first.
   */
  comparer(indexes: readonly number[]): (left: number, right: number) => number {
    const columns = indexes.map((index) => this.columns[index]!);
    return (left, right) => {
      for (let index = 0; index < columns.length; index += 1) {
        const { column, entries } = columns[index]!;
        const order = entries
          ? column.compare(entries.at(left), entries.at(right))
          : column.compare(left, right);
        if (order !== 0) return order;
      }
      return 0;
    };
  }

  private hasLastShared(cells: readonly Cell[]): boolean {
    if (this.entryCount === 0) return false;
    const { columns, lastShared } = this;
    for (let index = 0; index < columns.length; index += 1)
      if (columns[index]!.entries && lastShared[index] !== cells[index]) return false;
    return true;
  }

  private addShared(cells: readonly Cell[]): void {
    this.lastShared = [...cells];
    for (const [index, { column, entries }] of this.columns.entries())
      if (entries) column.set(this.entryCount, cells[index]!);
    this.entryCount += 1;
  }
}
