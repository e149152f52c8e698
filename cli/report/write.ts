import * as fs from "node:fs";
import * as path from "node:path";
import { warnedDays } from "../../handlers/extract/tokenLife";
import { UserError } from "../../cloud/errors";
import type { Lake } from "../../cloud/lake/lake";
import { outArgument } from "../../cloud/localCommand";
import { readFolder, type FolderState } from "../../cloud/localState";
import { readSetting } from "../../infra/settingRules";
import { periodOf } from "../../infra/sql";
import { folderQueries } from "../query/named";
import { reportHtml } from "./html";
import { reportData, type DataFlow, type ReportData, type ReportPlace } from "./reportData";

/** Name of the page in a local cloud's folder. */
export const reportFile = "report.html";

/** Asks the lake of the folder `dir` what the page shows. */
function folderReport(dir: string, lake: Lake, flow: DataFlow): Promise<ReportData> {
  const folder = readFolder(dir)!;
  return reportData(placeOf(dir, folder, flow), folderQueries(folder), (sql) => lake.query(sql));
}

function placeOf(dir: string, folder: FolderState, flow: DataFlow): ReportPlace {
  const { source, settings = {} } = folder;
  const asOf = periodOf(folderQueries(folder).find(({ name }) => name === "runs")!).to;
  const timezone = readSetting("timezone", settings.timezone)!;
  const callBudget = readSetting("callBudget", settings.callBudget)!;
  return { source, asOf, timezone, callBudget, warnedDays, options: outArgument(dir), flow };
}

/** Writes the page of the folder `dir` and returns its path. Throws a `UserError` if it cannot be written. */
export async function writeFolderReport(dir: string, lake: Lake, flow: DataFlow): Promise<string> {
  const file = path.join(dir, reportFile);
  writePage(file, reportHtml(await folderReport(dir, lake, flow)));
  return file;
}

/** Writes a page in one step. Throws a `UserError` if it cannot be written. */
function writePage(file: string, html: string): void {
  try {
    fs.writeFileSync(`${file}.new`, html);
    fs.renameSync(`${file}.new`, file);
  } catch (error) {
    throw new UserError(`${file} cannot be written: ${(error as Error).message}.`);
  }
}
