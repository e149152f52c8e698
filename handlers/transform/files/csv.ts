/** The CSV dialect that LazySimpleSerDe reads typed and NULL-safe (docs/decisions.md). */
import type { Cell, ColumnType } from "../../../schemas";
import type { TableRows } from "../rows/tableRows";

const delimiter = "\t";

/** Rows that become text at once: the texts of a large table are never all there. */
const rowsAtOnce = 1000;

/**
 * CSV of rows, header line included: tabs between fields, no quotes, no escapes, `\N` for NULL. Cells hold no control
 * characters (handlers/transform/rows/cells.ts), so nothing in them can end a field or a line.
 */
export async function csvBytes(rows: TableRows): Promise<Buffer> {
  const { stringify } = await import("csv-stringify/sync");
  // Fields are joined here: csv-stringify would look into each for what asks for quotes, and there are none.
  const dialect = { delimiter, quote: "", escape: "", record_delimiter: "\n" };
  const bytes = [Buffer.from(stringify([rows.table.columns.map(({ name }) => name)], dialect))];
  const fields = rows.table.columns.map(({ name, type }) => fieldWriter(type, rows.reader(name)));
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const records: [string][] = [];
    const end = Math.min(start + rowsAtOnce, rows.length);
    for (let at = start; at < end; at += 1) records.push([line(fields, at)]);
    bytes.push(Buffer.from(stringify(records, dialect)));
  }
  return Buffer.concat(bytes);
}

function line(fields: ((at: number) => string)[], at: number): string {
  let text = fields[0]!(at);
  for (let index = 1; index < fields.length; index += 1) text += delimiter + fields[index]!(at);
  return text;
}

/** Returns a function that gives a cell as text; a timestamp as `yyyy-MM-dd HH:mm:ss.SSS` in UTC. */
function fieldWriter(type: ColumnType, read: (at: number) => Cell): (at: number) => string {
  const write = type === "timestamp" ? timestampWriter() : String;
  return (at) => {
    const cell = read(at);
    return cell === null ? "\\N" : write(cell);
  };
}

/** Returns a function that writes times. Rows of one answer have one time, and those of one day its date. */
function timestampWriter(): (cell: Cell) => string {
  const days = new Map<number, string>();
  return (cell) => {
    const ms = cell as number;
    const day = Math.floor(ms / dayMs);
    const date = days.get(day) ?? new Date(ms).toISOString().slice(0, 10);
    days.set(day, date);
    return `${date} ${timeOfDay(ms - day * dayMs)}`;
  };
}

const dayMs = 86_400_000;

function timeOfDay(ms: number): string {
  const [hours, minutes, seconds] = [
    Math.floor(ms / 3_600_000),
    Math.floor(ms / 60_000) % 60,
    Math.floor(ms / 1000) % 60,
  ];
  return `${padded(hours, 2)}:${padded(minutes, 2)}:${padded(seconds, 2)}.${padded(ms % 1000, 3)}`;
}

function padded(number: number, length: number): string {
  return String(number).padStart(length, "0");
}
