/** How the page holds the answers: by columns, and a cell that comes again and again once. */
import type { Json } from "@duckdb/node-api";
import type { PageAnswer, ReportData } from "./reportData";

/** The cells of a column, one for each row; with `places`, the different cells and which of them each row has. */
interface PackedColumn {
  cells: Json[];
  places?: number[];
}

interface PackedAnswer extends Omit<PageAnswer, "rows"> {
  count: number;
  packed: PackedColumn[];
}

/** Data of a page, such as {@link ReportData}, as the page holds it. */
export type Packed<T extends ReportData> = Omit<T, "answers"> & { answers: Record<string, PackedAnswer> };

/** Packs the data of a page. */
export function pack<T extends ReportData>(data: T): Packed<T> {
  return { ...data, answers: mapped(data.answers, packAnswer) };
}

/** Returns what was packed. */
export function unpack<T extends ReportData>(data: Packed<T>): T {
  return { ...data, answers: mapped(data.answers, unpackAnswer) } as unknown as T;
}

function packAnswer({ rows, ...answer }: PageAnswer): PackedAnswer {
  const packed = answer.columns.map((_, at) => packColumn(rows.map((row) => row[at]!)));
  return { ...answer, count: rows.length, packed };
}

function packColumn(cells: Json[]): PackedColumn {
  const places = new Map<Json, number>();
  for (const cell of cells) if (!places.has(cell)) places.set(cell, places.size);
  // A place takes a few characters, too.
  if (places.size * 2 > cells.length) return { cells };
  return { cells: [...places.keys()], places: cells.map((cell) => places.get(cell)!) };
}

function unpackAnswer({ count, packed, ...answer }: PackedAnswer): PageAnswer {
  const cell = ({ cells, places }: PackedColumn, row: number) => cells[places ? places[row]! : row]!;
  return {
    ...answer,
    rows: Array.from({ length: count }, (_, row) => packed.map((column) => cell(column, row))),
  };
}

function mapped<From, To>(of: Record<string, From>, change: (from: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, change(value)]));
}
