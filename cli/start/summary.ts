import * as path from "node:path";
import { commandFor } from "../../cloud/localCommand";
import type { FolderState } from "../../cloud/localState";
import type { Io } from "../lib/io";
import type { Report, ReportJson } from "../lib/report";
import { skipReason } from "../report/skipReasons";
import { reportFile } from "../report/write";
import { counted } from "../lib/counted";
import { textTable, type TableOptions } from "../lib/text-table";

/** Prints to standard error what failed, and what a person should do. */
export function printProblems(
  { failures, warnings }: Report,
  { fail, warn }: Pick<Io, "fail" | "warn">,
): void {
  for (const { functionName, error } of failures) fail(`${functionName} failed: ${error.errorMessage}`);
  for (const warning of warnings) warn(warning);
}

/** Prints the summary of a run for people. */
export function printSummary(
  { json, shown }: Report,
  dir: string,
  source: FolderState["source"],
  { print, warn, width, paint }: Io,
): void {
  if (json.spotify.calls === 0 && json.failures > 0) return warn("Nothing was read.");
  for (const line of runLines(json)) print(line);
  print(`\n${tableSizes(json, { width, paint })}`);
  for (const { name, which, answer, count: rows } of shown)
    print(`\n${name} (${which} of ${counted(rows, "row")})\n${textTable(answer, { width, paint })}`);
  const folder = path.resolve(dir);
  print(`\nEverything is in ${folder}: s3/ (raw answers and tables), functions/ (what Lambda runs).`);
  print(`Look at it in a browser: ${path.join(folder, reportFile)}`);
  print(`Next: ${nextCommands(dir, source).join("\n      ")}`);
  print(paint("hint", `It took ${json.seconds} s.`));
}

function runLines({ runs, spotify, raw, quality, crawls }: ReportJson): string[] {
  const incomplete = runs.filter((run) => run.status !== "complete").length;
  const skipped = Object.entries(spotify.skipped).map(
    ([reason, things]) => `${things} ${skipReason(reason)}`,
  );
  const notComplete = incomplete ? `, ${incomplete} not complete` : "";
  return [
    `${counted(runs.length, "run")}, ${counted(spotify.calls, "Spotify call")}${notComplete}`,
    `Skipped: ${skipped.join(", ") || "nothing"}`,
    `Raw: ${counted(raw.objects, "object")}, ${kilobytes(raw.bytes)} kB`,
    `Quality: ${counted(quality.quarantined, "row")} in quarantine, ${counted(quality.blocked, "read")} rejected`,
    ...(crawls.length > 0 ? [`Crawled: ${crawls.map(crawled).join("; ")}`] : []),
  ];
}

function tableSizes({ tables }: ReportJson, options: TableOptions): string {
  const rows = Object.entries(tables).map(([table, { rows, files, bytes }]) => ({
    table,
    rows,
    files,
    kB: kilobytes(bytes),
  }));
  return textTable({ columns: ["table", "rows", "files", "kB"], rows }, options);
}

/** Returns what to do next with a folder, a command and its meaning a line. */
export function nextCommands(dir: string, source: FolderState["source"]): string[] {
  const query = (...args: string[]) => commandFor(dir, "npx spotify-lake query", ...args);
  const start = (...args: string[]) => commandFor(dir, "npm start", ...args);
  const lines: [command: string, meaning: string][] = [
    [query(), "the named queries"],
    [query('"select …"'), "your own"],
    source === "spotify" ? [start(), "what has changed since"] : [start("--days 3"), "three more days"],
  ];
  const width = Math.max(...lines.map(([line]) => line.length));
  return lines.map(([line, meaning]) => `${line.padEnd(width)}   ${meaning}`);
}

function crawled({ crawler, tablesAdded, partitionsAdded }: ReportJson["crawls"][number]): string {
  return `${crawler}, ${counted(tablesAdded, "new table")}, ${counted(partitionsAdded, "new partition")}`;
}

function kilobytes(bytes: number): number {
  return Math.ceil(bytes / 1000);
}
