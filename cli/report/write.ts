import * as fs from "node:fs";
import * as path from "node:path";
import { Lake } from "../../cloud/lake/lake";
import { outArgument } from "../../cloud/localCommand";
import { readFolder, readLake, type FolderState } from "../../cloud/localState";
import { readSetting } from "../../infra/settingRules";
import { periodOf } from "../../infra/sql";
import type { Progress } from "../lib/progress";
import { contents, type Contents } from "../lib/report";
import { folderQueries } from "../query/named";
import { failuresIn } from "../status/failures";
import { writePage } from "./file";
import { reportHtml } from "./html";
import { questions } from "./questions";
import { reportData, type ReportData, type ReportPlace } from "./reportData";

/** Name of the page in a local cloud's folder. */
export const reportFile = "report.html";

/** Makes the page of the local cloud in `dir`, in its folder or in the file `to`. Returns the file. */
export async function reportOfFolder(
  dir: string,
  progress: Progress,
  to = path.join(dir, reportFile),
): Promise<string> {
  writePage(to, reportHtml(await askFolder(dir, progress)));
  return to;
}

/** Removes the page of the local cloud in `dir`: it shows what is not to be seen any more. */
export function removeFolderReport(dir: string): void {
  fs.rmSync(path.join(dir, reportFile), { force: true });
}

/** Asks the local cloud in `dir` what the page shows. Throws a `UserError` if there is no lake in it. */
export async function askFolder(dir: string, progress: Progress): Promise<ReportData> {
  const { manifest } = readLake(dir);
  progress.stage("Asking the lake");
  const lake = await Lake.open(manifest, dir, { keepsViews: true });
  try {
    return await folderReport(dir, lake, await contents(lake, manifest, dir), progress);
  } finally {
    lake.close();
    progress.done();
  }
}

/** Writes the page of the local cloud in `dir`, whose lake is open and counted. Returns the rows of its queries by SQL. */
export async function writeFolderReport(
  dir: string,
  lake: Lake,
  counted: Contents,
  progress: Progress,
): Promise<Map<string, number>> {
  const data = await folderReport(dir, lake, counted, progress);
  writePage(path.join(dir, reportFile), reportHtml(data));
  const answered = Object.values(data.answers).filter(({ error }) => error === undefined);
  return new Map(answered.map(({ sql, rows }) => [sql, rows.length]));
}

function folderReport(dir: string, lake: Lake, counted: Contents, progress: Progress): Promise<ReportData> {
  const folder = readFolder(dir)!;
  const all = questions.length;
  let done = 0;
  const ask = (sql: string) => {
    progress.stage("Asking the lake for the report", { done, all });
    done += 1;
    return lake.query(sql);
  };
  return reportData(placeOf(dir, folder, counted), folderQueries(folder), ask);
}

function placeOf(dir: string, folder: FolderState, { raw, tables, quality }: Contents): ReportPlace {
  const { source, settings = {} } = folder;
  const asOf = periodOf(folderQueries(folder).find(({ name }) => name === "runs")!).to;
  const timezone = readSetting("timezone", settings.timezone)!;
  const callBudget = readSetting("callBudget", settings.callBudget)!;
  const flow = { raw, tables, quarantined: quality.quarantined, failures: failuresIn(dir) };
  return { source, asOf, timezone, callBudget, options: outArgument(dir), flow };
}
