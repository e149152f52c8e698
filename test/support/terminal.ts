import * as readline from "node:readline";
import { Writable } from "node:stream";

// Where it is set, spinners take every terminal for a log.
delete process.env.CI;

/** A terminal's control sequences, as far as the commands use them. */
const sequence = /\u001b\[(\??\d*)([A-Za-z])/y;

/** A terminal that keeps what is written and what it then shows. Rows never scroll away. */
export class Terminal extends Writable {
  readonly isTTY = true;
  /** All that was written. */
  written = "";
  isCursorVisible = true;
  private readonly rows: string[][] = [[]];
  private row = 0;
  private column = 0;

  constructor(public columns = 80) {
    super({ decodeStrings: false });
  }

  override _write(text: string, _encoding: BufferEncoding, done: () => void): void {
    this.written += text;
    for (let at = 0; at < text.length;) at += this.take(text, at);
    done();
  }

  cursorTo(column: number): boolean {
    return readline.cursorTo(this, column);
  }

  moveCursor(x: number, y: number): boolean {
    return readline.moveCursor(this, x, y);
  }

  clearLine(direction: -1 | 0 | 1): boolean {
    return readline.clearLine(this, direction);
  }

  /** What is to be seen, without spaces at the ends of lines. */
  get screen(): string {
    return this.rows
      .map((cells) =>
        Array.from(cells, (cell) => cell ?? " ")
          .join("")
          .trimEnd(),
      )
      .join("\n");
  }

  /** Takes a control or a character, and returns how long it is. */
  private take(text: string, at: number): number {
    sequence.lastIndex = at;
    const [found, number, letter] = sequence.exec(text) ?? [];
    if (found !== undefined) this.obey(letter!, number!);
    else if (text[at] === "\n") this.to(this.row + 1, 0);
    else if (text[at] === "\r") this.column = 0;
    else {
      if (this.column === this.columns) this.to(this.row + 1, 0);
      this.rows[this.row]![this.column++] = text[at]!;
    }
    return found?.length ?? 1;
  }

  private obey(letter: string, number: string): void {
    const count = Number(number || 1);
    if (number === "?25") this.isCursorVisible = letter === "h";
    else if (letter === "G") this.column = count - 1;
    else if (letter === "A") this.to(this.row - count, this.column);
    else if (letter === "K") this.rows[this.row]!.length = Math.min(this.column, this.rows[this.row]!.length);
    else if (!/^[mhl]$/.test(letter))
      throw new Error(`The terminal does not know ESC [ ${number} ${letter}.`);
  }

  private to(row: number, column: number): void {
    [this.row, this.column] = [Math.max(0, row), column];
    this.rows[this.row] ??= [];
  }
}
