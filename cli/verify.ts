import * as path from "node:path";
import * as glue from "@aws-sdk/client-glue";
import * as s3 from "@aws-sdk/client-s3";
import { s3Store } from "../handlers/shared/s3Store";
import type { TargetSettings } from "../handlers/transform/targets";
import { readSetting } from "../infra/settingRules";
import { readPartitions } from "../cloud/glue/partitions";
import { command, main } from "./lib/command";
import { UserError } from "../cloud/errors";
import { readFolder, settingsIn, takeFolder } from "../cloud/localState";
import { Progress } from "./lib/progress";
import { visibleLines } from "./lib/visible-text";
import { S3Server } from "../cloud/s3/server";
import { hideNodeWarning } from "../cloud/nodeWarning";
import { notDeployed, stackConfig, stackOutputs, stackRegion } from "./stack/stack";
import { verify, type Problem, type Verdict, type VerifyDeps } from "./verify/verify";

const cli = command("verify", "Compares the lake with what raw makes of it, and prints what differs.")
  .option("--stack <name>", "verify this Pulumi stack (default: this machine)")
  .option("--out <dir>", "folder of the local cloud", ".local")
  .option("--json", "print one line of JSON", false);

interface Flags {
  stack?: string;
  out: string;
  json: boolean;
}

/** Progress is told on a terminal only. */
function teller(progress: Progress): VerifyDeps["progress"] {
  return (done, all, { listener, slug, day }) =>
    progress.stage(`${done + 1} of ${all} stream-days: ${listener}, ${slug}, ${day}`);
}

async function verifyHere(out: string, progress: Progress): Promise<Verdict> {
  const folder = readFolder(out);
  if (!folder) throw new UserError(`There is no lake in ${out} yet; make one with npm start.`);
  takeFolder(out, false);
  const { manifest } = folder;
  const server = new S3Server({ root: path.join(out, "s3") });
  try {
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const client = new s3.S3Client({ endpoint: await server.start(), region: "us-east-1", credentials });
    const partitions = readPartitions(out, manifest.database);
    return await verify(
      {
        raw: s3Store(client, manifest.rawBucket),
        lake: s3Store(client, manifest.lakeBucket),
        days: async (name) =>
          new Set(partitions.filter(({ table }) => table === name).map(({ values }) => values[0]!)),
        progress: teller(progress),
      },
      targetSettings(settingsIn(folder)),
    );
  } finally {
    await server.close();
  }
}

async function verifyStack(stack: string, progress: Progress): Promise<Verdict> {
  const here = { env: process.env, dir: process.cwd() };
  const outputs = await stackOutputs(stack, here);
  const { rawBucketName, lakeBucketName, databaseNames } = outputs;
  const database = databaseNames?.lake;
  if (!rawBucketName || !lakeBucketName || !database) throw notDeployed(stack, "bucket");
  const config = await stackConfig(stack, here);
  const region = await stackRegion(stack, here);
  const client = new s3.S3Client({ region });
  const catalog = new glue.GlueClient({ region });
  return verify(
    {
      raw: s3Store(client, rawBucketName),
      lake: s3Store(client, lakeBucketName),
      days: (name) => registeredDays(catalog, database, name),
      progress: teller(progress),
    },
    targetSettings(Object.fromEntries([...config].map(([key, { value }]) => [key, value]))),
  );
}

/** How a program with these settings writes its files; throws a `UserError` for what the program refuses. */
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

async function registeredDays(
  client: glue.GlueClient,
  database: string,
  table: string,
): Promise<Set<string>> {
  const days = new Set<string>();
  const request = { DatabaseName: database, TableName: table, ExcludeColumnSchema: true };
  for await (const page of glue.paginateGetPartitions({ client }, request))
    for (const { Values } of page.Partitions ?? []) days.add(Values![0]!);
  return days;
}

/** What a replay puts right: it passes over files whose digest is right, whatever they hold. */
const mendable: Problem["kind"][] = ["missing", "outdated", "not_registered", "unreadable", "different"];

function print({ stream_days, files, rows, problems }: Verdict): void {
  for (const { kind, key, message } of problems) console.log(visibleLines(`${kind}  ${key}\n    ${message}`));
  const found = problems.length === 0 ? "nothing differs" : `${problems.length} found that differ`;
  console.log(`${stream_days} stream-days, ${files} files, ${rows} rows compared: ${found}.`);
  if (problems.some(({ kind }) => mendable.includes(kind)))
    console.log("Delete files that are unreadable or different; then npm run replay makes all of this anew.");
}

main(async () => {
  cli.parse();
  const { stack, out, json } = cli.opts<Flags>();
  hideNodeWarning();
  const progress = new Progress(json);
  const verdict = await (
    stack === undefined ? verifyHere(out, progress) : verifyStack(stack, progress)
  ).finally(() => progress.done());
  if (json) console.log(JSON.stringify(verdict));
  else print(verdict);
  if (verdict.problems.length > 0) process.exitCode = 1;
});
