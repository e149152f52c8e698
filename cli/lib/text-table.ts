import Table from "cli-table3";
import type { Answer } from "../../cloud/lake/lake";

const noLines = Object.fromEntries(
  ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"]
    .concat(["left", "left-mid", "mid", "mid-mid", "right", "right-mid"])
    .map((part) => [part, ""]),
);

/**
 * Formats an answer as aligned text for a terminal: numbers to the right, NULL empty, control characters as spaces, cells
 * cut at `widest` characters.
 */
export function textTable({ columns, rows }: Answer, widest = 60): string {
  const numeric = columns.map((column) => rows.some((row) => typeof row[column] === "number"));
  const table = new Table({
    head: columns,
    colAligns: numeric.map((number) => (number ? "right" : "left")),
    chars: { ...noLines, middle: "  " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) table.push(columns.map((column) => cell(row[column], widest)));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function cell(value: unknown, widest: number): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const visible = text.replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, " ");
  return visible.length > widest ? `${visible.slice(0, widest - 1)}…` : visible;
}
