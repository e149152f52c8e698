/**
 * Turns JSON values into cells of the types that a spec asks for. Nothing here trusts its input: a value of another type
 * becomes NULL, and an issue of the row.
 */
import type { Cell, Column, ColumnType, Row, TableSpec } from "../../../schemas";
import { rowOf } from "./tableRows";
import { instant, isIso, list, object, time, type Json } from "../../raw/json";

/** A value that a row could not take: `type` if it is not of its column's type, `not_null` if its column needs one. */
export interface CellIssue {
  rule: "type" | "not_null";
  column: Column;
  value: unknown;
}

/** Shared by all rows without an issue. */
const noIssues: readonly CellIssue[] = [];

/** A row as it was made. */
export class MadeRow {
  /** `values` are the cells in the order of the table's columns. */
  constructor(
    readonly table: TableSpec,
    readonly values: readonly Cell[],
    readonly issues: readonly CellIssue[] = noIssues,
  ) {}

  /** Whether no required cell is NULL. */
  get isComplete(): boolean {
    return this.issues.length === 0 || this.issues.every(({ rule }) => rule !== "not_null");
  }

  /** All cells of the row, even if it is not complete. */
  get cells(): Row {
    return rowOf(this.table, this.values);
  }

  /** The row; undefined if it is not complete. */
  get row(): Row | undefined {
    return this.isComplete ? this.cells : undefined;
  }
}

/** Returns an id as cells hold it, or null: Spotify sends both null and "" for "none". */
export function id(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? text(value) : null;
}

/** Prepares a value for a column of ids: "" is none. What is no text stays as it is and becomes an issue. */
export function idCell(value: unknown): unknown {
  return value === "" ? null : value;
}

/** Prepares a value for a column of times: 1970 is none. What is no time stays as it is and becomes an issue. */
export function timeCell(value: unknown): unknown {
  if (isIso(value) && Date.parse(value) <= 0) return null;
  // Spotify sends no times as numbers: one must not be taken for ms.
  return instant(value) ?? (typeof value === "number" ? String(value) : value);
}

/** Returns the URL of the first image of a list that may be null, empty or malformed. */
export function firstImage(images: unknown): unknown {
  return object(list(images)[0]).url;
}

/**
 * Returns the year of a release date such as `1971`, `1981-12` or `1981-12-15`, and the first day that it can mean.
 * Placeholders (`0000`) have neither; an impossible day (`1981-00-00`) has only the year.
 */
export function releaseDate(value: unknown): { year: number | null; day: string | null } {
  const match = /^([1-9]\d{3})(?:-(\d\d))?(?:-(\d\d))?$/.exec(typeof value === "string" ? value : "");
  if (!match) return { year: null, day: null };
  const day = `${match[1]}-${match[2] ?? "01"}-${match[3] ?? "01"}`;
  return { year: Number(match[1]), day: isDay(day) ? day : null };
}

/**
 * Makes a row with exactly the columns of `table`, in their order, each cell of its column's type or NULL. `common` has
 * the values of columns that `values` does not name; it must not change between two rows.
 */
export function makeRow(table: TableSpec, common: Json, values: Json): MadeRow {
  const shared = sharedCells(table, common);
  const cells = [...shared.cells];
  const { columns } = table;
  let missing = shared.missing;
  let hasIssue = false;
  let index = 0;
  // Values are mostly named in the order of the columns, so the next one is soon found.
  for (const name in values) {
    const own = values[name];
    if (own === undefined) continue;
    while (index < columns.length && columns[index]!.name !== name) index += 1;
    if (index === columns.length) index = columns.findIndex((column) => column.name === name);
    if (index === -1) {
      index = 0;
      continue;
    }
    const { type, nullable } = columns[index]!;
    const cell = makeCell(type, own);
    cells[index] = cell;
    if (!nullable && shared.cells[index] === null) missing -= 1;
    if (cell === null && (!nullable || own !== null)) hasIssue = true;
  }
  return hasIssue || missing > 0 || shared.hasIssue
    ? new MadeRow(table, cells, issuesIn(table, cells, common, values))
    : new MadeRow(table, cells);
}

function issuesIn(table: TableSpec, cells: Cell[], common: Json, values: Json): CellIssue[] {
  return table.columns.flatMap((column, index): CellIssue[] => {
    const value = values[column.name] === undefined ? common[column.name] : values[column.name];
    if (cells[index] !== null) return [];
    if (!column.nullable) return [{ rule: "not_null", column, value }];
    return value === null || value === undefined ? [] : [{ rule: "type", column, value }];
  });
}

/** What is common to rows of a table. */
interface SharedCells {
  common: Json;
  /** In the order of the columns. */
  cells: Cell[];
  /** How many cells are NULL that no row may lack. */
  missing: number;
  /** Whether a value is not of its column's type. */
  hasIssue: boolean;
}

/** What was common to the rows that were made last of each table. */
const lastShared = new WeakMap<TableSpec, SharedCells>();

/** Returns what common values are to the rows of a table. All rows of an answer have the same. */
function sharedCells(table: TableSpec, common: Json): SharedCells {
  const last = lastShared.get(table);
  if (last?.common === common) return last;
  const { columns } = table;
  const cells = columns.map(({ name, type }) => makeCell(type, common[name]));
  const missing = columns.filter(({ nullable }, index) => !nullable && cells[index] === null).length;
  const hasIssue = columns.some(
    ({ name }, index) => cells[index] === null && common[name] !== null && common[name] !== undefined,
  );
  const shared = { common, cells, missing, hasIssue };
  lastShared.set(table, shared);
  return shared;
}

function makeCell(type: ColumnType, value: unknown): Cell {
  switch (type) {
    case "string":
      return typeof value === "string" ? text(value) : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    case "int":
      return isInt32(value) ? value : null;
    case "bigint":
      return Number.isSafeInteger(value) ? (value as number) : null;
    case "double":
      return Number.isFinite(value) ? (value as number) : null;
    case "timestamp":
      return time(value);
    case "date":
      return typeof value === "string" && isDay(value) ? value : null;
  }
}

/**
 * Returns text that both formats can hold. Control characters, which end lines and fields in CSV, become a space. The
 * text `\N`, which is CSV's NULL, becomes `\\N`. Half a surrogate pair, which UTF-8 cannot hold, becomes U+FFFD.
 */
function text(value: string): string {
  if (!needsCleaning(value)) return value;
  const clean = value.replace(/[\u0000-\u001f\u007f]/g, " ").replace(/[\ud800-\udfff]/gu, "\ufffd");
  return clean === "\\N" ? "\\\\N" : clean;
}

/** Returns whether a text has a control character, a backslash or a surrogate. A loop: regular expressions take longer. */
function needsCleaning(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code < 0x20 || code === 0x7f || code === 0x5c || (code >= 0xd800 && code <= 0xdfff)) return true;
  }
  return false;
}

function isInt32(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= -(2 ** 31) && (value as number) < 2 ** 31;
}

/** True for `yyyy-MM-dd` of a day that the calendar has. */
function isDay(value: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const year = Number(value.slice(0, 4));
  const month = Number(value.slice(5, 7));
  const day = Number(value.slice(8));
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 && isLeap ? 29 : daysOfMonth[month];
  return days !== undefined && day >= 1 && day <= days;
}

const daysOfMonth = [undefined, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
