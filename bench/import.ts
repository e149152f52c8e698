/**
 * How long `spotify-lake import` takes for a synthetic export, into a new folder: the whole command with its functions,
 * and the making of raw objects alone, beside the least that any import must do.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { projectDir } from "../cli/lib/command";
import { writeExport } from "./import/export";
import { runsOption, wholeNumber, type Part, type ReportTable, type Values } from "./lib/part";
import { measureNode, type Usage } from "./lib/processes";
import { interleaved, medianOf, spreadOf, spreadText, type Spread } from "./lib/spread";

interface Measurement {
  what: string;
  wall_s: Spread;
  /** Of all processes; on other systems than Linux of the command's own. */
  cpu_s: Spread;
  /** The highest resident memory of the command's own process. */
  peak_mb: number;
  /** Of the medians of CPU. */
  times_parse: number;
}

interface Figures {
  plays: number;
  zip_bytes: number;
  raw_objects: number;
  import: Measurement[];
}

const parse = "unzip and JSON.parse";
const land = "raw objects, written nowhere";
const command = "spotify-lake import";

export const importPlays: Part<Figures> = {
  name: "import",
  measures: "Time, CPU and memory of importing a streaming history, beside unzipping and parsing it.",
  options: { plays: { meaning: "plays in the export", fallback: "200000" }, runs: runsOption },
  run,
  report,
};

async function run(values: Values): Promise<Figures> {
  const [plays, runs] = [wholeNumber(values, "plays"), wholeNumber(values, "runs")];
  const dir = mkdtempSync(path.join(tmpdir(), "bench-import-"));
  try {
    const [zip, one] = [path.join(dir, "export.zip"), path.join(dir, "one.zip")];
    await writeExport(zip, plays);
    await writeExport(one, 1);
    // The first import evaluates the Pulumi program, which is kept for the others.
    await importInto(one, path.join(dir, "first"));
    let lake = "";
    const measured = await interleaved(runs, {
      [parse]: () => measureNode([path.join(__dirname, "import/parse.js"), zip]),
      [land]: () => measureNode(["-r", register, path.join(__dirname, "import/land.ts"), zip]),
      [command]: () => {
        // A new one each time: where files were removed a short time ago, ext4 takes longer to make others.
        lake = mkdtempSync(path.join(dir, "lake-"));
        return importInto(zip, lake);
      },
    });
    return {
      plays,
      zip_bytes: statSync(zip).size,
      raw_objects: rawObjectsIn(lake),
      import: Object.entries(measured).map(([what, usages]) => summary(what, usages, measured[parse]!)),
    };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const register = path.join(projectDir, "cli/lib/register.js");

function importInto(zip: string, out: string): Promise<Usage> {
  return measureNode([path.join(projectDir, "cli/spotify-lake.js"), "import", zip, "--out", out]);
}

function rawObjectsIn(lake: string): number {
  const files = readdirSync(path.join(lake, "s3"), { recursive: true, encoding: "utf8" });
  return files.filter((file) => /^raw-.*\.jsonl\.gz$/.test(file)).length;
}

function summary(what: string, usages: Usage[], parsed: Usage[]): Measurement {
  const cpuOf = (all: Usage[]) => all.map(({ cpu_s }) => cpu_s);
  return {
    what,
    wall_s: spreadOf(usages.map(({ wall_s }) => wall_s)),
    cpu_s: spreadOf(cpuOf(usages)),
    peak_mb: medianOf(usages.map(({ peak_mb }) => peak_mb)),
    times_parse: medianOf(cpuOf(usages)) / medianOf(cpuOf(parsed)),
  };
}

function report({ plays, zip_bytes, raw_objects, import: measured }: Figures): ReportTable[] {
  return [
    {
      title: `An export of ${plays} plays (${(zip_bytes / 1e6).toFixed(1)} MB zipped), ${raw_objects} raw objects`,
      columns: ["what", "wall s", "CPU s", "peak MB", "CPU, times parsing"],
      rows: measured.map(({ what, wall_s, cpu_s, peak_mb, times_parse }) => [
        ...[what, spreadText(wall_s, 1), spreadText(cpu_s, 1)],
        ...[Math.round(peak_mb), times_parse.toFixed(1)],
      ]),
      notes: ["CPU is that of all processes, transform's included; peak is the command's own process."],
    },
  ];
}
