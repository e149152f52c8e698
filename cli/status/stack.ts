import { paginateGetPartitions, type GlueClient } from "@aws-sdk/client-glue";
import { S3Client } from "@aws-sdk/client-s3";
import { s3Store } from "../../handlers/shared/s3Store";
import { namedQueries } from "../../infra/sql";
import { tables } from "../../schemas";
import type { Io } from "../lib/io";
import type { Progress } from "../lib/progress";
import { askAthena, costSentence } from "../query/athena";
import { statementFor } from "../query/named";
import { stackPlace } from "../query/stack-place";
import { deployedStack } from "../smoke/place";
import { waitingIn } from "../smoke/run-points";
import { notDeployed, stackConfig, stackOutputs } from "../stack/stack";
import { rulesOf } from "./here";
import type { StatusPlace } from "./status";

/** Returns a deployed stack. Throws a `UserError` if a part of it is not deployed yet. */
export async function statusPlaceOf(stack: string, progress: Progress, io: Io): Promise<StatusPlace> {
  const { rawBucketName } = await stackOutputs(stack, io);
  if (!rawBucketName) throw notDeployed(stack, "bucket");
  const place = await deployedStack(stack, io);
  const { timezone } = await stackPlace(stack, io);
  const config = await stackConfig(stack, io);
  const settings = Object.fromEntries([...config].map(([key, { value }]) => [key, value]));
  const ask: StatusPlace["ask"] = async (query) => {
    const sql = statementFor(query, {}, namedQueries(timezone));
    const stage = (text: string) => progress.stage(text);
    const asked = await askAthena(sql, place.athena, { stage, signal: io.stopSignal() });
    progress.done();
    io.warn(`${query}: ${costSentence(asked)}`);
    return asked.answer;
  };
  const failures = async () => {
    const counts: Record<string, number> = {};
    for (const [name, url] of Object.entries(place.failureQueues))
      counts[name] = await waitingIn(url, place.sqs);
    return counts;
  };
  return {
    now: Date.now(),
    rules: rulesOf(settings),
    callBudget: place.callBudget,
    raw: s3Store(new S3Client({ region: place.region }), rawBucketName),
    lake: place.lake,
    ask,
    failures,
    countPartitions: () => countPartitions(place.glue, place.athena.database),
  };
}

async function countPartitions(client: GlueClient, DatabaseName: string): Promise<number> {
  let count = 0;
  for (const { name: TableName } of tables)
    for await (const { Partitions = [] } of paginateGetPartitions(
      { client },
      { DatabaseName, TableName, ExcludeColumnSchema: true },
    ))
      count += Partitions.length;
  return count;
}
