import * as fs from "node:fs";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";
import { generation } from "../../schemas";
import { tablePrefix } from "../../schemas/formats";
import { readRules } from "../../schemas/quality";
import type { Crawl } from "../../cloud/glue/crawlers";
import type { Changes } from "../../cloud/glue/crawler/crawl";
import { renderQuery, type NamedQuery } from "../../infra/sql";
import type { EventFailure } from "../../cloud/events/events";
import type { Answer } from "../../cloud/lake/cells";
import { Lake, type Sample } from "../../cloud/lake/lake";
import { outArgument } from "../../cloud/localCommand";
import { readFolder } from "../../cloud/localState";
import type { Manifest } from "../../cloud/lake/manifest";
import { folderQueries } from "../query/named";
import type { Progress } from "./progress";
import { signInSentence } from "../status/advice";

/** The object that `start --json` prints last. */
export interface ReportJson {
  /** The extract runs of this invocation. */
  runs: {
    date: string;
    listener: string;
    status: string;
    /** Why it failed or stopped early, in a sentence. */
    reason: string | null;
    calls: number;
    seconds: number;
  }[];
  spotify: { calls: number; skipped: Record<string, number> };
  raw: { objects: number; bytes: number };
  /** Rows in quarantine, and full reads that were rejected. */
  quality: { quarantined: number; blocked: number };
  tables: Record<string, { rows: number; files: number; bytes: number }>;
  queries: Record<string, { rows: number }>;
  crawls: ({ crawler: string; error: string | null } & Changes)[];
  failures: number;
  seconds: number;
}

/** What a run did, for people and programs. */
export interface Report {
  json: ReportJson;
  failures: EventFailure[];
  crawls: Crawl[];
  /** What a person should do, a sentence each. */
  warnings: string[];
  /** Rows of the three queries shown. */
  shown: ShownQuery[];
}

/** The rows of a named query that are printed. */
interface ShownQuery extends Sample {
  name: string;
  which: "first" | "newest";
}

/** How many rows of a query are shown. */
const shownRows = 5;

const shownQueries: Pick<ShownQuery, "name" | "which">[] = [
  { name: "playlist_summary", which: "first" },
  { name: "top_artists", which: "first" },
  // It lists the oldest first; the newest say how it went.
  { name: "runs", which: "newest" },
];

/**
 * Does something with the lake and what its folder was counted to hold. Returns how many rows the queries have that it
 * asked, by their SQL.
 */
export type WithCounts = (
  lake: Lake,
  counted: Contents,
  progress: Progress,
) => Promise<ReadonlyMap<string, number>>;

/**
 * Counts what is in the folder, and what the runs since `since` (ms UTC) did.
 * @param progress shows what is counted, and says how long the invocation took
 * @param then what else is asked of the lake
 */
export async function report(
  dir: string,
  manifest: Manifest,
  since: number,
  { failures, crawls }: Pick<Report, "failures" | "crawls">,
  progress: Progress,
  then?: WithCounts,
): Promise<Report> {
  const lake = await Lake.open(manifest, dir, { keepsViews: true });
  try {
    const { runs, skipped } = await runsSince(lake, since);
    const counted = await contents(lake, manifest, dir);
    const asked = (await then?.(lake, counted, progress)) ?? new Map<string, number>();
    const { shown, counts } = await askQueries(lake, folderQueries(readFolder(dir)!), asked, progress);
    const events = failures.map(({ event, requestId }) => (event as { id?: string }).id ?? requestId);
    // A run that needs a person is not retried, so its event is no failure; the run is one all the same.
    const refused = runs.filter((run) => run.status === "failed" && !events.includes(String(run.event_id)));
    const failedCrawls = crawls.filter(({ error }) => error !== undefined);
    return {
      failures,
      crawls,
      warnings: [
        ...warningsIn(runs, refused, outArgument(dir)),
        ...failedCrawls.map(({ crawler, error }) => `Crawler ${crawler} failed: ${error}`),
      ],
      shown,
      json: {
        runs: runs.map(runJson),
        spotify: { calls: runs.reduce((sum, run) => sum + Number(run.calls), 0), skipped },
        ...counted,
        queries: Object.fromEntries([...counts].map(([name, rows]) => [name, { rows }])),
        crawls: crawls.map(({ crawler, changes, error }) => ({ crawler, ...changes, error: error ?? null })),
        failures: failures.length + refused.length + failedCrawls.length,
        seconds: progress.seconds(),
      },
    };
  } finally {
    lake.close();
  }
}

