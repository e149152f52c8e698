import * as fs from "node:fs";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";
import { generation } from "../../schemas";
import { tablePrefix } from "../../schemas/formats";
import { readRules } from "../../schemas/quality";
import { warnedDays } from "../../handlers/extract/tokenLife";
import type { Crawl } from "../../cloud/glue/crawlers";
import type { Changes } from "../../cloud/glue/crawler/crawl";
import { renderQuery } from "../../infra/sql";
import type { EventFailure } from "../../cloud/events/events";
import { Lake, type Answer } from "../../cloud/lake/lake";
import { readFolder, type FolderState } from "../../cloud/localState";
import type { Manifest } from "../../cloud/lake/manifest";
import { folderQueries } from "../query/named";
import { terminalWidth, textTable } from "./text-table";
import { visibleLines } from "./visible-text";

/** The object that `npm start -- --json` ends with. */
export interface ReportJson {
  /** One entry for each extract run of this invocation. */
  days: {
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

/** What a run came to, for people and programs. */
export interface Report {
  json: ReportJson;
  failures: EventFailure[];
  crawls: Crawl[];
  /** What a person should do, a sentence each. */
  warnings: string[];
  /** First rows of the three queries shown. */
  shown: { name: string; answer: Answer }[];
}

const shownQueries = ["playlist_summary", "top_artists", "runs"];

/**
 * Counts what lies in the folder, and what the runs since `since` (ms UTC) did.
 * @param seconds how long the invocation took
 */
export async function report(
  dir: string,
  manifest: Manifest,
  since: number,
  { failures, crawls }: Pick<Report, "failures" | "crawls">,
  seconds: () => number,
): Promise<Report> {
  const lake = await Lake.open(manifest, dir);
  try {
    const start = `timestamp '${new Date(since - 1000).toISOString().replace("T", " ").replace("Z", "")}'`;
    const runs = await lake.query(
      `select * from extract_runs where started_at >= ${start} order by started_at, listener_id`,
    );
    const skips = await lake.query(
      `select reason, count(distinct stream || ' ' || container_id || ' ' || cast(item_position as varchar)) as things
       from skips where run_id in (select run_id from extract_runs where started_at >= ${start}) group by reason order by reason`,
    );
    const tables: ReportJson["tables"] = {};
    for (const { name } of manifest.tables) {
      const { rows } = await lake.query(`select count(*) as n from ${name}`);
      tables[name] = {
        rows: Number(rows[0]!.n),
        ...sizeOf(path.join(dir, "s3", manifest.lakeBucket, tablePrefix(name, generation))),
      };
    }
    const rules = readRules.map((rule) => `'${rule}'`).join(", ");
    const blocked = await lake.query(
      `select count(distinct read_seq) as n from quality_results
       where status = 'failed' and severity = 'block' and rule in (${rules})`,
    );
    const answers = new Map<string, Answer>();
    for (const query of folderQueries(readFolder(dir)!))
      answers.set(query.name, await lake.query(renderQuery(query)));
    const events = failures.map(({ event, requestId }) => (event as { id?: string }).id ?? requestId);
    // A run that only a person can mend is not tried again, so its event is no failure; it is one all the same.
    const refused = runs.rows.filter(
      (run) => run.status === "failed" && !events.includes(String(run.event_id)),
    );
    const raw = sizeOf(path.join(dir, "s3", manifest.rawBucket, "raw"));
    const failedCrawls = crawls.filter(({ error }) => error !== undefined);
    return {
      failures,
      crawls,
      warnings: [
        ...warningsIn(runs.rows, refused),
        ...failedCrawls.map(({ crawler, error }) => `Crawler ${crawler} failed: ${error}`),
      ],
      shown: shownQueries
        .map((name) => ({ name, answer: answers.get(name)! }))
        .filter(({ answer }) => answer),
      json: {
        days: runs.rows.map((run) => ({
          date: String(run.started_at).slice(0, 10),
          listener: String(run.listener_id),
          status: String(run.status),
          reason: run.stop_message === null ? null : String(run.stop_message),
          calls: Number(run.calls),
          seconds: Number(run.duration_ms) / 1000,
        })),
        spotify: {
          calls: runs.rows.reduce((sum, run) => sum + Number(run.calls), 0),
          skipped: Object.fromEntries(skips.rows.map((row) => [row.reason, Number(row.things)])),
        },
        raw: { objects: raw.files, bytes: raw.bytes },
        quality: {
          quarantined: linesUnder(path.join(dir, "s3", manifest.lakeBucket, "quarantine")),
          blocked: Number(blocked.rows[0]!.n),
        },
        tables,
        queries: Object.fromEntries([...answers].map(([name, { rows }]) => [name, { rows: rows.length }])),
        crawls: crawls.map(({ crawler, changes, error }) => ({ crawler, ...changes, error: error ?? null })),
        failures: failures.length + refused.length + failedCrawls.length,
        seconds: seconds(),
      },
    };
  } finally {
    lake.close();
  }
}

/** What refused runs say, and who has to sign in again soon: the newest run of each listener tells. */
function warningsIn(runs: Answer["rows"], refused: Answer["rows"]): string[] {
  const newest = new Map(runs.map((run) => [String(run.listener_id), run.token_days_left]));
  const ending = [...newest].filter(([, days]) => days !== null && Number(days) < warnedDays);
  return [
    ...new Set(refused.map((run) => `${String(run.listener_id)}: ${String(run.stop_message)}`)),
    ...ending.map(
      ([listener, days]) =>
        `The sign-in of ${listener} ends in ${Number(days)} days; sign in again with npm run login.`,
    ),
  ];
}

/** Prints the summary for people; what failed goes to the error output. */
export function printSummary(report: Report, dir: string, source: FolderState["source"]): void {
  const { json, failures } = report;
  for (const { functionName, error } of failures)
    console.error(visibleLines(`${functionName} failed: ${error.errorMessage}`));
  for (const warning of report.warnings) console.error(visibleLines(warning));
  const { days, spotify, raw, tables } = json;
  if (spotify.calls === 0 && json.failures > 0) {
    console.error("Nothing was read.");
    return;
  }
  const stopped = days.filter((day) => day.status !== "complete").length;
  console.log(
    `${count(days.length, "run")}, ${count(spotify.calls, "Spotify call")}${stopped ? `, ${stopped} not complete` : ""}`,
  );
  const skipped = Object.entries(spotify.skipped).map(([reason, things]) => `${things} ${reason}`);
  console.log(`Passed over: ${skipped.join(", ") || "nothing"}`);
  console.log(`Raw: ${count(raw.objects, "object")}, ${kilobytes(raw.bytes)}`);
  console.log(
    `Quality: ${count(json.quality.quarantined, "row")} in quarantine, ${count(json.quality.blocked, "read")} rejected`,
  );
  if (json.crawls.length > 0) console.log(`Crawled: ${json.crawls.map(crawled).join("; ")}`);
  console.log();
  const sizes = Object.entries(tables).map(([table, { rows, files, bytes }]) => ({
    table,
    rows,
    files,
    kB: Math.ceil(bytes / 1000),
  }));
  console.log(
    textTable({ columns: ["table", "rows", "files", "kB"], rows: sizes }, { width: terminalWidth() }),
  );
  for (const { name, answer } of report.shown) {
    const first = textTable({ ...answer, rows: answer.rows.slice(0, 5) }, { width: terminalWidth() });
    console.log(`\n${name} (first of ${count(answer.rows.length, "row")})\n${first}`);
  }
  console.log(
    `\nEverything lies in ${path.resolve(dir)}: s3/ (raw answers and tables), functions/ (what Lambda runs).`,
  );
  console.log(`Next: ${nextCommands(dir, source).join("\n      ")}`);
  console.log(`It took ${json.seconds} s.`);
}

/** What to do next with a folder, a command and its meaning a line. */
export function nextCommands(dir: string, source: FolderState["source"]): string[] {
  const own = dir === ".local" ? [] : ["--out", /\s/.test(dir) ? JSON.stringify(dir) : dir];
  const command = (npm: string, ...args: string[]) =>
    [npm, ...(own.length + args.length > 0 ? ["--"] : []), ...own, ...args].join(" ");
  const all = [
    [command("npm run query"), "the named queries"],
    [command("npm run query", '"select …"'), "your own"],
    source === "spotify"
      ? [command("npm start"), "what has changed since"]
      : [command("npm start", "--days 3"), "three days more"],
  ];
  const width = Math.max(...all.map(([line]) => line!.length));
  return all.map(([line, meaning]) => `${line!.padEnd(width)}   ${meaning}`);
}

function crawled({ crawler, tablesAdded, partitionsAdded }: ReportJson["crawls"][number]): string {
  return `${crawler}, ${count(tablesAdded, "new table")}, ${count(partitionsAdded, "new partition")}`;
}

/** Lines of all gzipped files in a folder. */
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

function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? "" : "s"}`;
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1000)} kB`;
}
