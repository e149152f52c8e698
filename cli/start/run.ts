import { serveReport } from "../report/serve/serve";
import { writeFolderReport } from "../report/write";
import type { RunCommand } from "../lib/command";
import type { WithCounts } from "../lib/report";
import { extractNow, readAccount, simulate, useLocalCloud } from "../lib/run";
import { reporting, signedInAccount } from "../lib/runLocally";
import { emptyFolder, hasState, holdFolder, readFolder, requireOwn } from "../../cloud/localState";
import { confirmFresh, refuseOtherFolder, refuseSimulatedOptions } from "./checks";
import { printProblems, printSummary } from "./summary";

const dayMs = 24 * 60 * 60 * 1000;

interface Flags {
  days: number;
  from?: number;
  format?: string;
  set?: Record<string, string>;
  out: string;
  seed?: number;
  full: boolean;
  fresh: boolean;
  yes: boolean;
  json: boolean;
  quiet: boolean;
  serve?: boolean;
  port: number;
}

/** Returns where a run was stopped, and how to continue. */
function stopSentence(stage: string, hasBegun: boolean, flags: Record<string, boolean>): string {
  const at = stage ? ` at: ${stage}` : "";
  if (!hasBegun) return `Stopped${at}. Nothing was read yet; give the same command again.`;
  const without = Object.keys(flags).filter((name) => flags[name]);
  const dropped = without.length > 0 ? ` without ${without.map((name) => `--${name}`).join(" and ")}` : "";
  return `Stopped${at}. The same command${dropped} continues from there.`;
}

/** Runs `start`. */
export const runStart: RunCommand = async (command, io) => {
  const { days, format, set, out, seed, full, fresh, yes, json, quiet, ...flags } = command.opts<Flags>();
  const credentials = signedInAccount(io);
  const folder = fresh ? undefined : readFolder(out);
  if (credentials) {
    const given = ["days", "from", "seed"].filter((name) => command.getOptionValueSource(name) === "cli");
    refuseSimulatedOptions(given, folder);
  }
  if (folder) refuseOtherFolder(out, folder, { from: flags.from, format: set?.tableFormat ?? format });
  if (fresh && !yes) await confirmFresh(out, io);
  let isEmptied = !fresh;
  io.sayAtStop((stage) => stopSentence(stage, isEmptied && hasState(out), { fresh, full }));
  const empty = () => {
    emptyFolder(out);
    isEmptied = true;
  };
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  const options = {
    out,
    seed,
    from: flags.from ?? today - (days - 1) * dayMs,
    settings: { ...(format && { tableFormat: format }), ...set },
    ...(fresh && { empty }),
    ...reporting(io, quiet),
  };
  const draw: WithCounts = (lake, counted, progress) => writeFolderReport(out, lake, counted, progress);
  const rereadAll = full ? extractNow({ full }) : undefined;
  const run = () => {
    if (fresh) requireOwn(out);
    return credentials
      ? useLocalCloud({ ...options, credentials }, rereadAll ?? readAccount, draw)
      : simulate({ ...options, days, first: rereadAll, then: draw });
  };
  const report = await holdFolder(out, run);
  printProblems(report, io);
  if (!quiet) printSummary(report, out, credentials ? "spotify" : "simulated", io);
  if (json) io.print(JSON.stringify(report.json));
  if (flags.serve) await serveReport({ out, port: flags.port }, io);
  return report.json.failures > 0 ? 1 : 0;
};
