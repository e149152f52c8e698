import { paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { UserError } from "../../cloud/errors";
import { readSetting } from "../../infra/settingRules";
import { namedQueries } from "../../infra/sql";
import { generation, tables } from "../../schemas";
import { tablePrefix } from "../../schemas/formats";
import { leastScannedBytes, prices } from "../cost/prices";
import type { Io } from "../lib/io";
import { askAthena, costSentence } from "../query/athena";
import { stackPlace } from "../query/stack-place";
import { notDeployed, stackConfig, stackOutputs, stackRegion, type StackOutputs } from "../stack/stack";
import { writePage } from "./file";
import { reportHtml } from "./html";
import { questions } from "./questions";
import { reportData, type DataFlow } from "./reportData";

/** How many questions Athena is asked at once: far below its quota of 20 in most regions. */
const atOnce = 5;

/**
 * Makes the page of a deployed stack, in the file `to` or in report-STACK.html. Says first what Athena will bill at
 * least, and at the end what it does bill. Returns the file.
 */
export async function reportOfStack(stack: string, to: string | undefined, io: Io): Promise<string> {
  const progress = io.progress();
  try {
    progress.stage("Reading the stack");
    const { timezone, ...place } = await stackPlace(stack, io);
    const config = await stackConfig(stack, io);
    const callBudget = readSetting("callBudget", config.get("callBudget")?.value)!;
    const flow = await bucketFlow(await stackOutputs(stack, io), await stackRegion(stack, io), stack);
    progress.done();
    io.warn(firstWords());
    let [scannedBytes, asked] = [0, 0];
    const signal = io.stopSignal();
    const ask = async (sql: string) => {
      const found = await askAthena(sql, place, { stage: () => undefined, signal });
      scannedBytes += Math.max(leastScannedBytes, found.scannedBytes);
      const [done, all] = [(asked += 1), questions.length];
      progress.stage(`Asking Athena: ${done} of ${all}`, { done, all });
      return found.answer;
    };
    const asOf = new Date().toISOString().slice(0, 10);
    const options = ` --stack ${stack}`;
    const data = await reportData(
      { source: "stack", stack, asOf, timezone, callBudget, options, flow },
      namedQueries(timezone),
      ask,
      atOnce,
    );
    progress.done();
    const failed = Object.values(data.answers).find(({ error }) => error !== undefined);
    if (asked === 0) throw new UserError(failed!.error!);
    io.warn(costSentence({ scannedBytes, isFree: false }));
    const file = to ?? `report-${stack}.html`;
    writePage(file, reportHtml(data));
    return file;
  } finally {
    progress.done();
  }
}

function firstWords(): string {
  const least = ((questions.length * leastScannedBytes) / 1e12) * prices.scanned.usd;
  return `Athena is asked ${questions.length} questions, which costs $${least.toFixed(4)} at least, more for a large lake; the workgroup limits what each may scan.`;
}

/** Counts the objects of a stack's buckets. Rows are not counted: that would scan every table. */
async function bucketFlow(outputs: StackOutputs, region: string, stack: string): Promise<DataFlow> {
  const { rawBucketName, lakeBucketName } = outputs;
  if (!rawBucketName || !lakeBucketName) throw notDeployed(stack, "buckets");
  const client = new S3Client({ region });
  const raw = await sizeOf(client, rawBucketName, "raw/");
  const counts: DataFlow["tables"] = {};
  for (const { name } of tables) {
    const { objects, bytes } = await sizeOf(client, lakeBucketName, tablePrefix(name, generation));
    counts[name] = { files: objects, bytes };
  }
  return { raw, tables: counts };
}

async function sizeOf(client: S3Client, Bucket: string, Prefix: string): Promise<DataFlow["raw"]> {
  const size = { objects: 0, bytes: 0 };
  try {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
      size.objects += Contents.length;
      for (const { Size = 0 } of Contents) size.bytes += Size;
    }
  } catch (error) {
    throw new Error(`Bucket ${Bucket} cannot be listed: ${(error as Error).message}`, { cause: error });
  }
  return size;
}
