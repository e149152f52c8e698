/**
 * From what a JSON answer holds to cells of the types that a spec asks for. Nothing here trusts its input: what is not
 * of the right type is NULL, and noted as a loss.
 */
import type { Cell, Column, ColumnType, Row, TableSpec } from "../../../schemas";

/** A JSON object whose fields may be anything. */
export type Json = Record<string, unknown>;

/** A value that a row could not take: of another type than its column's, or none where there has to be one. */
export interface Loss {
  rule: "type" | "not_null";
  table: TableSpec;
  column: Column;
  value: unknown;
  /** All cells of the row, the lost one NULL. */
  cells: Row;
}

/** `value` if it is a JSON object, else an empty one, so that fields can be read from it. */
export function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** True for a JSON object (not an array, not null). */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `value` if it is an array, else an empty one. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
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

/** Time in ms of an ISO 8601 text with a zone (`2026-01-02T03:04:05Z`); null for anything else, and for 1970-01-01. */
export function instant(value: unknown): number | null {
  return isIso(value) ? time(Date.parse(value)) : null;
}

function isIso(value: unknown): value is string {
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
  return typeof value === "string" && iso.test(value);
}

/** Time in ms of an HTTP `Date` header (`Fri, 02 Jan 2026 03:04:05 GMT`); null for anything else. */
export function headerDate(value: unknown): number | null {
  const http = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
  return typeof value === "string" && http.test(value) ? time(Date.parse(value)) : null;
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

/** A time in ms, if it lies after 1970 began (Spotify writes 1970-01-01 for "unknown") and before the year 10000. */
function time(value: unknown): number | null {
  const ms = Number.isSafeInteger(value) ? (value as number) : 0;
  return ms > 0 && ms < 253402300800000 ? ms : null;
}

/** True for `yyyy-MM-dd` of a day that the calendar has. */
function isDay(value: string): boolean {
  const ms = /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(value);
}
