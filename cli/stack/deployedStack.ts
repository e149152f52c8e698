import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { GlueClient } from "@aws-sdk/client-glue";
import { S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { s3Store } from "../../handlers/shared/s3Store";
import type { BucketStore } from "../../handlers/shared/store";
import { readSetting } from "../../infra/settingRules";
import type { Place } from "../query/athena";
import { stackPlace } from "../query/stack-place";
import { notDeployed, stackConfig, stackOutputs, stackRegion } from "./stack";
import type { CliOptions } from "./pulumi-cli";

/** A deployed stack, and clients for what it consists of. */
export interface DeployedStack {
  stack: string;
  region: string;
  /** Spotify calls that it may make in a UTC day. */
  callBudget: number;
  /** Where alarms are mailed to, if anywhere. */
  alarmEmail: string | undefined;
  functions: { extract: string; transform: string };
  crawlers: { lake: string; raw: string };
  failureQueues: Record<string, string>;
  alarmTopic: string;
  namedQueries: Record<string, string>;
  athena: Place & { timezone: string };
  glue: GlueClient;
  sqs: SQSClient;
  cloudWatch: CloudWatchClient;
  raw: BucketStore;
  lake: BucketStore;
}

/** Returns the parts of a deployed stack. Throws a `UserError` if one of them is not deployed yet. */
export async function deployedStack(stack: string, cli: CliOptions): Promise<DeployedStack> {
  const outputs = await stackOutputs(stack, cli);
  const { functionNames, crawlerNames, failureQueueUrls, alarmTopicArn, namedQueryIds } = outputs;
  const { rawBucketName, lakeBucketName } = outputs;
  if (!functionNames?.extract || !functionNames.transform) throw notDeployed(stack, "function");
  if (!crawlerNames?.lake || !crawlerNames.raw) throw notDeployed(stack, "crawler");
  if (!failureQueueUrls || !alarmTopicArn) throw notDeployed(stack, "alarm");
  if (!namedQueryIds) throw notDeployed(stack, "named query");
  if (!rawBucketName || !lakeBucketName) throw notDeployed(stack, "bucket");
  const config = await stackConfig(stack, cli);
  const region = await stackRegion(stack, cli);
  const s3 = new S3Client({ region });
  return {
    ...{ stack, region },
    callBudget: readSetting("callBudget", config.get("callBudget")?.value)!,
    alarmEmail: readSetting("alarmEmail", config.get("alarmEmail")?.value),
    functions: { extract: functionNames.extract, transform: functionNames.transform },
    crawlers: { lake: crawlerNames.lake, raw: crawlerNames.raw },
    ...{ failureQueues: failureQueueUrls, alarmTopic: alarmTopicArn, namedQueries: namedQueryIds },
    athena: await stackPlace(stack, cli),
    glue: new GlueClient({ region }),
    sqs: new SQSClient({ region }),
    cloudWatch: new CloudWatchClient({ region }),
    raw: s3Store(s3, rawBucketName),
    lake: s3Store(s3, lakeBucketName),
  };
}

/** Returns how many events wait in a queue. */
export async function waitingIn(QueueUrl: string, sqs: SQSClient): Promise<number> {
  const AttributeNames = ["ApproximateNumberOfMessages" as const];
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}
