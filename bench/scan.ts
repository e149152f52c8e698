/**
 * How many bytes an engine must read for each named query over a simulated year: from our lake in Parquet, from our lake
 * in CSV, and from the layout of the usual tutorial (three CSV files a day, a full snapshot each).
 *
 * Parquet: the compressed chunks of the columns that the query's plan reads, and the footers, of the files that are left
 * when filters on partitions have been applied; that statistics let an engine skip row groups does not count. CSV: the
 * whole of the same files. Tutorial: the whole of each file, of every day, of the tables that the question needs.
 *
 * The library is the one of bench calls, or a share of it: so many playlists; a day changes two to five of them however
 * many there are. A year of the whole takes some minutes; that is the simulation. Bytes do not depend on the machine.
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { filesAt } from "../cloud/glue/crawler/folders";
import { readPartitions } from "../cloud/glue/partitions";
import { asOfDay, namedQueries, renderQuery, views } from "../infra/sql";
import { BenchLake } from "./lake/benchLake";
import { ScannedLake } from "./lake/scannedLake";
import { wholeNumber, type Part, type ReportTable, type Values } from "./lib/part";
import { medianOf } from "./lib/spread";
import { tablesAsked, tutorialDay, tutorialTables, type TutorialBytes } from "./scan/tutorial";
import { dayMs, simulateYear, yearStart } from "./scan/year";

/** Bytes that one query reads; null where the tutorial's layout cannot answer it. */
interface Measured {
  query: string;
  parquet: number;
  csv: number;
  tutorial: number | null;
  /** Tutorial to Parquet. */
  ratio: number | null;
}

interface Figures {
  days: number;
  playlists: number;
  tutorial: TutorialBytes;
  queries: Measured[];
  /** Of the ratios. */
  median: number;
}

export const scan: Part<Figures> = {
  name: "scan",
  measures: "Bytes that an engine reads for each named query, beside three CSV files a day.",
  options: {
    days: { meaning: "simulated days", fallback: "60" },
    playlists: { meaning: "playlists of the library, 10 to 200; the rest grows with them", fallback: "50" },
  },
  run,
  report,
};

async function run(values: Values): Promise<Figures> {
  const [days, playlists] = [wholeNumber(values, "days"), wholeNumber(values, "playlists", 10)];
  const dir = mkdtempSync(path.join(tmpdir(), "bench-scan-"));
  try {
    return await measure(dir, days, playlists);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

async function measure(dir: string, days: number, playlists: number): Promise<Figures> {
  const tutorial: TutorialBytes = { albums: 0, artists: 0, songs: 0 };
  const raw = await simulateYear(days, playlists / 200, (library) => {
    const day = tutorialDay(library);
    for (const table of ["albums", "artists", "songs"] as const) tutorial[table] += day[table];
  });
  const parquet = await BenchLake.create(path.join(dir, "parquet"), "parquet", raw);
  const csv = await BenchLake.create(path.join(dir, "csv"), "csv", raw);
  for (const lake of [parquet, csv]) await lake.add(raw.objects.keys());
  const csvBytes = bytesByPartition(csv);
  const asOf = new Date(yearStart + (days - 1) * dayMs).toISOString().slice(0, 10);
  const lake = await ScannedLake.open(parquet.manifest, parquet.dir);
  try {
    const queries: Measured[] = [];
    for (const query of namedQueries()) {
      const sql = renderQuery(query, asOfDay(query, asOf));
      const read = (await lake.scan(sql)).parquet;
      const partitions = await lake.partitionsRead(sql);
      const whole = partitions.reduce((sum, { table, value }) => sum + csvBytes.get(`${table}/${value}`)!, 0);
      const needed = tutorialBytes(sql, tutorial);
      const ratio = needed === null ? null : needed / read;
      queries.push({ query: query.name, parquet: read, csv: whole, tutorial: needed, ratio });
    }
    return {
      days,
      playlists,
      tutorial,
      queries,
      median: medianOf(queries.flatMap(({ ratio }) => ratio ?? [])),
    };
  } finally {
    lake.close();
  }
}

/** The bytes of the tutorial's files that answer a statement; null if they cannot. */
function tutorialBytes(sql: string, bytes: TutorialBytes): number | null {
  return tutorialTables(tablesAsked(sql, views()))?.reduce((sum, table) => sum + bytes[table], 0) ?? null;
}

/** The bytes of a lake's files by `table/value` of the partition. */
function bytesByPartition({ manifest, dir }: BenchLake): Map<string, number> {
  const s3 = path.join(dir, "s3");
  return new Map(
    readPartitions(dir, manifest.database).map(({ table, values, descriptor }) => [
      `${table}/${values[0]}`,
      filesAt(descriptor.Location!, s3).reduce((sum, file) => sum + statSync(file).size, 0),
    ]),
  );
}

function kilobytes(bytes: number | null): string {
  return bytes === null ? "cannot" : Math.ceil(bytes / 1000).toLocaleString("en");
}

function report({ days, playlists, queries, median }: Figures): ReportTable[] {
  return [
    {
      title: `kB that an engine reads, of ${days} simulated days of a library of ${playlists} playlists`,
      columns: ["query", "Parquet", "CSV, gzip", "tutorial", "tutorial to Parquet"],
      rows: queries.map(({ query, parquet, csv, tutorial, ratio }) => [
        query,
        ...[parquet, csv, tutorial].map(kilobytes),
        ratio === null ? "" : ratio.toFixed(1),
      ]),
      notes: [
        `Median of the queries that both can answer: ${median.toFixed(1)} times less than the tutorial's layout.`,
      ],
    },
  ];
}
