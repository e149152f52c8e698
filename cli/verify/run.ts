import * as glue from "@aws-sdk/client-glue";
import * as s3 from "@aws-sdk/client-s3";
import { s3Store } from "../../handlers/shared/s3Store";
import type { TargetSettings } from "../../handlers/transform/targets";
import { readSetting } from "../../infra/settingRules";
import { readPartitions } from "../../cloud/glue/partitions";
import { visibleLines } from "../lib/visible-text";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import { withLocalS3 } from "../lib/localClients";
import { UserError } from "../../cloud/errors";
import { commandFor } from "../../cloud/localCommand";
import { holdFolder, readLake, settingsIn } from "../../cloud/localState";
import type { Progress } from "../lib/progress";
import { hideNodeWarning } from "../../cloud/nodeWarning";
import { registeredPartitions } from "../stack/partitions";
import { notDeployed, stackConfig, stackOutputs, stackRegion } from "../stack/stack";
import { verify, type Problem, type VerifyResult, type VerifyDeps } from "./verify";

interface Flags {
  stack?: string;
  out: string;
  json: boolean;
}

function teller(progress: Progress): VerifyDeps["progress"] {
  return (done, all, { listener, slug, day }) =>
    progress.stage(`${done + 1} of ${all} stream-days: ${listener}, ${slug}, ${day}`, { done, all });
}

async function verifyHere(out: string, progress: Progress): Promise<VerifyResult> {
  const folder = readLake(out);
  const { manifest } = folder;
  const partitions = readPartitions(out, manifest.database);
  const partitionsOf = async (name: string) => {
    const own = partitions.filter(({ table }) => table === name);
    return new Map(own.map(({ values, descriptor }) => [values[0]!, descriptor.Location]));
  };
  return holdFolder(out, () =>
    withLocalS3(out, (client) => {
      const [raw, lake] = [manifest.rawBucket, manifest.lakeBucket].map((name) => s3Store(client, name));
      const deps = { raw: raw!, lake: lake!, partitions: partitionsOf, progress: teller(progress) };
      return verify(deps, targetSettings(settingsIn(folder)));
    }),
  );
}

async function verifyStack(stack: string, progress: Progress, io: Io): Promise<VerifyResult> {
  const outputs = await stackOutputs(stack, io);
  const { rawBucketName, lakeBucketName, databaseNames } = outputs;
  const database = databaseNames?.lake;
  if (!rawBucketName || !lakeBucketName || !database) throw notDeployed(stack, "bucket");
  const config = await stackConfig(stack, io);
  const region = await stackRegion(stack, io);
  const client = new s3.S3Client({ region });
  const catalog = new glue.GlueClient({ region });
  return verify(
    {
      raw: s3Store(client, rawBucketName),
      lake: s3Store(client, lakeBucketName),
      partitions: (name) => registeredPartitions(catalog, database, name),
      progress: teller(progress),
    },
    targetSettings(Object.fromEntries([...config].map(([key, { value }]) => [key, value]))),
  );
}

/** Returns how a program with these settings writes its files. Throws a `UserError` for settings that it refuses. */
function targetSettings({ tableFormat, qualityRules }: Record<string, string | undefined>): TargetSettings {
  try {
    return {
      format: readSetting("tableFormat", tableFormat)!,
      qualityRules: readSetting("qualityRules", qualityRules),
    };
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/** What a replay fixes. It skips files whose digest is right, even if their content is wrong. */
const fixable: Problem["kind"][] = ["missing", "outdated", "not_registered", "unreadable", "different"];

function print({ stream_days, files, rows, problems }: VerifyResult, { stack, out }: Flags, io: Io): void {
  const { paint } = io;
  for (const { kind, key, message } of problems)
    io.print(`${paint("bad", kind)}  ${visibleLines(`${key}\n    ${message}`)}`);
  const count = problems.length;
  const found = count === 0 ? paint("good", "nothing differs") : paint("bad", `${count} found that differ`);
  io.print(`${stream_days} stream-days, ${files} files, ${rows} rows compared: ${found}.`);
  if (!problems.some(({ kind }) => fixable.includes(kind))) return;
  const command = "npx spotify-lake replay";
  const replay = stack === undefined ? commandFor(out, command) : `${command} --stack ${stack}`;
  io.print(`Delete files that are unreadable or different; then ${replay} builds all of this again.`);
}

/** Runs `verify`. */
export const runVerify: RunCommand = async (command, io) => {
  const flags = command.opts<Flags>();
  const { stack, out, json } = flags;
  hideNodeWarning();
  const progress = io.progress(json);
  const result = await (
    stack === undefined ? verifyHere(out, progress) : verifyStack(stack, progress, io)
  ).finally(() => progress.done());
  if (json) io.print(JSON.stringify(result));
  else print(result, flags, io);
  return result.problems.length > 0 ? 1 : 0;
};
