/** Lines of CSV as bytes. */
import { noCell, type Column } from "../rows/column";
import type { RowStore } from "../rows/rowStore";

const [tab, lineEnd, backslash, letterN] = [0x09, 0x0a, 0x5c, 0x4e];

/** More bytes than any field but a text takes. */
const fieldSize = 40;

/** Lines one behind the other, up to about a size. */
export class CsvLines {
  private bytes = Buffer.allocUnsafe(2048);
  private end = 0;
  /** Dates by their day since 1970: those of one answer have one time, and those of one day its date. */
  private readonly dates = new Map<number, string>();

  constructor(private readonly size: number) {}

  /** Writes the lines of rows, from that at place `start` on, until it is full; returns the place of the next one. */
  write({ columns }: RowStore, numbers: Uint32Array, start: number): number {
    let at = start;
    for (; at < numbers.length && this.end < this.size; at += 1) {
      const row = numbers[at]!;
      this.makeRoom(columns.length * fieldSize);
      for (let index = 0; index < columns.length; index += 1) {
        const { column, entries } = columns[index]!;
        this.writeCell(column, entries ? entries.at(row) : row, columns.length * fieldSize);
        this.bytes[this.end++] = tab;
      }
      this.bytes[this.end - 1] = lineEnd;
    }
    return at;
  }

  /** Returns what was written; it is valid until the next change. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.end);
  }

  clear(): void {
    this.end = 0;
  }

  /** Writes a cell; `rest` bytes have room behind it. */
  private writeCell(column: Column, row: number, rest: number): void {
    const { isText, texts, type } = column;
    const held = column.at(row);
    if (held === noCell) {
      this.bytes[this.end++] = backslash;
      this.bytes[this.end++] = letterN;
    } else if (isText) {
      this.makeRoom(texts.sizeOf(held) + rest);
      this.end = texts.copy(held, this.bytes, this.end);
    } else if (type === "timestamp") this.writeTime(held);
    else if (type === "boolean") this.writeText(held === 1 ? "true" : "false");
    else if (held >= 0 && held < 2 ** 31 && Number.isInteger(held)) this.writeDigits(held, digitsOf(held));
    else this.writeText(String(held));
  }

  /** Writes a time as `yyyy-MM-dd HH:mm:ss.SSS` in UTC. */
  private writeTime(ms: number): void {
    const day = Math.floor(ms / dayMs);
    let date = this.dates.get(day);
    if (date === undefined) this.dates.set(day, (date = `${new Date(ms).toISOString().slice(0, 10)} `));
    this.writeText(date);
    const rest = ms - day * dayMs;
    this.writeDigits(Math.floor(rest / 3_600_000), 2);
    this.bytes[this.end++] = 0x3a;
    this.writeDigits(Math.floor(rest / 60_000) % 60, 2);
    this.bytes[this.end++] = 0x3a;
    this.writeDigits(Math.floor(rest / 1000) % 60, 2);
    this.bytes[this.end++] = 0x2e;
    this.writeDigits(rest % 1000, 3);
  }

  /** Writes a number with so many digits. */
  private writeDigits(number: number, count: number): void {
    let left = number;
    for (let at = this.end + count - 1; at >= this.end; at -= 1) {
      const rest = Math.floor(left / 10);
      this.bytes[at] = 0x30 + left - 10 * rest;
      left = rest;
    }
    this.end += count;
  }

  /** Writes a text of ASCII. */
  private writeText(text: string): void {
    for (let at = 0; at < text.length; at += 1) this.bytes[this.end++] = text.charCodeAt(at);
  }

  /** Makes sure that there is room for so many bytes more. */
  private makeRoom(size: number): void {
    if (this.end + size <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * this.bytes.length + size);
    larger.set(this.written());
    this.bytes = larger;
  }
}

const dayMs = 86_400_000;

function digitsOf(number: number): number {
  let count = 1;
  for (let left = number; left >= 10; left = Math.floor(left / 10)) count += 1;
  return count;
}
