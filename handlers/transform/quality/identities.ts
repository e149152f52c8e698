/** Which rows were counted: two rows are one if they have one key and the same issues. */
import type { Cell, TableSpec } from "../../../schemas";
import type { RowIssue } from "./rowChecks";

export class Identities {
  /** Indexes of the key's columns; `numbered` is the last one if it holds positions or the like. */
  private readonly key: number[];
  private readonly numbered: number | undefined;
  private readonly texts = new Set<string>();
  /** Numbers of a list by the rest of the key: a text for each would take much memory. */
  private readonly numbers = new Map<string, Set<number>>();
  /** The list of the row before: its part of the key, and its numbers. */
  private lastList: { cells: Cell[]; numbers: Set<number> } | undefined;

  constructor({ key, columns }: TableSpec) {
    this.key = key.map((wanted) => columns.findIndex(({ name }) => name === wanted));
    const last = this.key.at(-1)!;
    if (["int", "bigint"].includes(columns[last]!.type)) this.numbered = this.key.pop();
  }

  /** Adds a row, whose cells are in the order of the table's columns. Returns whether it is new. */
  add(cells: readonly Cell[], issues: RowIssue[]): boolean {
    const number = this.numbered === undefined ? null : cells[this.numbered]!;
    if (issues.length === 0 && typeof number === "number") return isNew(this.listOf(cells), number);
    const key = [...this.key.map((index) => cells[index]!), number];
    // Texts in cells have no line breaks, and neither has JSON.
    return isNew(this.texts, issues.length === 0 ? key.join("\n") : `\n${JSON.stringify([key, issues])}`);
  }

  /** Returns the numbers that were counted of the list that a row belongs to. */
  private listOf(cells: readonly Cell[]): Set<number> {
    const { key, lastList } = this;
    if (lastList && key.every((index, at) => cells[index] === lastList.cells[at])) return lastList.numbers;
    const ofList = key.map((index) => cells[index]!);
    const name = ofList.join("\n");
    let numbers = this.numbers.get(name);
    if (!numbers) this.numbers.set(name, (numbers = new Set()));
    this.lastList = { cells: ofList, numbers };
    return numbers;
  }
}

function isNew<Value>(seen: Set<Value>, value: Value): boolean {
  const before = seen.size;
  return seen.add(value).size > before;
}
