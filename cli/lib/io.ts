import type { Ask } from "../login/ask";
import { Progress } from "./progress";
import { visibleLines } from "./visible-text";

/** Takes text; `isTTY` is true for a terminal, which has `columns`. */
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
  /** Prints a line to standard error if DEBUG is set. */
  debug(line: string): void;
  /** Shows progress, unless `quiet` is set or standard error is no terminal. */
  progress(quiet?: boolean): Progress;
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
  const warn = (line: string) => void stderr.write(`${visibleLines(line)}\n`);
  let signal: AbortSignal | undefined;
  let progress: Progress | undefined;
  let words: (stage: string) => string = () => "Stopped.";
  onStop?.(() => {
    progress?.done();
    return words(progress?.stageText ?? "");
  });
  return {
    write: (text) => void stdout.write(text),
    print: (line) => void stdout.write(`${line}\n`),
    warn,
    debug: (line) => void (env.DEBUG && warn(line)),
    progress: (quiet = false) => (progress = new Progress(stderr.isTTY && !quiet ? stderr : undefined)),
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
