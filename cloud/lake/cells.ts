/** Answers of a query engine, in the shape that the commands print. */
import type { Json } from "@duckdb/node-api";

/** What a column holds, as far as printing it goes. */
export type ColumnKind = "number" | "time" | "other";

/**
 * An answer: column names in order, what they hold if that is known, and rows of JSON values. Numbers that a double
 * cannot hold exactly, such as integers above 2^53, are text; timestamps are text in UTC, intervals such as
 * `1 day 02:03:04`.
 */
export interface Answer {
  columns: string[];
  kinds?: ColumnKind[];
  rows: Record<string, Json>[];
}

/** Returns what a column of this type holds, a type's name in DuckDB or Athena. */
export function kindOf(type: string): ColumnKind {
  if (/^timestamp/i.test(type)) return "time";
  return /^(u?(tiny|small|big|huge)int|u?integer|float|double|real|decimal)/i.test(type) ? "number" : "other";
}

/** Returns a number from its decimal text, or the text where a double would change it or that is no number. */
export function exactNumber(text: string): number | string {
  if (!/^-?\d+(\.\d+)?$/.test(text)) return text;
  const digits = text.replace(/[-.]/g, "").replace(/^0+/, "");
  const isExact = digits.length <= 15 || (!text.includes(".") && Number.isSafeInteger(Number(text)));
  return isExact ? Number(text) : text;
}

/** Returns a DuckDB interval as text. Months and days have no fixed length, so they stay apart. */
export function intervalText({ months, days, micros }: Record<string, Json>): string {
  const count = (n: number, unit: string) => (n === 0 ? [] : [`${n} ${unit}${Math.abs(n) === 1 ? "" : "s"}`]);
  const [allMonths, time] = [Number(months), Number(micros)];
  const parts = [
    ...count(Math.trunc(allMonths / 12), "year"),
    ...count(allMonths % 12, "month"),
    ...count(Number(days), "day"),
  ];
  return time === 0 && parts.length > 0 ? parts.join(" ") : [...parts, clock(time)].join(" ");
}

/** Microseconds as `-02:03:04.5`. */
function clock(micros: number): string {
  const size = Math.abs(micros);
  const two = (n: number) => String(Math.trunc(n)).padStart(2, "0");
  const fraction =
    size % 1e6 === 0
      ? ""
      : `.${String(size % 1e6)
          .padStart(6, "0")
          .replace(/0+$/, "")}`;
  return `${micros < 0 ? "-" : ""}${two(size / 3.6e9)}:${two((size / 6e7) % 60)}:${two((size / 1e6) % 60)}${fraction}`;
}
