import * as path from "node:path";
import { InvalidArgumentError, type Command } from "commander";
import { didYouMean } from "../../infra/suggest";
import type { Io } from "./io";

/** The project's folder: of the Pulumi program, .env.local and, by default, .local. */
export const projectDir = path.join(__dirname, "../..");

/** A command of `spotify-lake`. It is light, so that help is fast; what it does is loaded when it runs. */
export interface CommandModule {
  name: string;
  description: string;
  /** Adds arguments, options and help. */
  define(command: Command): Command;
  /** Loads what it does. */
  load(): RunCommand;
}

/** Runs a command as it was parsed and returns its exit code, if it is not 0. */
export type RunCommand = (command: Command, io: Io) => Promise<number | undefined>;

const defaultOut = path.relative(process.cwd(), path.join(projectDir, ".local"));

/** The option `--out`. */
export const outOption = ["--out <dir>", "folder of the local cloud", folder, defaultOut] as const;

function folder(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It must be the name of a folder.");
  return text;
}

/** The option `--json` of commands that print one line. */
export const jsonOption = ["--json", "print one line of JSON"] as const;

/** Parses a day, `yyyy-MM-dd`. Throws commander's error for anything else. */
export function utcDay(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text)
    throw new InvalidArgumentError("It must be a date such as 2026-03-01.");
  return text;
}

/** Returns a parser of whole numbers from `least` to `most`. It throws commander's error with `sentence`. */
export function wholeNumber(least: number, most: number, sentence: string): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(sentence);
  };
}

/** Returns a parser of one of some words. It throws commander's error with all of them, and the nearest. */
export function oneOf(...words: string[]): (text: string) => string {
  return (text) => {
    if (words.includes(text)) return text;
    throw new InvalidArgumentError(`It must be ${words.join(" or ")}${didYouMean(text, words)}`);
  };
}

/** Returns a parser that collects `key=value` of a repeatable option. It throws commander's error with `sentence`. */
export function keyValue(sentence: string) {
  return (text: string, known: Record<string, string> = {}): Record<string, string> => {
    const at = text.indexOf("=");
    if (at < 1) throw new InvalidArgumentError(sentence);
    return { ...known, [text.slice(0, at)]: text.slice(at + 1) };
  };
}

/** The option `--port` of commands that serve a page. */
export const portOption = [
  "--port <n>",
  "the port of --serve (0: a free one)",
  wholeNumber(0, 65_535, "It must be a port, from 0 (a free one) to 65535."),
  8899,
] as const;
