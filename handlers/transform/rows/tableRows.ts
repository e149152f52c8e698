/** The rows of a table file, in its order. */
import type { Cell, Row, TableSpec } from "../../../schemas";
import { noCell } from "./column";
import { RowStore } from "./rowStore";

/** Some rows of a store, in an order. */
export class TableRows implements Iterable<Row> {
  constructor(
    readonly store: RowStore,
    /** The numbers of the rows in the store. */
    readonly numbers: Uint32Array,
  ) {}

  /** Returns rows in the order in which they are given. */
  static of(table: TableSpec, rows: Iterable<Row>): TableRows {
    const store = new RowStore(table);
    for (const row of rows) store.add(table.columns.map(({ name }) => row[name]!));
    return new TableRows(store, numbersBelow(store.size));
  }

  /**
   * Returns the rows of a store, or those of them that `numbers` name, sorted by the table's key; rows that have one key by
   * read_seq, the older first, and else as they came.
   */
  static sorted(store: RowStore, numbers = numbersBelow(store.size)): TableRows {
    const key = indexesOf(store.table, store.table.key);
    const compare = store.comparer([...key, ...indexesOf(store.table, ["read_seq"])]);
    // What is read in order comes in order.
    if (numbers.some((row, at) => at > 0 && compare(numbers[at - 1]!, row) > 0))
      numbers.sort(withPrefixes(store, key[0]!, compare));
    return new TableRows(store, numbers);
  }

  get table(): TableSpec {
    return this.store.table;
  }

  get length(): number {
    return this.numbers.length;
  }

  /** Returns a function that gives the cell of the row at a place, in the column of this name. */
  reader(column: string): (at: number) => Cell {
    const [index] = indexesOf(this.table, [column]);
    return (at) => this.store.cell(this.numbers[at]!, index!);
  }

  /** Returns the rows from the place `start` to before `end`. */
  slice(start: number, end?: number): TableRows {
    return new TableRows(this.store, this.numbers.subarray(start, end));
  }

  /** Adds these rows to another store of the table. */
  copyTo(store: RowStore): void {
    for (const row of this.numbers) store.add(this.store.cells(row));
  }

  /** Returns a function that tells whether the row at a place has the same cells as the one before it, in these columns. */
  likeness(columns: string[]): (at: number) => boolean {
    const compare = this.store.comparer(indexesOf(this.table, columns));
    return (at) => at > 0 && compare(this.numbers[at - 1]!, this.numbers[at]!) === 0;
  }

  /** Returns the first of the rows of each key; they must be sorted by it. */
  unique(): TableRows {
    const isRepeated = this.likeness(this.table.key);
    return new TableRows(
      this.store,
      this.numbers.filter((_, at) => !isRepeated(at)),
    );
  }

  *[Symbol.iterator](): Iterator<Row> {
    for (const row of this.numbers) yield rowOf(this.table, this.store.cells(row));
  }
}

/** Returns a row as an object; `cells` are in the order of the table's columns. */
export function rowOf(table: TableSpec, cells: readonly Cell[]): Row {
  return Object.fromEntries(table.columns.map(({ name }, index) => [name, cells[index]!]));
}

/** Returns `compare` of rows, or a faster one if a column of texts is what is compared first. */
function withPrefixes(
  { columns, size, texts }: RowStore,
  first: number,
  compare: (left: number, right: number) => number,
): (left: number, right: number) => number {
  const { column, entries } = columns[first]!;
  if (!column.isText || entries) return compare;
  const prefixes = new Float64Array(size);
  for (let row = 0; row < size; row += 1) {
    const held = column.at(row);
    prefixes[row] = held === noCell ? -1 : texts.prefixOf(held);
  }
  return (left, right) => {
    const one = prefixes[left]!;
    const other = prefixes[right]!;
    return one < other ? -1 : one > other ? 1 : compare(left, right);
  };
}

/** Returns the places of columns in a table, without those that it does not have. */
function indexesOf(table: TableSpec, names: readonly string[]): number[] {
  const places = names.map((wanted) => table.columns.findIndex(({ name }) => name === wanted));
  return places.filter((index) => index !== -1);
}

/** Returns 0, 1, 2 and so on. */
export function numbersBelow(end: number): Uint32Array {
  const numbers = new Uint32Array(end);
  for (let number = 0; number < end; number += 1) numbers[number] = number;
  return numbers;
}
