import * as pulumi from "@pulumi/pulumi";
import type { PipelineOutputs } from "../../outputs";

/** What a deployed stack gives. */
export const deployedOutputs: PipelineOutputs = {
  rawBucketName: "raw-1",
  lakeBucketName: "lake-1",
  resultsBucketName: "results-1",
  databaseNames: { lake: "lake_db", raw: "lake_db_raw" },
  workgroupName: "analysts-1",
  crawlerNames: { lake: "crawler-1", raw: "crawler-2" },
  functionNames: { extract: "extract-1", transform: "transform-1", health: "health-1" },
  failureQueueUrls: { extract: "https://q/1", transform: "https://q/2", health: "https://q/3" },
  alarmTopicArn: "arn:aws:sns:eu-west-1:123456789012:alarms",
  callBudget: 600,
  namedQueryIds: { top_artists: "id-1" },
  links: {
    rawBucket: "https://c/1",
    lakeBucket: "https://c/2",
    tables: "https://c/3",
    queries: "https://c/4",
    extract: "https://c/5",
    transform: "https://c/6",
    dashboard: "https://c/7",
  },
};

/** A resource that a program registered. */
export interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** Has programs read stacks with these outputs, and returns the list of what they register. */
export async function mockStacks(outputs: object, project: string): Promise<Registered[]> {
  const registered: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs, id }) {
        if (type === "pulumi:pulumi:StackReference")
          return { id: id ?? name, state: { ...inputs, outputs, secretOutputNames: [] } };
        registered.push({ type, name, inputs });
        return { id: name, state: { ...inputs, name, arn: `arn:${name}`, url: `https://sqs/${name}` } };
      },
      call: ({ token }) =>
        /getRegion$/.test(token)
          ? { region: "eu-west-1" }
          : /getPartition$/.test(token)
            ? { partition: "aws" }
            : { accountId: "123456789012" },
    },
    project,
    "test",
    false,
  );
  return registered;
}

/** Resolves with the value of an output, or rejects as it does. */
export function resolved<T>(output: pulumi.OutputInstance<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}
