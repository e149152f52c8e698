import type { Program, Resource } from "../../cloud/types";
import { deploy } from "../support/archives";
import { lambdaWith, resource } from "../support/resources";

/** A program with a rule, three functions, two buckets and a table, for the tests of the cloud. */

const clients = `const s3 = require("@aws-sdk/client-s3"), ssm = require("@aws-sdk/client-ssm"), glue = require("@aws-sdk/client-glue");`;

/** Puts an object whose body is a parameter's value, under a key that holds the event's time. */
export const extract = deploy(
  `${clients}
  exports.handler = async (event) => {
    const { Parameter } = await new ssm.SSMClient({}).send(new ssm.GetParameterCommand({ Name: "/app", WithDecryption: true }));
    const Key = "raw/" + event.time + " 1.txt";
    await new s3.S3Client({}).send(new s3.PutObjectCommand({ Bucket: process.env.BUCKET, Key, Body: Parameter.Value }));
    return { now: Date.now(), greeting: process.env.GREETING };
  };`,
  { name: "extract-1a2b", environment: { BUCKET: "raw-1a2b" } },
);

/** Copies the object and registers a partition, but fails if the body says so. */
export const transform = deploy(
  `${clients}
  const client = new s3.S3Client({});
  exports.handler = async (event) => {
    const { bucket, object } = event.Records[0].s3;
    const Key = decodeURIComponent(object.key.replace(/\\+/g, " "));
    const { Body } = await client.send(new s3.GetObjectCommand({ Bucket: bucket.name, Key }));
    const text = await Body.transformToString();
    console.log("transforming " + Key);
    if (text === "bad") throw new Error("bad body");
    await client.send(new s3.PutObjectCommand({ Bucket: "lake-1a2b", Key, Body: text.toUpperCase() }));
    await new glue.GlueClient({}).send(new glue.BatchCreatePartitionCommand({
      DatabaseName: "lake", TableName: "tracks", PartitionInputList: [{ Values: ["2030-01-01"] }] }));
  };`,
  { name: "transform-1a2b" },
);

/** Calls a service that the cloud lacks. */
const stray = deploy(
  `const { LambdaClient, InvokeCommand } = require("@aws-sdk/client-lambda");
  exports.handler = () => new LambdaClient({ maxAttempts: 1 }).send(new InvokeCommand({ FunctionName: "x" }));`,
  { name: "stray-1a2b" },
);

/** Lets a rule or bucket start a function. */
const permission = (name: string, sourceArn: string, service = "events") =>
  resource("aws:lambda/permission:Permission", name, {
    function: name,
    action: "lambda:InvokeFunction",
    principal: `${service}.amazonaws.com`,
    sourceArn,
  });

export const ruleArn = "arn:aws:events:eu-west-1:000000000000:rule/daily-1a2b";
export const queueArn = "arn:aws:sqs:eu-west-1:000000000000:failures-1a2b";
const queueUrl = "https://sqs.eu-west-1.amazonaws.com/000000000000/failures-1a2b";
/** A queue for what fails, to which the rule may send. */
export const failures = [
  resource("aws:sqs/queue:Queue", "failures", {}, { arn: queueArn, name: "failures-1a2b", url: queueUrl }),
  resource("aws:sqs/queuePolicy:QueuePolicy", "failures", {
    queueUrl,
    policy: JSON.stringify({
      Statement: {
        Effect: "Allow",
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queueArn,
        Condition: { ArnEquals: { "aws:SourceArn": ruleArn } },
      },
    }),
  }),
];

/** What extract does, and no more. */
const mayExtract = [
  { Action: "ssm:GetParameter", Resource: "arn:aws:ssm:eu-west-1:000000000000:parameter/app" },
  { Action: "s3:PutObject", Resource: "arn:aws:s3:::raw-1a2b/raw/*" },
];

/** What transform does, and no more. */
const mayTransform = [
  { Action: "s3:GetObject", Resource: "arn:aws:s3:::raw-1a2b/raw/*" },
  { Action: "s3:PutObject", Resource: "arn:aws:s3:::lake-1a2b/*" },
  { Action: "sqs:SendMessage", Resource: queueArn },
  {
    Action: "glue:BatchCreatePartition",
    Resource: ["catalog", "database/lake", "table/lake/*"].map(
      (name) => `arn:aws:glue:eu-west-1:000000000000:${name}`,
    ),
  },
];

export function programOf(value: string, ...others: Resource[]): Program {
  return {
    functions: [extract, transform, stray],
    outputs: {},
    resources: [
      resource("aws:s3/bucket:Bucket", "raw", {}, { bucket: "raw-1a2b" }),
      resource("aws:s3/bucket:Bucket", "lake", {}, { bucket: "lake-1a2b" }),
      resource("aws:ssm/parameter:Parameter", "app", { name: "/app", type: "SecureString", value }),
      ...lambdaWith("extract", extract, mayExtract),
      ...lambdaWith("transform", transform, mayTransform),
      ...lambdaWith("stray", stray, []),
      resource("aws:glue/catalogTable:CatalogTable", "tracks", {
        databaseName: "lake",
        name: "tracks",
        partitionKeys: [{ name: "snapshot_month" }],
      }),
      resource("aws:cloudwatch/eventRule:EventRule", "daily", {}, { name: "daily-1a2b", arn: ruleArn }),
      resource("aws:cloudwatch/eventTarget:EventTarget", "daily", { rule: "daily-1a2b", arn: extract.arn }),
      permission(extract.name, ruleArn),
      permission(transform.name, "arn:aws:s3:::raw-1a2b", "s3"),
      resource("aws:s3/bucketNotification:BucketNotification", "on-raw", {
        bucket: "raw-1a2b",
        lambdaFunctions: [
          { events: ["s3:ObjectCreated:*"], filterPrefix: "raw/", lambdaFunctionArn: transform.arn },
        ],
      }),
      ...others,
    ],
  };
}
