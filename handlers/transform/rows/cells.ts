/**
 * From what a JSON answer holds to cells of the types that a spec asks for. Nothing here trusts its input: what is not
 * of the right type is NULL, and noted as a loss.
 */
import type { Cell, Column, ColumnType, Row, TableSpec } from "../../../schemas";
import { instant, isIso, list, object, time, type Json } from "../../raw/json";

/** A value that a row could not take: of another type than its column's, or none where there has to be one. */
export interface Loss {
  rule: "type" | "not_null";
  table: TableSpec;
  column: Column;
  value: unknown;
  /** All cells of the row, the lost one NULL. */
  cells: Row;
}

/** An id as cells hold it, or null: Spotify gives both null and "" for "none". */
export function id(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? text(value) : null;
}

/** What a column of ids takes of a value: "" is none, and what is no text stays as it is, so that its loss is noted. */
export function idCell(value: unknown): unknown {
  return value === "" ? null : value;
}

/** Likewise for a column of times, in which 1970 is none: what is no time stays as it is. */
export function timeCell(value: unknown): unknown {
  if (isIso(value) && Date.parse(value) <= 0) return null;
  // A bare number is no time of Spotify's and must not pass for one in ms.
  return instant(value) ?? (typeof value === "number" ? String(value) : value);
}

/** The address of the first image of a list that may be null, empty or odd. */
export function firstImage(images: unknown): unknown {
  return object(list(images)[0]).url;
}

/**
 * What a release date such as `1971`, `1981-12` or `1981-12-15` means: its year, and the first day it can stand for.
 * Placeholders (`0000`) have neither, an impossible day (`1981-00-00`) has only the year.
 */
export function releaseDate(value: unknown): { year: number | null; day: string | null } {
  const match = /^([1-9]\d{3})(?:-(\d\d))?(?:-(\d\d))?$/.exec(typeof value === "string" ? value : "");
  if (!match) return { year: null, day: null };
  const day = `${match[1]}-${match[2] ?? "01"}-${match[3] ?? "01"}`;
  return { year: Number(match[1]), day: isDay(day) ? day : null };
}

/**
 * A row with exactly the columns of `table`, in their order, each cell of its column's type or NULL; undefined if a
 * required column would be NULL. `common` has the values of columns that `values` says nothing of, and may have a list
 * `losses`, to which what is lost is added.
 */
export function makeRow(table: TableSpec, common: Json, values: Json): Row | undefined {
  // Made in one go: an object that grows key by key takes eight times the memory.
  const row: Row = Object.fromEntries(
    table.columns.map(({ name, type }) => {
      const value = values[name] === undefined ? common[name] : values[name];
      return [name, makeCell(type, value)];
    }),
  );
  if (Array.isArray(common.losses)) addLosses(table, common, values, row);
  return table.columns.some(({ name, nullable }) => !nullable && row[name] === null) ? undefined : row;
}

function addLosses(table: TableSpec, common: Json, values: Json, cells: Row): void {
  for (const column of table.columns) {
    const { name, nullable } = column;
    if (cells[name] !== null) continue;
    const value = values[name] === undefined ? common[name] : values[name];
    const isLost = value !== null && value !== undefined;
    if (!isLost && nullable) continue;
    const rule = nullable ? "type" : "not_null";
    (common.losses as Loss[]).push({ rule, table, column, value, cells });
  }
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
 * Text that both formats give back alike: control characters, which end lines and fields in CSV, become a space, the
 * text `\N`, which is CSV's NULL, becomes `\\N`, and half a surrogate pair, which no UTF-8 can hold, becomes U+FFFD.
 */
function text(value: string): string {
  if (!/[\u0000-\u001f\u007f\\\ud800-\udfff]/.test(value)) return value;
  const clean = value.replace(/[\u0000-\u001f\u007f]/g, " ").replace(/[\ud800-\udfff]/gu, "\ufffd");
  return clean === "\\N" ? "\\\\N" : clean;
}

function isInt32(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= -(2 ** 31) && (value as number) < 2 ** 31;
}

/** True for `yyyy-MM-dd` of a day that the calendar has. */
function isDay(value: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value);
}
