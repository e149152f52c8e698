/**
 * What a stack with the default settings costs a month, line by line, for one listener, ten and a hundred. The counts
 * are those of cli/cost/measured.json, which --write makes: it runs the program on the embedded cloud with one listener
 * and with four, for a first read and whole days after it.
 *
 * npm run bench -- cost [--write] [--days 1] [--json]
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { billOf, quantitiesOf, type Bill } from "../cli/cost/bill";
import type { Measured } from "../cli/cost/counts";
import { billedSettings } from "../cli/cost/settings";
import { textTable } from "../cli/lib/text-table";
import { measurePoint } from "./cost/measure";

const file = path.join(__dirname, "../cli/cost/measured.json");
const sizes = [1, 10, 100];
const supposed = { months: 12, queries: 300 };

async function measure(days: number): Promise<Measured> {
  const points: Measured["points"] = [await measurePoint(1, days), await measurePoint(4, days)];
  return { date: new Date().toISOString().slice(0, 10), days, points };
}

/** Returns each line's USD after the free units, by size, and the totals with and without them. */
function table(bills: Bill[]): Record<string, string>[] {
  const names = [...new Set(bills.flatMap(({ lines }) => lines.map(({ item }) => item)))];
  const row = (line: string, usd: (bill: Bill) => number) => ({
    line,
    ...Object.fromEntries(bills.map((bill, at) => [sizes[at], usd(bill).toFixed(2)])),
  });
  return [
    ...names.map((name) => row(name, ({ lines }) => lines.find(({ item }) => item === name)?.usd ?? 0)),
    row("all", ({ usd }) => usd),
    row("all, without free units", ({ list_usd }) => list_usd),
  ];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      write: { type: "boolean", default: false },
      days: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    },
  });
  if (!/^[1-9]\d?$/.test(values.days)) {
    console.error("--days must be a whole number from 1 to 99.");
    process.exitCode = 1;
    return;
  }
  if (values.write)
    fs.writeFileSync(file, `${JSON.stringify(await measure(Number(values.days)), null, 2)}\n`);
  const measured = JSON.parse(fs.readFileSync(file, "utf8")) as Measured;
  const bills = sizes.map((size) => billOf(quantitiesOf(measured, billedSettings({}, size), supposed)));
  console.log(`USD a month by the number of listeners; counts of ${measured.date}.\n`);
  const columns = ["line", ...sizes.map(String)];
  console.log(textTable({ columns, rows: table(bills), kinds: ["other", "number", "number", "number"] }));
  if (values.json)
    console.log(
      JSON.stringify({
        measured_on: measured.date,
        bills: bills.map((bill, at) => ({ listeners: sizes[at], ...bill })),
      }),
    );
}

void main();
