/**
 * What `npm start` takes into a new folder: the whole command with its functions, summary and report. Several numbers of
 * days show what a further day costs, and whether memory grows with them: `--days 7,90 --runs 1`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { projectDir } from "../cli/lib/command";
import { runsOption, wholeNumber, wholeNumbers, type Part, type ReportTable, type Values } from "./lib/part";
import { measureNode, type Usage } from "./lib/processes";
import { interleaved, medianOf, spreadOf, spreadText, type Spread } from "./lib/spread";

interface Measurement {
  days: number;
  wall_s: Spread;
  /** Of all processes; on other systems than Linux of the command's own. */
  cpu_s: Spread;
  /** The highest resident memory of the command's own process. */
  peak_mb: number;
}

interface Figures {
  start: Measurement[];
}

/** On the first of a month crawlers run as well; all runs have the same days. */
const firstDay = "2026-01-01";

export const start: Part<Figures> = {
  name: "start",
  measures: "Time, CPU and memory of npm start, for numbers of simulated days.",
  options: { days: { meaning: "how many days are simulated", fallback: "7" }, runs: runsOption },
  run,
  report,
};

async function run(values: Values): Promise<Figures> {
  const [runs, days] = [wholeNumber(values, "runs"), wholeNumbers(values, "days")];
  const dir = mkdtempSync(path.join(tmpdir(), "bench-start-"));
  try {
    // The first run evaluates the Pulumi program, which is kept for the others.
    await startInto(path.join(dir, "first"), 1);
    const contenders = days.map((count): [string, () => Promise<Usage>] => [
      String(count),
      // A new folder each time: where files were removed a short time ago, ext4 takes longer to make others.
      () => startInto(mkdtempSync(path.join(dir, "lake-")), count),
    ]);
    const measured = await interleaved(runs, Object.fromEntries(contenders));
    return { start: days.map((count) => summary(count, measured[String(count)]!)) };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function startInto(out: string, days: number): Promise<Usage> {
  const options = ["--out", out, "--from", firstDay, "--days", String(days), "--quiet"];
  return measureNode([path.join(projectDir, "cli/spotify-lake.js"), "start", ...options]);
}

function summary(days: number, usages: Usage[]): Measurement {
  return {
    days,
    wall_s: spreadOf(usages.map(({ wall_s }) => wall_s)),
    cpu_s: spreadOf(usages.map(({ cpu_s }) => cpu_s)),
    peak_mb: medianOf(usages.map(({ peak_mb }) => peak_mb)),
  };
}

function report({ start: measured }: Figures): ReportTable[] {
  return [
    {
      title: "npm start into a new folder",
      columns: ["days", "wall s", "CPU s", "peak MB"],
      rows: measured.map(({ days, wall_s, cpu_s, peak_mb }) => [
        ...[days, spreadText(wall_s, 1), spreadText(cpu_s, 1)],
        Math.round(peak_mb),
      ]),
      notes: ["CPU is that of all processes, the functions' included; peak is the command's own process."],
    },
  ];
}
