/**
 * How much CPU, time and memory transform takes for a stream-day of saved tracks: the function as it is deployed, in a
 * process of its own with the AWS SDK and endpoints of S3 and Glue, in both formats. Beside it, on the same raw: unzipping
 * and parsing alone, the transform of the usual tutorial (pandas, three CSV tables, unchecked), and the same nine tables in
 * SQL on DuckDB. All figures are those of whole processes, their start included.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { RawLine } from "../handlers/raw/format";
import { runsOption, wholeNumber, wholeNumbers, type Part, type ReportTable, type Values } from "./lib/part";
import type { Usage } from "./lib/processes";
import { interleaved, spreadOf, spreadText, type Spread } from "./lib/spread";
import { trackOf } from "./raw/music";
import { closeLine, headerOf, pageLine, pagesOf, rawObject, type GeneratedRead } from "./raw/reads";
import { openArena } from "./transform/contenders";

/** What one contender took for one size. */
interface Measurement {
  contender: string;
  cpu_s: Spread;
  wall_s: Spread;
  peak_mb: Spread;
  /** CPU time to that of `parse` in the same round. */
  cpu_to_parse: Spread;
  /** CPU time to the wall time of pandas in the same round; null without pandas. */
  cpu_to_pandas_wall: Spread | null;
}

/** All contenders for one number of items. */
interface SizeFigures {
  items: number;
  runs: number;
  /** JSON in the raw objects, unzipped. */
  raw_mb: number;
  measured: Measurement[];
}

export interface TransformFigures {
  /** Of the function as it is deployed. */
  limits: { memory_mb: number; timeout_s: number };
  sizes: SizeFigures[];
}

/** From this many items on, one run is measured: it takes minutes. */
const largeItems = 100_000;
const pagesPerObject = 40;
const pageSize = 50;

export const transform: Part<TransformFigures> = {
  name: "transform",
  measures: "CPU, time and memory of transform, beside pandas, DuckDB and JSON.parse on the same raw.",
  options: {
    runs: runsOption,
    items: {
      meaning: `saved tracks of a day, such as 1000,1000000; from ${largeItems} on they are measured once`,
      fallback: "1000,16000,200000,1000000",
    },
  },
  run,
  report,
};

async function run(values: Values): Promise<TransformFigures> {
  const [runs, sizes] = [wholeNumber(values, "runs"), wholeNumbers(values, "items")];
  const folder = mkdtempSync(path.join(tmpdir(), "bench-transform-"));
  const arena = await openArena(folder);
  try {
    const figures: SizeFigures[] = [];
    for (const items of sizes) {
      rmSync(path.join(arena.rawFolder, "raw"), { recursive: true, force: true });
      const { key, bytes } = writeStreamDay(arena.rawFolder, items);
      const rounds = items < largeItems ? runs : 1;
      const measured = await interleaved(rounds, arena.contenders(key));
      const raw_mb = bytes / 1e6;
      figures.push({ items, runs: rounds, raw_mb, measured: summaries(measured) });
    }
    return { limits: arena.limits, sizes: figures };
  } finally {
    await arena.close();
    rmSync(folder, { recursive: true });
  }
}

function summaries(measured: Record<string, Usage[]>): Measurement[] {
  const { parse, pandas } = measured;
  return Object.entries(measured).map(([contender, usages]) => {
    const spread = (value: (usage: Usage, round: number) => number) => spreadOf(usages.map(value));
    return {
      contender,
      cpu_s: spread(({ cpu_s }) => cpu_s),
      wall_s: spread(({ wall_s }) => wall_s),
      peak_mb: spread(({ peak_mb }) => peak_mb),
      cpu_to_parse: spread(({ cpu_s }, round) => cpu_s / parse![round]!.cpu_s),
      cpu_to_pandas_wall: pandas ? spread(({ cpu_s }, round) => cpu_s / pandas[round]!.wall_s) : null,
    };
  });
}

/** Writes a whole read of a library in several raw objects; returns one key, and how much JSON it all is. */
function writeStreamDay(rawFolder: string, items: number): { key: string; bytes: number } {
  const read: GeneratedRead = {
    stream: "saved_tracks",
    readSeq: 1,
    run: "run",
    time: Date.parse("2026-03-04T05:06:07Z"),
  };
  const pages = pagesOf(items);
  let [key, bytes] = ["", 0];
  for (let part = 0; part * pagesPerObject < pages; part += 1) {
    const end = Math.min(pages, (part + 1) * pagesPerObject);
    const lines: RawLine[] = [headerOf(read)];
    for (let page = part * pagesPerObject; page < end; page += 1)
      lines.push(pageLine(read, page * pageSize, items, savedTracks(page * pageSize, items)));
    if (end === pages) lines.push(closeLine(read, items));
    const object = rawObject(read, part, lines);
    mkdirSync(path.dirname(path.join(rawFolder, object.key)), { recursive: true });
    writeFileSync(path.join(rawFolder, object.key), object.body);
    key = object.key;
    bytes += object.text.length;
  }
  return { key, bytes };
}

/** The entries of a page, as large as the largest answers: with the markets that apps from before 2026 still get. */
function savedTracks(offset: number, items: number): object[] {
  return Array.from({ length: Math.min(pageSize, items - offset) }, (_, index) => ({
    added_at: new Date(Date.UTC(2026, 0, 1) - (offset + index) * 3_600_000).toISOString(),
    track: trackOf(offset + index, true),
  }));
}

const contenderNames: Record<string, string> = {
  csv: "transform, nine CSV tables",
  parquet: "transform, nine Parquet tables",
  parse: "gunzip and JSON.parse alone",
  engine: "nine Parquet tables in SQL on DuckDB",
  pandas: "tutorial: three CSV tables with pandas",
};

function report({ sizes }: TransformFigures): ReportTable[] {
  return sizes.map(({ items, runs, raw_mb, measured }) => ({
    title: `${items.toLocaleString("en")} saved tracks (${raw_mb.toFixed(0)} MB of JSON), ${runs === 1 ? "one run" : `median (min–max) of ${runs} runs`}`,
    columns: ["", "CPU s", "wall s", "peak MB", "CPU to parse", "CPU to pandas' wall time"],
    rows: measured.map(({ contender, cpu_s, wall_s, peak_mb, cpu_to_parse, cpu_to_pandas_wall }) => [
      contenderNames[contender] ?? contender,
      spreadText(cpu_s),
      spreadText(wall_s),
      spreadText(peak_mb, 0),
      spreadText(cpu_to_parse, 1),
      cpu_to_pandas_wall ? spreadText(cpu_to_pandas_wall, 1) : "no pandas",
    ]),
    notes: measured.some(({ contender }) => contender === "pandas")
      ? []
      : ["No Python with pandas was found: name one in BENCH_PYTHON."],
  }));
}