/** Asks for the rows of named queries that are shown, and how many rows the others have, unless they were `asked` before. */
async function askQueries(
  lake: Lake,
  queries: NamedQuery[],
  asked: ReadonlyMap<string, number>,
  progress: Progress,
): Promise<{ shown: ShownQuery[]; counts: Map<string, number> }> {
  const [shown, counts] = [new Map<string, ShownQuery>(), new Map<string, number>()];
  for (const [done, query] of queries.entries()) {
    progress.stage(`Counting: query ${query.name}`, { done, all: queries.length });
    const sql = renderQuery(query);
    const found = shownQueries.find(({ name }) => name === query.name);
    if (found) {
      const sample = await lake.sample(sql, shownRows, found.which === "newest" ? "last" : "first");
      if (found.which === "newest") sample.answer.rows.reverse();
      shown.set(query.name, { ...found, ...sample });
    }
    const known = shown.get(query.name)?.count ?? asked.get(sql);
    counts.set(query.name, known ?? (await lake.count(sql)));
  }
  return { shown: shownQueries.flatMap(({ name }) => shown.get(name) ?? []), counts };
}

/** The runs since a time, and how many things they skipped for each reason. */
async function runsSince(
  lake: Lake,
  since: number,
): Promise<{ runs: Answer["rows"]; skipped: Record<string, number> }> {
  const start = `timestamp '${new Date(since - 1000).toISOString().replace("T", " ").replace("Z", "")}'`;
  const runs = await lake.query(
    `select * from extract_runs where started_at >= ${start} order by started_at, listener_id`,
  );
  const skips = await lake.query(
    `select reason, count(distinct stream || ' ' || container_id || ' ' || cast(item_position as varchar)) as things
     from skips where run_id in (select run_id from extract_runs where started_at >= ${start}) group by reason order by reason`,
  );
  return {
    runs: runs.rows,
    skipped: Object.fromEntries(skips.rows.map((row) => [row.reason, Number(row.things)])),
  };
}

function runJson(run: Answer["rows"][number]): ReportJson["runs"][number] {
  return {
    date: String(run.started_at).slice(0, 10),
    listener: String(run.listener_id),
    status: String(run.status),
    reason: run.stop_message === null ? null : String(run.stop_message),
    calls: Number(run.calls),
    seconds: Number(run.duration_ms) / 1000,
  };
}

/** What the buckets hold. */
export type Contents = Pick<ReportJson, "raw" | "quality" | "tables">;

/** Counts what the buckets of the local cloud in `dir` hold. */
export async function contents(
  lake: Lake,
  { tables: declared, rawBucket, lakeBucket }: Manifest,
  dir: string,
): Promise<Contents> {
  const buckets = path.join(dir, "s3");
  const tables: ReportJson["tables"] = {};
  const counting = declared.map(({ name }) => `select '${name}' as name, count(*) as n from ${name}`);
  const counts = await lake.query(counting.join(" union all "));
  for (const { name } of declared) {
    const { n } = counts.rows.find((row) => row.name === name)!;
    const size = sizeOf(path.join(buckets, lakeBucket, tablePrefix(name, generation)));
    tables[name] = { rows: Number(n), ...size };
  }
  const rules = readRules.map((rule) => `'${rule}'`).join(", ");
  const blocked = await lake.query(
    `select count(distinct read_seq) as n from quality_results
     where status = 'failed' and severity = 'block' and rule in (${rules})`,
  );
  const raw = sizeOf(path.join(buckets, rawBucket, "raw"));
  return {
    raw: { objects: raw.files, bytes: raw.bytes },
    quality: {
      quarantined: linesUnder(path.join(buckets, lakeBucket, "quarantine")),
      blocked: Number(blocked.rows[0]!.n),
    },
    tables,
  };
}

/** Returns what refused runs say, and who must sign in again soon by the newest run of each listener. */
function warningsIn(runs: Answer["rows"], refused: Answer["rows"], option: string): string[] {
  const newest = new Map(runs.map((run) => [String(run.listener_id), run.token_days_left]));
  return [
    ...new Set(refused.map((run) => `${String(run.listener_id)}: ${String(run.stop_message)}`)),
    ...[...newest].flatMap(([listener, days]) => {
      const daysLeft = days === null || days === undefined ? null : Number(days);
      return signInSentence({ listener, daysLeft }, { option }) ?? [];
    }),
  ];
}

/** Counts the lines of all gzipped files in a folder. */
function linesUnder(folder: string): number {
  if (!fs.existsSync(folder)) return 0;
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".jsonl.gz"))
    .map((entry) => gunzipSync(fs.readFileSync(path.join(entry.parentPath, entry.name))))
    .reduce((sum, bytes) => sum + bytes.toString("latin1").split("\n").length - 1, 0);
}

function sizeOf(folder: string): { files: number; bytes: number } {
  if (!fs.existsSync(folder)) return { files: 0, bytes: 0 };
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => fs.statSync(path.join(entry.parentPath, entry.name)).size);
  return { files: files.length, bytes: files.reduce((sum, size) => sum + size, 0) };
}
