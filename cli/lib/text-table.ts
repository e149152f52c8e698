/** Answers as aligned text for a terminal. */
import type { Answer, ColumnKind } from "../../cloud/lake/cells";
import { counted } from "./counted";
import { plain, type Look, type Paint } from "./paint";
import { cutText, displayWidth, visibleText } from "./visible-text";

/** How wide a table may be, and how it looks. */
export interface TableOptions {
  /** Columns of the terminal; undefined for a pipe or a file, which get all. */
  width?: number | undefined;
  /** Cut nothing and hide nothing, however wide the terminal is. */
  wide?: boolean;
  /** Gives the line of names, and cells that `look` returns one for, their look. */
  paint?: Paint;
  look?: (column: string, cell: string) => Look | undefined;
}

/** A table as lines, and the names of the columns that found no room. */
interface TextTable {
  text: string;
  hidden: string[];
}

interface Column {
  name: string;
  cells: string[];
  isRight: boolean;
  /** Width without a cut, and the least that it may be cut to. */
  full: number;
  least: number;
}

const gap = "  ";
/** Texts and names are cut to no less: it leaves enough to tell them apart. */
const leastText = 8;

/** Returns an answer as {@link fitTable} does; a line after it names what found no room. */
export function textTable(answer: Answer, options: TableOptions = {}): string {
  const { text, hidden } = fitTable(answer, options);
  const { paint = plain } = options;
  return hidden.length === 0 ? text : `${text}\n${paint("hint", hiddenText(hidden))}`;
}

/** Returns how many columns found no room, and their names. */
export function hiddenText(hidden: string[]): string {
  return `${counted(hidden.length, "column")} did not fit (${hidden.map(visibleText).join(", ")})`;
}

/**
 * Returns an answer as aligned text: numbers to the right and rounded to three places, times to the second, NULL in
 * capitals, texts without controls. If the width is too small, the widest texts and names are cut, but no number or
 * time; if that is not enough, the last columns are hidden.
 */
export function fitTable({ columns, rows, kinds }: Answer, options: TableOptions = {}): TextTable {
  const { width, wide, paint = plain, look = () => undefined } = options;
  const all = columns.map((name, at) =>
    column(
      name,
      rows.map((row) => row[name]),
      kinds?.[at],
    ),
  );
  const room = wide ? Infinity : (width ?? Infinity);
  let shown = all.length;
  while (shown > 1 && total(all.slice(0, shown).map(({ least }) => least)) > room) shown -= 1;
  const kept = all.slice(0, shown);
  const widths = widthsFor(kept, room);
  const painted = ({ name }: Column, cell: string) => {
    const found = look(name, cell);
    return found === undefined ? cell : paint(found, cell);
  };
  const names = kept.map(({ name }) => name);
  const cells = rows.map((_, row) => kept.map((one) => one.cells[row]!));
  const lines = [
    paint("heading", lineText(names, kept, widths)),
    ...cells.map((line) => lineText(line, kept, widths, painted)),
  ];
  return { text: lines.join("\n"), hidden: columns.slice(shown) };
}

function column(name: string, values: unknown[], kind: ColumnKind | undefined): Column {
  const isNumber = kind === "number" || values.some((value) => typeof value === "number");
  const places = Math.max(0, ...values.map(fractionDigits));
  const cells = values.map((value) => cellText(value, kind, places));
  const longest = Math.max(0, ...cells.map(displayWidth));
  const visible = visibleText(name);
  const full = Math.max(longest, displayWidth(visible));
  // A number or a time that is cut would be another one.
  const needed = isNumber || kind === "time" ? longest : Math.min(longest, leastText);
  const least = Math.max(1, needed, Math.min(displayWidth(visible), leastText));
  return { name: visible, cells, isRight: isNumber, full, least };
}

/** The widest columns give way first: all are cut at the same width, but none below its least. */
function widthsFor(columns: Column[], room: number): number[] {
  const cutAt = (limit: number) => columns.map(({ full, least }) => Math.max(least, Math.min(full, limit)));
  let limit = Math.max(0, ...columns.map(({ full }) => full));
  while (limit > 1 && total(cutAt(limit)) > room) limit -= 1;
  const widths = cutAt(limit);
  return widths.length === 1 ? [Math.min(widths[0]!, Math.max(1, room))] : widths;
}

function total(widths: number[]): number {
  return widths.reduce((sum, width) => sum + width + gap.length, -gap.length);
}

function lineText(
  cells: string[],
  columns: Column[],
  widths: number[],
  painted: (column: Column, cell: string) => string = (_column, cell) => cell,
): string {
  const padded = cells.map((cell, at) => {
    const text = cutText(cell, widths[at]!);
    const space = " ".repeat(widths[at]! - displayWidth(text));
    const shown = painted(columns[at]!, text);
    return columns[at]!.isRight ? space + shown : shown + space;
  });
  return padded.join(gap).trimEnd();
}

function cellText(value: unknown, kind: ColumnKind | undefined, places: number): string {
  if (value === null || value === undefined) return "NULL";
  if (typeof value === "number") return numberText(value, places);
  if (typeof value === "object") return visibleText(JSON.stringify(value));
  const text = String(value);
  return visibleText(kind === "time" ? text.replace(/(:\d\d)\.\d+/, "$1") : text);
}

/** Three places at most; what would be 0 then, and very large numbers, keep three digits and an exponent. */
function numberText(value: number, places: number): string {
  const isTiny = value !== 0 && Math.abs(value) < 0.0005;
  return isTiny || Math.abs(value) >= 1e21 ? value.toPrecision(3) : value.toFixed(places);
}

function fractionDigits(value: unknown): number {
  if (typeof value !== "number" || Number.isInteger(value)) return 0;
  return Number(value.toFixed(3)).toString().split(".")[1]?.length ?? 0;
}
