import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface, type Interface } from "node:readline";
import { Lake } from "../../cloud/lake/lake";
import { outArgument } from "../../cloud/localCommand";
import { readLake } from "../../cloud/localState";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import { explain } from "../query/explain";
import { folderQueries, statementFor } from "../query/named";
import { answerText } from "../query/print";
import { completer, completions } from "./complete";
import { Statements } from "./statements";

interface Flags {
  out: string;
  wide: boolean;
  json?: boolean;
}

/** Where lines come from. */
interface Input {
  stream: NodeJS.ReadableStream;
  isTerminal: boolean;
  historyFile: string;
}

/** Lines of history that are kept. */
const historySize = 1000;

/** Runs `shell`. */
export const runShell: RunCommand = (command, io) => {
  const stream = process.stdin;
  const historyFile = path.join(os.homedir(), ".spotify_lake_history");
  return shell(command.opts<Flags>(), io, { stream, isTerminal: stream.isTTY, historyFile });
};

/** Answers what is read until the input ends. Returns 1 if a statement failed that nobody typed, else 0. */
export async function shell({ out, wide, json }: Flags, io: Io, input: Input): Promise<number> {
  const folder = readLake(out);
  const queries = folderQueries(folder);
  const place = outArgument(out);
  const lake = await Lake.open(folder.manifest, out);
  let failed = false;
  const answer = async (words: string) => {
    try {
      const found = await lake.query(statementFor(words, {}, queries, place)).catch(explain(place));
      io.write(answerText(found, json ? "json" : "table", { width: io.width, paint: io.paint, wide }));
    } catch (error) {
      failed = true;
      io.fail((error as Error).message);
    }
  };
  const lines = linesOf(input, completer(completions(queries)));
  if (input.isTerminal) io.hint(`The lake in ${out}. End a statement with ";"; Ctrl-D ends.`);
  try {
    await readStatements(lines, input, answer);
  } finally {
    lines.close();
    lake.close();
    if (input.isTerminal) keepHistory(lines, input.historyFile);
  }
  return failed && !input.isTerminal ? 1 : 0;
}

async function readStatements(
  lines: Interface,
  { isTerminal }: Input,
  answer: (words: string) => Promise<void>,
): Promise<void> {
  const statements = new Statements();
  const prompt = () => {
    lines.setPrompt(statements.isOpen ? "  ... " : "lake> ");
    if (isTerminal) lines.prompt();
  };
  lines.on("SIGINT", () => {
    statements.clear();
    // To the end of what is typed, and away with it.
    lines.write("", { ctrl: true, name: "e" });
    lines.write("", { ctrl: true, name: "u" });
    process.stdout.write("\n");
    prompt();
  });
  prompt();
  for await (const line of lines) {
    for (const words of statements.add(line)) await answer(words);
    prompt();
  }
  for (const words of statements.rest()) await answer(words);
}

function linesOf({ stream, isTerminal, historyFile }: Input, complete: ReturnType<typeof completer>) {
  if (!isTerminal) return createInterface({ input: stream, terminal: false });
  const history = readHistory(historyFile);
  return createInterface({
    input: stream,
    output: process.stdout,
    completer: complete,
    ...{ history, historySize, removeHistoryDuplicates: true },
  });
}

/** Newest first, as readline has it. */
function readHistory(file: string): string[] {
  try {
    return fs.readFileSync(file, "utf8").split("\n").filter(Boolean).reverse();
  } catch {
    // There is none yet.
    return [];
  }
}

function keepHistory(lines: Interface, file: string): void {
  const { history } = lines as Interface & { history: string[] };
  try {
    fs.writeFileSync(file, `${[...history].reverse().join("\n")}\n`, { mode: 0o600 });
  } catch {
    // A home that cannot be written: the next shell begins without.
  }
}
