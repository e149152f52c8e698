/**
 * What a stack of the pipeline gives to other Pulumi programs. This file needs nothing but @pulumi/pulumi: import it from a
 * checkout, or copy it. docs/outputs.md is made from it.
 */
import * as pulumi from "@pulumi/pulumi";

/** The outputs of a deployed stack: a contract. A new one may be added; none is renamed, removed or changed in type. */
export interface PipelineOutputs {
  /** Bucket of Spotify's answers as they came: `raw/<listener>/<stream>/snapshot_date=D/….jsonl.gz`. */
  rawBucketName: string;
  /** Bucket of the tables: `g<N>/<table>/snapshot_month=M/…`, and `sealed/g<N>/…` for parts of months that are over. */
  lakeBucketName: string;
  /** Bucket of what queries return, under `athena/`; objects expire after 30 days. */
  resultsBucketName: string;
  /** Glue databases: `lake` has the tables and views, `raw` what the crawler found in the raw bucket. */
  databaseNames: { lake: string; raw: string };
  /** Athena workgroup with the limit of bytes that a query may read; the named queries are in it. */
  workgroupName: string;
  /** Glue crawlers: `lake` repairs partitions, `raw` finds the shapes of raw objects. */
  crawlerNames: { lake: string; raw: string };
  /** Lambda functions. */
  functionNames: { extract: string; transform: string; health: string };
  /** URLs of the SQS queues that hold the events each function failed on. */
  failureQueueUrls: { extract: string; transform: string; health: string };
  /** SNS topic of all alarms. */
  alarmTopicArn: string;
  /** Spotify calls that the stack may make in a UTC day. */
  callBudget: number;
  /** Ids of the saved queries in Athena, by name (docs/queries.md). */
  namedQueryIds: Record<string, string>;
  /** Pages of the AWS console, for people. */
  links: {
    rawBucket: string;
    lakeBucket: string;
    tables: string;
    queries: string;
    extract: string;
    transform: string;
    dashboard: string;
  };
  /** KMS key that encrypts the buckets; a stack without the setting `kmsKey` has none. Who reads data needs `kms:Decrypt`. */
  kmsKeyArn?: string;
}

/** The outputs of a stack as another program gets them. */
export type Pipeline = { [Name in keyof PipelineOutputs]-?: pulumi.Output<PipelineOutputs[Name]> };

/** Each output, and whether every stack has it. */
const names: Record<keyof PipelineOutputs, "always" | "sometimes"> = {
  rawBucketName: "always",
  lakeBucketName: "always",
  resultsBucketName: "always",
  databaseNames: "always",
  workgroupName: "always",
  crawlerNames: "always",
  functionNames: "always",
  failureQueueUrls: "always",
  alarmTopicArn: "always",
  callBudget: "always",
  namedQueryIds: "always",
  links: "always",
  kmsKeyArn: "sometimes",
};

/**
 * Reads a stack of the pipeline: `ORGANIZATION/spotify-data-pipeline/STACK`, where the organization of a self-managed
 * backend is always `organization`. The program fails with one `pulumi.RunError` if the stack is not deployed, or by a
 * version that did not have all outputs.
 *
 * @example
 * const pipeline = readPipeline("you/spotify-data-pipeline/prod");
 * export const plays = pulumi.interpolate`${pipeline.databaseNames.lake}.all_plays`;
 */
export function readPipeline(stack: string, options?: pulumi.CustomResourceOptions): Pipeline {
  const { outputs } = new pulumi.StackReference(stack, { name: stack }, options);
  const checked = outputs.apply((found) => complete(stack, found));
  const fields = Object.keys(names).map((name) => [name, checked.apply((all) => all[name])]);
  return Object.fromEntries(fields) as Pipeline;
}

function complete(stack: string, found: Record<string, unknown>): Record<string, unknown> {
  const missing = Object.entries(names).filter(([name, when]) => when === "always" && !(name in found));
  if (missing.length === 0) return found;
  const all = missing.map(([name]) => name).join(", ");
  throw new pulumi.RunError(
    `Stack ${stack} has no output ${all}: deploy it, with a version of the pipeline that is not older than this outputs.ts.`,
  );
}
