/** Words that begin a statement; any other one that is alone in its line is a name. */
const begins = /^(select|with|from|values|show|describe|summarize|explain|pragma|set)$/i;

/** Puts lines together to statements. */
export class Statements {
  private pending = "";

  /** Whether the next line continues a statement. */
  get isOpen(): boolean {
    return this.pending.trim() !== "";
  }

  /** Drops what is pending. */
  clear(): void {
    this.pending = "";
  }

  /** Takes a line and returns what it completes: statements without their `;`, or the one word that it is. */
  add(line: string): string[] {
    const [, word] = /^\s*(\w+)\s*$/.exec(line) ?? [];
    if (!this.isOpen && word !== undefined && !begins.test(word)) return [word];
    this.pending += `${line}\n`;
    const complete: string[] = [];
    for (;;) {
      const end = endOf(this.pending);
      if (end === undefined) return complete;
      const statement = this.pending.slice(0, end).trim();
      if (statement !== "") complete.push(statement);
      this.pending = this.pending.slice(end + 1);
    }
  }

  /** Returns what is pending at the end of the input, if anything is. */
  rest(): string[] {
    const rest = this.pending.trim();
    this.clear();
    return rest === "" ? [] : [rest];
  }
}

/** A text in quotes (a doubled quote is two of them), a comment, or the end of a statement. */
const part = /'[^']*(?:'|$)|"[^"]*(?:"|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|;/g;

/** Returns where the first `;` is that is in no text and no comment. */
function endOf(text: string): number | undefined {
  for (const { 0: found, index } of text.matchAll(part)) if (found === ";") return index;
  return undefined;
}
