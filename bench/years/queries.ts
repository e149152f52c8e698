/** What each named query takes on a lake: counted from DuckDB's plan, and timed as `spotify-lake query`. */
import * as path from "node:path";
import { projectDir } from "../../cli/lib/command";
import { asOfDay, namedQueries, renderQuery } from "../../infra/sql";
import type { BenchLake } from "../lake/benchLake";
import { ScannedLake } from "../lake/scannedLake";
import { measureProcess, usageArguments } from "../lib/processes";

/** One query on one lake. An engine on S3 makes a LIST for each partition. */
export interface QueryFigures {
  query: string;
  /** Partitions that are left after filters on them. */
  lists: number;
  files: number;
  bytes: number;
  /** Requests for footers and chunks of columns in Parquet; CSV takes one for each file. */
  gets: number;
  /** Of a process that opens the lake and answers; null if it was not timed. */
  wall_s: number | null;
  peak_mb: number | null;
}

/** Counts what every named query reads; `day` (yyyy-MM-dd) is today. */
export async function countQueries({ manifest, dir }: BenchLake, day: string): Promise<QueryFigures[]> {
  const lake = await ScannedLake.open(manifest, dir);
  try {
    const counted: QueryFigures[] = [];
    for (const query of namedQueries()) {
      const sql = renderQuery(query, asOfDay(query, day));
      const { partitions, files, parquet, gets } = await lake.scan(sql);
      const counts = { lists: partitions, files, bytes: parquet, gets };
      counted.push({ query: query.name, ...counts, wall_s: null, peak_mb: null });
    }
    return counted;
  } finally {
    lake.close();
  }
}

/** Returns the figures with the times of those that are named in `timed`. */
export async function timeQueries(
  { dir }: BenchLake,
  figures: QueryFigures[],
  timed: string[],
): Promise<QueryFigures[]> {
  const result: QueryFigures[] = [];
  for (const one of figures) {
    const command = [
      path.join(projectDir, "cli/spotify-lake.js"),
      "query",
      one.query,
      "--json",
      "--out",
      dir,
    ];
    const usage = timed.includes(one.query)
      ? await measureProcess(process.execPath, [...usageArguments, ...command], {})
      : undefined;
    result.push({ ...one, wall_s: usage?.wall_s ?? null, peak_mb: usage?.peak_mb ?? null });
  }
  return result;
}
