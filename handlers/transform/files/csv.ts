/** The CSV dialect that LazySimpleSerDe reads typed and NULL-safe (docs/decisions.md). */
import type { Cell, ColumnType, Row, TableSpec } from "../../../schemas";

/**
 * Returns a writer of CSV, header line included: tabs between fields, no quotes, no escapes, `\N` for NULL. Cells hold no
 * control characters (handlers/transform/rows/cells.ts), so nothing in them can end a field or a line.
 */
export function csvWriter({ columns }: TableSpec): {
  add(rows: Row[]): Promise<void>;
  finish(): Promise<Buffer>;
} {
  const dialect = { delimiter: "\t", quote: "", escape: "", record_delimiter: "\n" };
  const parts: Buffer[] = [];
  const write = async (records: string[][]) => {
    const { stringify } = await import("csv-stringify/sync");
    parts.push(Buffer.from(stringify(records, dialect)));
  };
  return {
    async add(rows) {
      // In parts, so that the texts of a large table are not all there at once.
      for (let start = 0; start < rows.length; start += 1000) {
        const part = rows.slice(start, start + 1000);
        await write(part.map((row) => columns.map(({ name, type }) => field(type, row[name]!))));
      }
    },
    async finish() {
      await write([columns.map(({ name }) => name)]);
      return Buffer.concat([parts.pop()!, ...parts]);
    },
  };
}

/** A cell as text; a timestamp as `yyyy-MM-dd HH:mm:ss.SSS` in UTC. */
function field(type: ColumnType, cell: Cell): string {
  if (cell === null) return "\\N";
  if (type === "timestamp") return new Date(cell as number).toISOString().replace("T", " ").slice(0, -1);
  return String(cell);
}
