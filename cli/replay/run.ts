import * as s3 from "@aws-sdk/client-s3";
import { s3Store } from "../../handlers/shared/s3Store";
import type { StreamDayResult } from "../../handlers/transform/transform";
import type { TableFormat } from "../../schemas/formats";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import { type FolderState, holdFolder, readLake } from "../../cloud/localState";
import { reportOfFolder } from "../report/write";
import { replay, sourcesIn, type ReplayReport, type Selection } from "./replay";
import { withTransform } from "../lib/localTransform";
import type { Progress } from "../lib/progress";
import { stackTransform } from "../stack/invoke";
import { notDeployed, stackOutputs, stackRegion } from "../stack/stack";

interface Flags extends Selection {
  stack?: string;
  out: string;
  format?: TableFormat;
  json: boolean;
}

/** Lambda gives a new account ten concurrent executions, and the schedule needs some. */
const atOnceInStack = 4;
/** As many as the local cloud runs of one function. */
const atOnceHere = 2;

async function replayHere(
  folder: FolderState,
  { out, format, json, ...selection }: Flags,
  io: Io,
): Promise<ReplayReport> {
  const progress = io.progress(json);
  try {
    const done = await withTransform<StreamDayResult[], ReplayReport>(
      { folder, out, format, progress, io },
      async (invoke, raw) =>
        replay(await sourcesIn(raw, selection), {
          invoke,
          atOnce: atOnceHere,
          signal: io.stopSignal(),
          progress: teller(progress),
        }),
    );
    if (done.built > 0) await reportOfFolder(out, progress);
    return done;
  } finally {
    progress.done();
  }
}

async function replayIn(stack: string, { json, ...selection }: Flags, io: Io): Promise<ReplayReport> {
  const { rawBucketName, functionNames } = await stackOutputs(stack, io);
  if (!rawBucketName || !functionNames?.transform) throw notDeployed(stack, "function");
  const region = await stackRegion(stack, io);
  const progress = io.progress(json);
  progress.stage("Listing raw");
  try {
    const raw = s3Store(new s3.S3Client({ region }), rawBucketName);
    return await replay(await sourcesIn(raw, selection), {
      invoke: stackTransform(functionNames.transform, region),
      atOnce: atOnceInStack,
      signal: io.stopSignal(),
      progress: teller(progress),
    });
  } finally {
    progress.done();
  }
}

function teller(progress: Progress): (report: ReplayReport) => void {
  return ({ stream_days: all, left, failed }) =>
    progress.stage(`${all - left} of ${all} stream-days, ${failed.length} failed`, { done: all - left, all });
}

function print({ stream_days, built, up_to_date, left, failed }: ReplayReport, io: Io): void {
  io.print(`${stream_days} stream-days: ${built} built again, ${up_to_date} were up to date.`);
  for (const { listener, stream, day, error } of failed) io.fail(`${listener}, ${stream}, ${day}: ${error}`);
  if (failed.length > 0) io.warn(`${failed.length} failed; the rest is done.`);
  if (left > 0) io.warn(`Stopped with ${left} left; run the same command again to continue.`);
}

/** Runs `replay`. A stop ends it after the stream-days that it is working on. */
export const runReplay: RunCommand = async (command, io) => {
  const flags = command.opts<Flags>();
  const { stack, out } = flags;
  const here = () => {
    const folder = readLake(out);
    return holdFolder(out, () => replayHere(folder, flags, io));
  };
  const report = await (stack === undefined ? here() : replayIn(stack, flags, io));
  if (flags.json) io.print(JSON.stringify(report));
  else print(report, io);
  if (report.failed.length > 0) return 1;
  return report.left > 0 ? 130 : 0;
};
