/** What every part of `npm run bench` is made of. */
import { UserError } from "../../cloud/errors";

/** A setting of a part. `fallback` is what `all` uses. */
export interface PartOption {
  meaning: string;
  fallback: string;
}

/** The values of a part's options, as text. */
export type Values = Record<string, string>;

/** A table of a report, for a terminal or for docs/performance.md. */
export interface ReportTable {
  /** One line. */
  title: string;
  columns: string[];
  rows: (string | number | null)[][];
  /** Sentences below the table. */
  notes?: string[];
}

/** One part: `npm run bench -- NAME`. `Figures` are plain JSON: bench/results.json keeps them. */
export interface Part<Figures extends object = object> {
  name: string;
  /** What it measures, in a sentence. */
  measures: string;
  /** Its options by name, such as `runs`. */
  options: Record<string, PartOption>;
  /** Measures. Throws a `UserError` for a value that is not allowed. */
  run(values: Values): Promise<Figures>;
  /** Returns the tables that show the figures. */
  report(figures: Figures): ReportTable[];
}

/** The option `--runs` of parts that measure times. */
export const runsOption: PartOption = {
  meaning: "how often each is measured, in turn with the others",
  fallback: "3",
};

/** Returns the whole number in an option, at least `least`. Throws a `UserError`. */
export function wholeNumber(values: Values, name: string, least = 1): number {
  return wholeNumbers(values, name, least, 1)[0]!;
}

/** Returns the whole numbers of a list such as `1000,16000`, each at least `least`. Throws a `UserError`. */
export function wholeNumbers(values: Values, name: string, least = 1, most = 100): number[] {
  const numbers = (values[name] ?? "")
    .split(",")
    .map((text) => (/^\d{1,9}$/.test(text) ? Number(text) : NaN));
  if (numbers.length > most || numbers.some((number) => !(number >= least)))
    throw new UserError(
      `--${name} must be ${most === 1 ? "a whole number" : "whole numbers, with commas between,"} from ${least} up.`,
    );
  return numbers;
}
