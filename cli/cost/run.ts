import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import { textTable } from "../lib/text-table";
import type { Answer } from "../../cloud/lake/cells";
import { stackConfig, type StackConfig } from "../stack/stack";
import { billOf, monthOf, quantitiesOf, type Bill, type BilledSettings, type Supposed } from "./bill";
import { pointFor, type Measured } from "./counts";
import { prices, type Item } from "./prices";
import measuredJson from "./measured.json";
import { billedSettings } from "./settings";
import { countStack, type StackCounts } from "./stackCounts";

const measured = measuredJson as unknown as Measured;

interface Flags extends Supposed {
  stack?: string;
  set?: Record<string, string>;
  listeners?: number;
  json: boolean;
}

/** What the command prints with `--json`. */
interface CostJson extends Bill {
  listeners: number;
  months: number;
  queries: number;
  spotify_calls_a_day: number;
  /** What CloudWatch counted, by line; all others are from the settings or measured on the embedded cloud. */
  counted: Item[];
  measured_on: string;
}

/** Runs `cost`. */
export const runCost: RunCommand = async (command, io) => {
  const { stack, set = {}, listeners, json, ...supposed } = command.opts<Flags>();
  const config = stack === undefined ? {} : settingTexts(await stackConfig(stack, io));
  const settings = billedSettings({ ...config, ...set }, listeners);
  const progress = io.progress(json);
  if (stack !== undefined) progress.stage("Reading what CloudWatch counted");
  const counted = stack === undefined ? {} : await countStack(stack, Date.now(), io);
  progress.done();
  const result = costOf(settings, supposed, counted);
  if (json) io.print(JSON.stringify(result));
  else printCost(result, settings, io);
  return 0;
};

/** Returns the plain settings of a stack as text; secrets are none. */
function settingTexts(config: StackConfig): Record<string, string | undefined> {
  const plain = [...config].filter(([key, { secret }]) => !secret && !key.startsWith("spotify"));
  return Object.fromEntries(plain.map(([key, { value }]) => [key, value]));
}

function costOf(settings: BilledSettings, supposed: Supposed, counted: StackCounts): CostJson {
  const all = { ...quantitiesOf(measured, settings, supposed), ...counted };
  const month = monthOf(pointFor(measured, settings.listeners), settings);
  return {
    ...billOf(all),
    ...{ listeners: settings.listeners, months: supposed.months, queries: supposed.queries },
    spotify_calls_a_day: Math.round((month.spotifyCalls * 12) / 365),
    counted: Object.keys(counted) as Item[],
    measured_on: measured.date,
  };
}

function billTable(lines: Bill["lines"]): Answer {
  const rows = lines.map((line) => ({
    line: line.item,
    "a month": quantityText(line.quantity),
    unit: line.unit,
    free: String(line.free),
    "list USD": line.list_usd.toFixed(2),
    USD: line.usd.toFixed(2),
  }));
  return {
    columns: Object.keys(rows[0]!),
    rows,
    kinds: ["other", "number", "other", "number", "number", "number"],
  };
}

/** Whole numbers, and three digits of what is less than a hundred. */
function quantityText(quantity: number): string {
  return quantity >= 100 ? quantity.toFixed(0) : String(Number(quantity.toPrecision(3)));
}

/** Joins words as a sentence does: a, b and c. */
function listText(words: string[]): string {
  return words.join(", ").replace(/, ([^,]*)$/, " and $1");
}

function printCost(cost: CostJson, { callBudget }: BilledSettings, io: Io): void {
  const { lines, list_usd, usd, listeners, months, queries, counted, spotify_calls_a_day: calls } = cost;
  io.print(textTable(billTable(lines), io));
  const supposed = [
    listeners === 1 ? "1 listener" : `${listeners} listeners`,
    ...(counted.includes("storage") ? [] : [`${months} months of data`]),
    ...(counted.includes("scanned") ? [] : [`${queries} queries a month`]),
  ];
  io.print(
    `\n$${usd.toFixed(2)} a month for ${listText(supposed)}; ` +
      `$${list_usd.toFixed(2)} in an account whose free units are used up.`,
  );
  const lambda = counted.includes("gbSeconds") ? "" : "; Lambda's time is estimated";
  const counts = `measured on ${cost.measured_on} on the embedded cloud${lambda}`;
  const names = counted.map((item) => prices[item].item).join(", ");
  io.print(
    names === ""
      ? `Counts were ${counts}.`
      : `CloudWatch counted the last 30 days of: ${names}. All other counts were ${counts}.`,
  );
  io.print("Prices are those of us-east-1, without taxes.");
  if (calls > callBudget)
    io.print(
      `It takes ${calls} calls of Spotify a day, and callBudget allows ${callBudget}: runs then stop early and cost less.`,
    );
}
