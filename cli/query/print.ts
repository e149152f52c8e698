import { stringify } from "csv-stringify/sync";
import type { Answer } from "../../cloud/lake/lake";
import { textTable } from "../lib/text-table";

/** How an answer is printed; a table for people by default. */
export type Form = "csv" | "json" | "table";

/** Formats an answer, with a line break at the end. */
export function answerText(answer: Answer, form: Form): string {
  if (form === "json") return `${JSON.stringify(answer)}\n`;
  if (form === "csv") return csvText(answer);
  return `${textTable(answer)}\n${answer.rows.length} row${answer.rows.length === 1 ? "" : "s"}\n`;
}

/**
 * CSV for spreadsheets (https://www.rfc-editor.org/rfc/rfc4180): NULL is empty, and a text that a spreadsheet would
 * take for a formula gets a `'` before it (https://owasp.org/www-community/attacks/CSV_Injection). Numbers stay.
 */
function csvText({ columns, rows }: Answer): string {
  return stringify(
    rows.map((row) => columns.map((column) => row[column])),
    { header: true, columns, cast: { boolean: String }, escape_formulas: true, record_delimiter: "windows" },
  );
}
