/**
 * What a stack with the default settings costs a month, line by line, for one listener, ten and a hundred. The counts
 * are those of cli/cost/measured.json. With --days it is written anew first: the program runs on the embedded cloud with
 * one listener and with four, for a first read and so many whole days after it, in a few minutes.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { billOf, quantitiesOf, type Bill } from "../cli/cost/bill";
import type { Measured } from "../cli/cost/counts";
import { billedSettings } from "../cli/cost/settings";
import { measurePoint } from "./cost/measure";
import { wholeNumber, type Part, type ReportTable } from "./lib/part";

interface Figures {
  measured_on: string;
  bills: (Bill & { listeners: number })[];
}

const file = path.join(__dirname, "../cli/cost/measured.json");
const supposed = { months: 12, queries: 300 };

async function measure(days: number): Promise<void> {
  const points: Measured["points"] = [await measurePoint(1, days), await measurePoint(4, days)];
  const measured: Measured = { date: new Date().toISOString().slice(0, 10), days, points };
  fs.writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
}

function bills(): Figures {
  const measured = JSON.parse(fs.readFileSync(file, "utf8")) as Measured;
  const billFor = (listeners: number) => ({
    listeners,
    ...billOf(quantitiesOf(measured, billedSettings({}, listeners), supposed)),
  });
  return { measured_on: measured.date, bills: [1, 10, 100].map(billFor) };
}

function report({ measured_on, bills: all }: Figures): ReportTable[] {
  const names = [...new Set(all.flatMap(({ lines }) => lines.map(({ item }) => item)))];
  const row = (name: string, usd: (bill: Bill) => number) => [
    name,
    ...all.map((bill) => usd(bill).toFixed(2)),
  ];
  return [
    {
      title: "USD a month by the number of listeners, after an account's free units",
      columns: ["line", ...all.map(({ listeners }) => String(listeners))],
      rows: [
        ...names.map((name) => row(name, ({ lines }) => lines.find(({ item }) => item === name)?.usd ?? 0)),
        row("all", ({ usd }) => usd),
        row("all, without free units", ({ list_usd }) => list_usd),
      ],
      notes: [
        `${supposed.months} months of data, ${supposed.queries} queries a month, prices of us-east-1 without taxes; counts of ${measured_on}.`,
      ],
    },
  ];
}

export const cost: Part<Figures> = {
  name: "cost",
  measures: "A month's bill, line by line, for one listener, ten and a hundred.",
  options: {
    days: { meaning: "whole days to measure the counts of anew; 0 takes those there are", fallback: "0" },
  },
  run: async (values) => {
    const days = wholeNumber(values, "days", 0);
    if (days > 0) await measure(days);
    return bills();
  },
  report,
};
