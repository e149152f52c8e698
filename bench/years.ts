/**
 * What each named query takes when a lake gets older: files opened, bytes read, requests of an engine on S3, time and
 * memory. One person's lake of so many months, made by the real transform from generated raw (a daily run, hourly plays,
 * the numbers of the simulated listener); the same before and after months are sealed.
 *
 * Files and bytes follow from DuckDB's plan and the files' footers, after filters on partitions. Times are those of
 * `spotify-lake query` in a process of its own, which opens the lake, asks and prints.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { memoryStore } from "../cloud/memory/memoryStore";
import { readPartitions } from "../cloud/glue/partitions";
import { generation } from "../schemas";
import { BenchLake } from "./lake/benchLake";
import { wholeNumber, wholeNumbers, type Part, type ReportTable, type Values } from "./lib/part";
import { Person } from "./years/person";
import { countQueries, timeQueries, type QueryFigures } from "./years/queries";
import { seal } from "./years/seal";

/** A lake of one age, in one state. */
interface LakeFigures {
  months: number;
  sealed: boolean;
  /** Below the tables' prefix. */
  files: number;
  bytes: number;
  /** Registered in Glue, of all tables. */
  partitions: number;
  queries: QueryFigures[];
}

export interface YearsFigures {
  lakes: LakeFigures[];
}

const dayMs = 86_400_000;
const start = Date.parse("2026-01-01T00:00:00Z");

export const years: Part<YearsFigures> = {
  name: "years",
  measures: "Files, bytes, requests, time and memory of each named query on a lake of a month and of years.",
  options: {
    months: { meaning: "ages of the lake in months of 30 days", fallback: "1,12,36" },
    timed: { meaning: "how many queries are timed: those that open most files", fallback: "12" },
  },
  run,
  report,
};

async function run(values: Values): Promise<YearsFigures> {
  const ages = wholeNumbers(values, "months").sort((left, right) => left - right);
  const timed = wholeNumber(values, "timed", 0);
  const folder = mkdtempSync(path.join(tmpdir(), "bench-years-"));
  try {
    const raw = memoryStore();
    const lake = await BenchLake.create(path.join(folder, "lake"), "parquet", raw);
    const person = new Person(start);
    const lakes: LakeFigures[] = [];
    let day = 0;
    for (const months of ages) {
      for (; day < months * 30; day += 1) await lake.add(await writeDay(raw, person, day));
      lakes.push(await measure(lake, months, false, day, timed));
      if (!seal) continue;
      const copy = lake.copyTo(path.join(folder, `sealed-${months}`));
      await seal(copy);
      lakes.push(await measure(copy, months, true, day, timed));
      rmSync(copy.dir, { recursive: true });
    }
    return { lakes };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writeDay(raw: ReturnType<typeof memoryStore>, person: Person, day: number): Promise<string[]> {
  const objects = person.day(day);
  for (const { key, body } of objects) await raw.put(key, body, { ifNoneMatch: "*" });
  return objects.map(({ key }) => key);
}

/** `days` have passed; the last of them is today. */
async function measure(
  lake: BenchLake,
  months: number,
  sealed: boolean,
  days: number,
  timed: number,
): Promise<LakeFigures> {
  lake.save(start + days * dayMs);
  const today = new Date(start + (days - 1) * dayMs).toISOString().slice(0, 10);
  const counted = await countQueries(lake, today);
  const most = [...counted].sort((left, right) => right.files - left.files).slice(0, timed);
  const queries = await timeQueries(
    lake,
    counted,
    most.map(({ query }) => query),
  );
  const partitions = readPartitions(lake.dir, lake.manifest.database).length;
  return { months, sealed, ...sizeOf(lake), partitions, queries };
}

function sizeOf({ dir, manifest }: BenchLake): { files: number; bytes: number } {
  const root = path.join(dir, "s3", manifest.lakeBucket, `g${generation}`);
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, file) => sum + statSync(path.join(file.parentPath, file.name)).size, 0);
  return { files: files.length, bytes };
}

function report({ lakes }: YearsFigures): ReportTable[] {
  const ages = [...new Set(lakes.map(({ months }) => months))];
  const summary: ReportTable = {
    title: "The lake of one person",
    columns: ["months", "sealed", "files", "MB", "partitions of all tables"],
    rows: lakes.map(({ months, sealed, files, bytes, partitions }) => [
      ...[months, sealed ? "yes" : "no", files, (bytes / 1e6).toFixed(1), partitions],
    ]),
  };
  return [
    summary,
    ...ages.map((months) =>
      queryTable(
        months,
        lakes.filter((lake) => lake.months === months),
      ),
    ),
  ];
}

const measures: [string, (query: QueryFigures) => string | number | null][] = [
  ["files", ({ files }) => files],
  ["kB", ({ bytes }) => Math.ceil(bytes / 1000)],
  ["LIST", ({ lists }) => lists],
  ["GET", ({ gets }) => gets],
  ["s", ({ wall_s }) => wall_s && wall_s.toFixed(1)],
  ["MB", ({ peak_mb }) => peak_mb && Math.round(peak_mb)],
];

/** One row for each query; where months are sealed, each figure before and after. */
function queryTable(months: number, states: LakeFigures[]): ReportTable {
  const isSealed = states.length > 1;
  const names = states[0]!.queries.map(({ query }) => query);
  const cells = (name: string, show: (query: QueryFigures) => string | number | null) =>
    states.map(({ queries }) => show(queries.find(({ query }) => query === name)!));
  return {
    title: `Each named query after ${months} months${isSealed ? ", before → after sealing" : ", before sealing"}`,
    columns: ["query", ...measures.map(([name]) => name)],
    rows: names.map((name) => [
      name,
      ...measures.map(([, show]) => {
        const shown = cells(name, show);
        return shown.every((cell) => cell === null) ? null : isSealed ? shown.join(" → ") : shown[0]!;
      }),
    ]),
    notes: [
      "s and MB: time and highest memory of the whole process of `spotify-lake query`, for the queries that open most files. " +
        "GET: Parquet; with CSV it is one for each file.",
    ],
  };
}
