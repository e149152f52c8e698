import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readPipeline } from "../../outputs";

// What builds on a pipeline: a role for analysts, and a queue that is told of new plays.
const pipeline = readPipeline(new pulumi.Config().require("pipeline"));
const { region } = aws.getRegionOutput();
const { accountId } = aws.getCallerIdentityOutput();
const { partition } = aws.getPartitionOutput();
const lake = pulumi.interpolate`arn:${partition}:s3:::${pipeline.lakeBucketName}`;
const results = pulumi.interpolate`arn:${partition}:s3:::${pipeline.resultsBucketName}`;
const glue = pulumi.interpolate`arn:${partition}:glue:${region}:${accountId}`;
const database = pipeline.databaseNames.lake;

// An analyst may query the lake in the pipeline's workgroup, and do nothing else.
const analyst = new aws.iam.Role("analyst", {
  description: "Queries the Spotify lake.",
  assumeRolePolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    // Who of the account may take the role is up to the policies of its users.
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { AWS: pulumi.interpolate`arn:${partition}:iam::${accountId}:root` },
      },
    ],
  }),
});
const allow = (Action: string[], ...Resource: pulumi.Input<string>[]) => ({
  Effect: "Allow",
  Action,
  Resource,
});
const queryData = [
  allow(
    [
      "athena:StartQueryExecution",
      "athena:StopQueryExecution",
      "athena:GetQueryExecution",
      "athena:GetQueryResults",
      "athena:GetWorkGroup",
      "athena:GetNamedQuery",
      "athena:ListNamedQueries",
    ],
    pulumi.interpolate`arn:${partition}:athena:${region}:${accountId}:workgroup/${pipeline.workgroupName}`,
  ),
  // Glue checks a call against the catalog, the database and the table.
  allow(
    ["glue:GetDatabase", "glue:GetTable", "glue:GetTables", "glue:GetPartition", "glue:GetPartitions"],
    pulumi.interpolate`${glue}:catalog`,
    pulumi.interpolate`${glue}:database/${database}`,
    pulumi.interpolate`${glue}:table/${database}/*`,
  ),
  allow(["s3:GetBucketLocation", "s3:ListBucket"], lake, results),
  // Days and sealed months; rows in quarantine are not for analysts.
  allow(["s3:GetObject"], pulumi.interpolate`${lake}/g*`, pulumi.interpolate`${lake}/sealed/*`),
  allow(["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"], pulumi.interpolate`${results}/athena/*`),
];
new aws.iam.RolePolicy("analyst", {
  role: analyst.name,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: pipeline.kmsKeyArn.apply((key) => [
      ...queryData,
      ...(key === undefined ? [] : [allow(["kms:Decrypt", "kms:GenerateDataKey"], key)]),
    ]),
  }),
});

// A bucket has one notification configuration, and setting one takes another's away. The pipeline's lake bucket tells
// EventBridge, on which any number of stacks can have rules.
const newPlays = new aws.cloudwatch.EventRule("new-plays", {
  description: "Files of the table plays, of days and of sealed months.",
  eventPattern: pulumi.jsonStringify({
    source: ["aws.s3"],
    "detail-type": ["Object Created"],
    detail: {
      bucket: { name: [pipeline.lakeBucketName] },
      object: { key: [{ wildcard: "*/plays/snapshot_month=*" }] },
    },
  }),
});
const queue = new aws.sqs.Queue("new-plays", { sqsManagedSseEnabled: true });
new aws.sqs.QueuePolicy("new-plays", {
  queueUrl: queue.url,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sqs:SendMessage",
        Resource: queue.arn,
        Principal: { Service: "events.amazonaws.com" },
        Condition: { ArnEquals: { "aws:SourceArn": newPlays.arn } },
      },
    ],
  }),
});
new aws.cloudwatch.EventTarget("new-plays", { rule: newPlays.name, arn: queue.arn });

export const analystRoleArn = analyst.arn;
export const newPlaysQueueUrl = queue.url;
export const tablesPage = pipeline.links.tables;
