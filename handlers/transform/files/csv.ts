/** The CSV dialect that LazySimpleSerDe reads typed and NULL-safe (docs/decisions.md). */
import type { Cell, ColumnType, TableSpec } from "../../../schemas";
import type { TableWriter } from "./encode";
import { gzipWriter } from "./gzip";

const delimiter = "\t";

/** Rows that become text at once: the texts of a large table are never all there. */
const rowsAtOnce = 250;

/**
 * Returns a writer of gzipped CSV, header line included: tabs between fields, no quotes, no escapes, `\N` for NULL. Cells
 * hold no control characters (handlers/transform/rows/cells.ts), so nothing in them can end a field or a line.
 */
export function csvWriter({ columns }: TableSpec, fileName: string): TableWriter {
  const dialect = { delimiter, quote: "", escape: "", record_delimiter: "\n" };
  const gzip = gzipWriter(fileName);
  let isBegun = false;
  const write = async (fields: string[]) => {
    const { stringify } = await import("csv-stringify/sync");
    await gzip.add(Buffer.from(stringify([fields], dialect)));
  };
  const begin = async () => {
    if (!isBegun) await write(columns.map(({ name }) => name));
    isBegun = true;
  };
  return {
    async add(rows) {
      await begin();
      const fields = columns.map(({ name, type }) => fieldWriter(type, rows.reader(name)));
      for (let start = 0; start < rows.length; start += rowsAtOnce) {
        const end = Math.min(start + rowsAtOnce, rows.length);
        // Many lines are one record: csv-stringify would look into each field for what asks for quotes, and none does.
        await write([linesOf(fields, start, end)]);
      }
    },
    async finish() {
      await begin();
      return gzip.finish();
    },
  };
}

/** Returns the lines of the rows from `start` to before `end`. */
function linesOf(fields: ((at: number) => string)[], start: number, end: number): string {
  const lines: string[] = [];
  for (let at = start; at < end; at += 1) lines.push(fields.map((field) => field(at)).join(delimiter));
  return lines.join("\n");
}

/** Returns a function that gives a cell as text; a timestamp as `yyyy-MM-dd HH:mm:ss.SSS` in UTC. */
function fieldWriter(type: ColumnType, read: (at: number) => Cell): (at: number) => string {
  const isText = type === "string" || type === "date";
  const write: (cell: Cell) => string =
    type === "timestamp" ? timestampWriter() : isText ? (cell) => cell as string : String;
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
