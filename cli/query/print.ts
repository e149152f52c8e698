import * as path from "node:path";
import type { Answer } from "../../cloud/lake/cells";
import { counted } from "../lib/counted";
import { csvText } from "../lib/csv";
import { plain } from "../lib/paint";
import { fitTable, hiddenText, type TableOptions } from "../lib/text-table";

/** How an answer is printed; a table for people by default. */
export type Form = "csv" | "json" | "table";

/** How much of an answer is printed; `width` and `wide` are for tables. */
interface PrintOptions extends TableOptions {
  /** Rows that are printed at most. */
  limit?: number | undefined;
}

/** Returns the form that the name of a file asks for. */
export function formOfFile(file: string): Form {
  const forms: Record<string, Form> = { ".csv": "csv", ".json": "json" };
  return forms[path.extname(file).toLowerCase()] ?? "table";
}

/** Returns an answer as the text that is printed, the last line break included. */
export function answerText(answer: Answer, form: Form, { limit, ...options }: PrintOptions = {}): string {
  const rows = answer.rows.slice(0, limit);
  const { columns, kinds } = answer;
  if (form === "json") return `${JSON.stringify({ columns, rows })}\n`;
  if (form === "csv")
    return csvText({ columns, kinds, rows: rows.map((row) => columns.map((column) => row[column])) });
  const { text, hidden } = fitTable({ columns, kinds, rows }, options);
  const { paint = plain } = options;
  const rest = hidden.length === 0 ? "" : `; ${hiddenText(hidden)}: --wide shows all`;
  const end = `${countText(rows.length, answer.rows.length)}${rest}`;
  return `${text}\n${paint("hint", end)}\n`;
}

function countText(shown: number, all: number): string {
  const count = counted(all, "row");
  return shown < all ? `${shown} of ${count}` : count;
}
