/**
 * What each named query takes when a lake gets older: files opened, bytes read, requests of an engine on S3, time and
 * memory. One person's lake of so many months, made by the real transform from generated raw (a daily run, hourly plays,
 * the numbers of the simulated listener); the same before and after months are sealed.
 *
 * Files and bytes follow from DuckDB's plan and the files' footers, after filters on partitions. Times are those of
 * `spotify-lake query` in a process of its own, which opens the lake, asks and prints.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { memoryStore } from "../cloud/memory/memoryStore";
import { filesAt } from "../cloud/glue/crawler/folders";
import { readPartitions } from "../cloud/glue/partitions";
import { BenchLake } from "./lake/benchLake";
import { runsOption, wholeNumber, wholeNumbers, type Part, type ReportTable, type Values } from "./lib/part";
import { Person } from "./years/person";
import { countQueries, timeQueries, type QueryFigures } from "./years/queries";

/** A lake of one age, in one state. */
interface LakeFigures {
  months: number;
  sealed: boolean;
  /** Of raw, zipped. */
  raw_bytes: number;
  /** Where the partitions are. */
  files: number;
  bytes: number;
  /** Those of them that are of the table plays. */
  plays_bytes: number;
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
    runs: { ...runsOption, fallback: "1" },
    timed: { meaning: "how many queries are timed: those that open most files", fallback: "8" },
  },
  run,
  report,
};

async function run(values: Values): Promise<YearsFigures> {
  const ages = wholeNumbers(values, "months").sort((left, right) => left - right);
  const [timed, runs] = [wholeNumber(values, "timed", 0), wholeNumber(values, "runs")];
  const folder = mkdtempSync(path.join(tmpdir(), "bench-years-"));
  try {
    const raw = memoryStore();
    const lake = await BenchLake.create(path.join(folder, "lake"), "parquet", raw);
    const person = new Person(start);
    const lakes: LakeFigures[] = [];
    let day = 0;
    for (const months of ages) {
      for (; day < months * 30; day += 1) await lake.land(person.day(day));
      const raw_bytes = [...raw.objects.values()].reduce((sum, { body }) => sum + body.length, 0);
      lakes.push({ raw_bytes, ...(await measure(lake, months, false, day, timed, runs)) });
      const copy = lake.copyTo(path.join(folder, `sealed-${months}`));
      await copy.seal(start + day * dayMs);
      lakes.push({ raw_bytes, ...(await measure(copy, months, true, day, timed, runs)) });
      rmSync(copy.dir, { recursive: true });
    }
    return { lakes };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `days` have passed; the last of them is today. */
async function measure(
  lake: BenchLake,
  months: number,
  sealed: boolean,
  days: number,
  timed: number,
  runs: number,
): Promise<Omit<LakeFigures, "raw_bytes">> {
  lake.save(start + days * dayMs);
  const today = new Date(start + (days - 1) * dayMs).toISOString().slice(0, 10);
  const counted = await countQueries(lake, today);
  const most = [...counted].sort((left, right) => right.files - left.files).slice(0, timed);
  const queries = await timeQueries(
    lake,
    counted,
    most.map(({ query }) => query),
    runs,
  );
  return { months, sealed, ...sizeOf(lake), queries };
}

/** Files and bytes at the locations of all registered partitions. */
function sizeOf({ dir, manifest }: BenchLake) {
  const partitions = readPartitions(dir, manifest.database).map(({ table, descriptor }) => {
    const files = filesAt(descriptor.Location!, path.join(dir, "s3"));
    return { table, files: files.length, bytes: files.reduce((sum, file) => sum + statSync(file).size, 0) };
  });
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  return {
    partitions: partitions.length,
    files: sum(partitions.map(({ files }) => files)),
    bytes: sum(partitions.map(({ bytes }) => bytes)),
    plays_bytes: sum(partitions.filter(({ table }) => table === "plays").map(({ bytes }) => bytes)),
  };
}

function report({ lakes }: YearsFigures): ReportTable[] {
  const ages = [...new Set(lakes.map(({ months }) => months))];
  const summary: ReportTable = {
    title: "The lake of one person",
    columns: ["months", "sealed", "files", "MB", "of them plays", "MB of raw", "partitions of all tables"],
    rows: lakes.map(({ months, sealed, files, bytes, plays_bytes, raw_bytes, partitions }) => [
      ...[months, sealed ? "yes" : "no", files],
      ...[bytes, plays_bytes, raw_bytes].map((count) => (count / 1e6).toFixed(1)),
      partitions,
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
