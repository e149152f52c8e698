/**
 * How many bytes an engine must read for each named query over a simulated year: from our lake in Parquet, from our lake
 * in CSV, and from the layout of the usual tutorial (three CSV files a day, a full snapshot each).
 *
 * Parquet: the compressed chunks of the columns that the query's plan reads, and the footers, of the files that are left
 * when filters on snapshot_date have been applied; that statistics let an engine skip row groups does not count. CSV:
 * the whole of the same files. Tutorial: the whole of each file, of every day, of the tables that the question needs.
 *
 * The library is the one of bench calls, or a share of it: so many playlists; a day changes two to five of them however
 * many there are. A year of the whole takes some minutes; that is the simulation.
 *
 * npm run bench -- scan [--days 365] [--share 1] [--json]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { asOfDay, namedQueries, renderQuery, views } from "../infra/sql";
import { ScannedLake } from "./scan/scanned-lake";
import { tablesAsked, tutorialDay, tutorialTables, type TutorialBytes } from "./scan/tutorial";
import { dayMs, simulateYear, writeLake, yearStart } from "./scan/year";

/** Bytes that one query reads; null where the tutorial's layout cannot answer it. */
interface Measured {
  query: string;
  parquet: number;
  csv: number;
  tutorial: number | null;
  /** Tutorial to Parquet. */
  ratio: number | null;
}

async function measure(dir: string, days: number, share: number) {
  const tutorial: TutorialBytes = { albums: 0, artists: 0, songs: 0 };
  const raw = await simulateYear(days, share, (library) => {
    const day = tutorialDay(library);
    for (const table of ["albums", "artists", "songs"] as const) tutorial[table] += day[table];
  });
  for (const format of ["parquet", "csv"] as const) await writeLake(raw, format, path.join(dir, format));
  const asOf = new Date(yearStart + (days - 1) * dayMs).toISOString().slice(0, 10);
  const lake = await ScannedLake.open(dir);
  try {
    const queries: Measured[] = [];
    for (const query of namedQueries()) {
      const sql = renderQuery(query, asOfDay(query, asOf));
      const { parquet, csv } = await lake.scan(sql);
      const needed =
        tutorialTables(tablesAsked(sql, views()))?.reduce((sum, table) => sum + tutorial[table], 0) ?? null;
      const ratio = needed === null ? null : needed / parquet;
      queries.push({ query: query.name, parquet, csv, tutorial: needed, ratio });
    }
    return { days, share, tutorial, queries, median: median(queries.flatMap(({ ratio }) => ratio ?? [])) };
  } finally {
    lake.close();
  }
}

function median(numbers: number[]): number {
  const sorted = numbers.sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

function kilobytes(bytes: number | null): string {
  return bytes === null ? "cannot" : Math.ceil(bytes / 1000).toLocaleString("en");
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      days: { type: "string", default: "365" },
      share: { type: "string", default: "1" },
    },
  });
  const [days, share] = [Number(values.days), Number(values.share)];
  if (!Number.isInteger(days) || days < 1) throw new Error("--days must be a whole number from 1 up.");
  if (!(share > 0 && share <= 1)) throw new Error("--share must be above 0 and at most 1.");
  const dir = mkdtempSync(path.join(tmpdir(), "scan-"));
  try {
    const measured = await measure(dir, days, share);
    const { queries } = measured;
    console.log(`${days} simulated days of a library of ${share * 200} playlists; kB that an engine reads\n`);
    const line = (...cells: string[]) =>
      cells.map((cell, at) => (at === 0 ? cell.padEnd(28) : cell.padStart(12))).join("");
    console.log(line("query", "parquet", "csv.gz", "tutorial", "ratio"));
    for (const { query, parquet, csv, tutorial, ratio } of queries)
      console.log(
        line(
          query,
          kilobytes(parquet),
          kilobytes(csv),
          kilobytes(tutorial),
          ratio === null ? "" : ratio.toFixed(1),
        ),
      );
    console.log(
      `\nMedian of the queries that both can answer: ${measured.median.toFixed(1)} times less than the tutorial's layout.`,
    );
    if (values.json) console.log(JSON.stringify(measured));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
