import type { WriteStream } from "node:tty";
import type { Ask } from "../login/ask";
import { paintFor, type Paint } from "./paint";
import { Progress } from "./progress";
import { visibleLines } from "./visible-text";

/** Takes text; `isTTY` is true for a terminal, which has `columns` and moves its cursor. */
interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** What a command needs of its process. */
export interface Surroundings {
  stdout: Output;
  stderr: Output;
  env: NodeJS.ProcessEnv;
  /** Folder of the Pulumi program and of .env.local. */
  dir: string;
  /** Undefined if there is nobody to ask. */
  ask?: Ask;
  /** Takes what ends the progress line and returns what to say when the process is stopped at once. */
  onStop?: (lastWords: () => string) => void;
  /** Aborts when the command is to stop. To call it means to stop in order; otherwise the process ends at once. */
  stopSignal?: () => AbortSignal;
}

/** How a command reads and writes. */
export interface Io {
  /** Writes to standard output as it is. */
  write(text: string): void;
  /** Prints a line of the result, to standard output. */
  print(line: string): void;
  /** Prints lines for people, to standard error, without what a terminal would obey. */
  warn(line: string): void;
  /** Prints what failed as {@link warn} does, marked as such on a terminal. */
  fail(line: string): void;
  /** Prints what may help next as {@link warn} does, less conspicuous on a terminal. */
  hint(line: string): void;
  /** Prints a line to standard error if DEBUG is set. */
  debug(line: string): void;
  /** Gives text of the result the look of what it is, on a terminal with colours. */
  paint: Paint;
  /** Shows progress, unless `quiet` is set or standard error is no terminal. The program ends it at the latest. */
  progress(quiet?: boolean): Progress;
  /** Ends the progress, whatever became of the command. */
  endProgress(): void;
  /** Columns of the terminal on standard output; undefined if it is none. */
  width: number | undefined;
  /** A copy of its own: commands may change it. */
  env: NodeJS.ProcessEnv;
  dir: string;
  ask: Ask | undefined;
  stopSignal(): AbortSignal;
  /** Sets what is said when the process is stopped at once; `stage` is the last one that progress showed. */
  sayAtStop(words: (stage: string) => string): void;
  /** Returns whether the command was told to stop. */
  isStopped(): boolean;
}

/** Returns the Io of one run of a command. */
export function ioOf({ stdout, stderr, env, dir, ask, onStop, stopSignal = never }: Surroundings): Io {
  const paintError = paintFor(stderr, env);
  const print = (text: string) => void stderr.write(`${text}\n`);
  const warn = (line: string) => print(visibleLines(line));
  let signal: AbortSignal | undefined;
  let progress: Progress | undefined;
  let words: (stage: string) => string = () => "Stopped.";
  const endProgress = () => progress?.done();
  onStop?.(() => {
    endProgress();
    return words(progress?.stageText ?? "");
  });
  return {
    write: (text) => void stdout.write(text),
    print: (line) => void stdout.write(`${line}\n`),
    warn,
    fail: (line) => print(visibleLines(line).replace(/^\S+/, (word) => paintError("bad", word))),
    hint: (line) => print(paintError("hint", visibleLines(line))),
    debug: (line) => void (env.DEBUG && warn(line)),
    paint: paintFor(stdout, env),
    progress: (quiet = false) => (progress = new Progress(quiet ? undefined : movableOf(stderr, env))),
    endProgress,
    sayAtStop: (sentence) => void (words = sentence),
    width: stdout.isTTY ? stdout.columns : undefined,
    env: { ...env },
    dir,
    ask,
    stopSignal: () => (signal ??= stopSignal()),
    isStopped: () => signal?.aborted === true,
  };
}

function never(): AbortSignal {
  return new AbortController().signal;
}

/** Returns the output if a line on it can be written over: not in a log, nor on a terminal that cannot move its cursor. */
function movableOf(output: Output, env: NodeJS.ProcessEnv): WriteStream | undefined {
  return output.isTTY && env.TERM !== "dumb" && !("CI" in env) ? (output as WriteStream) : undefined;
}
