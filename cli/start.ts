import { InvalidArgumentError } from "commander";
import { command, main, utcDay } from "./lib/command";
import { credentialsFrom } from "./lib/credentials";
import { takeFolder } from "../cloud/localState";
import { loadEnvFile } from "./login/env-file";
import { runPipeline, type RunOptions } from "./lib/run";
import { printSummary } from "./lib/summary";

const dayMs = 24 * 60 * 60 * 1000;

const cli = command(
  "start",
  "Runs the whole pipeline on this machine: against a simulated Spotify, or your own account.",
)
  .option("--days <n>", "simulated days to run", wholeNumber, 7)
  .option(
    "--from <date>",
    "first simulated day, yyyy-mm-dd (default: so that the last one is today)",
    (text) => Date.parse(`${utcDay(text)}T00:00:00Z`),
  )
  .option("--format <format>", "format of the tables: csv or parquet")
  .option(
    "--set <key=value>",
    "any setting of Pulumi.yaml, such as sources=saved_tracks (repeatable); it stays set in this folder",
    addSetting,
    {},
  )
  .option("--out <dir>", "folder for everything the local cloud keeps", ".local")
  .option("--seed <n>", "seed of the simulated library (default: 1, or the folder's)", wholeNumber)
  .option("--full", "read everything again first, whatever is known", false)
  .option("--fresh", "empty the folder first", false)
  .option("--json", "print one JSON object as the last line", false)
  .option("--quiet", "print nothing but errors (and --json)", false)
  .addHelpText(
    "after",
    `
Simulated plays are read every three hours, to be quick; --set playsSchedule=hourly is what a stack does.

With SPOTIFY_CLIENT_ID, SPOTIFY_CLIENT_SECRET and SPOTIFY_REFRESH_TOKEN in the environment, or in .env.local (npm run
login writes it), it reads that account, one run, today. Without a refresh token only sources such as album:ID can be read.

A simulated listener signs in anew with each invocation; after six simulated months that sign-in ends, as a real one.`,
  );

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) < 1)
    throw new InvalidArgumentError("It must be a whole number from 1 up.");
  return Number(text);
}

function addSetting(text: string, settings: Record<string, string>): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be key=value, such as tableFormat=csv.");
  return { ...settings, [text.slice(0, at)]: text.slice(at + 1) };
}

type Flags = Omit<RunOptions, "from" | "settings" | "first" | "credentials"> & {
  from?: number;
  format?: string;
  set: Record<string, string>;
  full: boolean;
  fresh: boolean;
  json: boolean;
};

main(async () => {
  cli.parse();
  const { format, set, full, fresh, json, ...flags } = cli.opts<Flags>();
  loadEnvFile();
  const credentials = credentialsFrom(process.env);
  // Whatever is running dies with this process: its exit handlers see to that.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  takeFolder(flags.out, fresh);
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  const report = await runPipeline({
    ...flags,
    from: flags.from ?? today - (flags.days - 1) * dayMs,
    settings: { ...(format && { tableFormat: format }), ...set },
    first: full ? { full } : undefined,
    credentials,
  });
  if (!flags.quiet) printSummary(report, flags.out, credentials ? "spotify" : "simulated");
  if (json) console.log(JSON.stringify(report.json));
  if (report.json.failures > 0) process.exitCode = 1;
});
