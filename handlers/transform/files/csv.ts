/** The CSV dialect that LazySimpleSerDe reads typed and NULL-safe (docs/decisions.md). */
import type { Cell, ColumnType, Row, TableSpec } from "../../../schemas";

/**
 * CSV of rows, header line included: tabs between fields, no quotes, no escapes, `\N` for NULL. Cells hold no control
 * characters (handlers/transform/rows/cells.ts), so nothing in them can end a field or a line.
 */
export async function csvBytes(table: TableSpec, rows: Row[]): Promise<Buffer> {
  const { stringify } = await import("csv-stringify/sync");
  const dialect = { delimiter: "\t", quote: "", escape: "", record_delimiter: "\n" };
  const bytes = [Buffer.from(stringify([table.columns.map(({ name }) => name)], dialect))];
  // In parts, so that the texts of a large table are not all there at once.
  for (let start = 0; start < rows.length; start += 1000) {
    const records = rows
      .slice(start, start + 1000)
      .map((row) => table.columns.map(({ name, type }) => field(type, row[name]!)));
    bytes.push(Buffer.from(stringify(records, dialect)));
  }
  return Buffer.concat(bytes);
}

/** A cell as text; a timestamp as `yyyy-MM-dd HH:mm:ss.SSS` in UTC. */
function field(type: ColumnType, cell: Cell): string {
  if (cell === null) return "\\N";
  if (type === "timestamp") return new Date(cell as number).toISOString().replace("T", " ").slice(0, -1);
  return String(cell);
}
