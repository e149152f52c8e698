import { stringify } from "csv-stringify/sync";

/** Rows to write, a cell for each column; `kinds` tells which columns hold numbers. */
interface CsvRows {
  columns: string[];
  kinds?: string[];
  rows: unknown[][];
}

/**
 * Returns CSV for spreadsheets (https://www.rfc-editor.org/rfc/rfc4180): NULL is nothing, an empty text is `""`, and a
 * text that a spreadsheet would take for a formula gets a `'` before it
 * (https://owasp.org/www-community/attacks/CSV_Injection). Numbers stay.
 */
export function csvText({ columns, kinds, rows }: CsvRows): string {
  return stringify(rows, {
    header: true,
    columns,
    cast: {
      boolean: String,
      // A number that only text holds exactly is no formula, whatever its sign.
      string: (value, { header, index }) =>
        !header && kinds?.[index] === "number"
          ? { value, escape_formulas: false }
          : { value, quoted_empty: true },
    },
    escape_formulas: true,
    record_delimiter: "windows",
  });
}
