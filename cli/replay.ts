import * as s3 from "@aws-sdk/client-s3";
import { s3Store } from "../handlers/shared/s3Store";
import type { StreamDayResult } from "../handlers/transform/transform";
import type { TableFormat } from "../schemas/formats";
import { Cloud } from "../cloud/cloud";
import { realClock, SimulatedClock } from "../cloud/clock";
import { command, main, utcDay } from "./lib/command";
import { UserError } from "../cloud/errors";
import { readFolder, settingsIn, takeFolder, writeFolder } from "../cloud/localState";
import { manifestOf } from "../cloud/lake/manifest";
import { Progress } from "./lib/progress";
import { visibleLines } from "./lib/visible-text";
import { replay, sourcesIn, type ReplayReport, type Selection } from "./replay/replay";
import { stackTransform } from "./replay/stack-transform";
import { evaluateProgram } from "./lib/run";
import { notDeployed, stackOutputs, stackRegion } from "./stack/stack";

const cli = command(
  "replay",
  "Makes table files again from raw, wherever they are not what this program makes.",
)
  .option("--from <date>", "first day, yyyy-mm-dd (default: the first there is)", utcDay)
  .option("--to <date>", "last day, yyyy-mm-dd (default: the last there is)", utcDay)
  .option("--stream <name>", "one stream, such as saved_tracks, playlist or playlist:ID (default: all)")
  .option("--listener <name>", "one listener (default: all)")
  .option("--stack <name>", "do it in this Pulumi stack (default: on this machine)")
  .option("--out <dir>", "folder of the local cloud", ".local")
  .option("--format <format>", "on this machine, the format of a generation that is new (default: as before)")
  .option("--json", "print one line of JSON", false)
  .addHelpText(
    "after",
    "\nWhat is up to date stays as it is, so a replay that was stopped can be run again. Runs of extract and transform\nmay go on meanwhile.",
  );

interface Flags extends Selection {
  stack?: string;
  out: string;
  format?: TableFormat;
  json: boolean;
}

/** Lambda gives a new account ten executions at once, and the schedule wants some. */
const atOnceInStack = 4;
/** As many as the local cloud runs of one function. */
const atOnceHere = 2;

const stopping = new AbortController();

async function replayHere({ out, format, json, ...selection }: Flags): Promise<ReplayReport> {
  const folder = readFolder(out);
  if (!folder) throw new UserError(`There is no lake in ${out} yet; make one with npm start.`);
  takeFolder(out, false);
  const progress = new Progress(json);
  progress.stage("Reading the Pulumi program");
  const settings = { ...settingsIn(folder), ...(format && { tableFormat: format }) };
  const program = await evaluateProgram(
    { settings, credentials: undefined, out },
    folder.now,
    folder.manifest,
  );
  const cloud = await Cloud.start({
    program,
    dir: out,
    clock: folder.source === "simulated" ? new SimulatedClock(folder.now) : realClock,
    environment: {},
    log: (name, line) => process.env.DEBUG && console.error(`${name}: ${line}`),
  });
  try {
    writeFolder(out, { ...folder, manifest: manifestOf(program) });
    return await replay(await sourcesIn(cloud.store("raw"), selection), {
      invoke: async (event) => {
        const result = await cloud.invoke("transform", event);
        if (!result.ok) return { error: result.error.errorMessage };
        return { results: result.payload as StreamDayResult[] };
      },
      atOnce: atOnceHere,
      signal: stopping.signal,
      progress: (report) => progress.stage(soFar(report)),
    });
  } finally {
    progress.done();
    await cloud.stop();
  }
}

async function replayIn(stack: string, { json, ...selection }: Flags): Promise<ReplayReport> {
  const here = { env: process.env, dir: process.cwd() };
  const { rawBucketName, functionNames } = await stackOutputs(stack, here);
  if (!rawBucketName || !functionNames?.transform) throw notDeployed(stack, "function");
  const region = await stackRegion(stack, here);
  const progress = new Progress(json);
  progress.stage("Listing raw");
  try {
    const raw = s3Store(new s3.S3Client({ region }), rawBucketName);
    return await replay(await sourcesIn(raw, selection), {
      invoke: stackTransform(functionNames.transform, region),
      atOnce: atOnceInStack,
      signal: stopping.signal,
      progress: (report) => progress.stage(soFar(report)),
    });
  } finally {
    progress.done();
  }
}

function soFar({ stream_days, left, failed }: ReplayReport): string {
  return `${stream_days - left} of ${stream_days} stream-days, ${failed.length} failed`;
}

function print({ stream_days, built, up_to_date, left, failed }: ReplayReport): void {
  console.log(`${stream_days} stream-days: ${built} made again, ${up_to_date} were up to date.`);
  for (const { listener, stream, day, error } of failed)
    console.error(visibleLines(`${listener}, ${stream}, ${day}: ${error}`));
  if (failed.length > 0) console.error(`${failed.length} failed; the rest is done.`);
  if (left > 0) console.error(`Stopped with ${left} left; give the same command again to go on.`);
}

main(async () => {
  cli.parse();
  const flags = cli.opts<Flags>();
  // What is under way is ended properly; a second Ctrl-C ends it at once.
  process.once("SIGINT", () => stopping.abort());
  const report = await (flags.stack === undefined ? replayHere(flags) : replayIn(flags.stack, flags));
  if (flags.json) console.log(JSON.stringify(report));
  else print(report);
  if (report.failed.length > 0) process.exitCode = 1;
  else if (report.left > 0) process.exitCode = 130;
});
