/**
 * The functions as Pulumi prints them when their callbacks capture the handlers themselves: what `npm run bench --
 * archive` compares the bundles with. It is never deployed.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { extractHandler } from "../../handlers/extract/main";
import { healthHandler } from "../../handlers/health/main";
import { transformHandler } from "../../handlers/transform/main";
import { lakeDatabaseName } from "../../infra/names";
import { readSettings } from "../../infra/settings";
import { generation } from "../../schemas";

const stack = pulumi.getStack();
const { listeners, sources, callBudget, reconcileDays, market, qualityRules, tableFormat } = readSettings();
const secretPrefix = `/${pulumi.getProject()}/${stack}/spotify`;
const database = lakeDatabaseName(generation);
// Named as those of index.ts, so that both forms find the same.
const rawBucket = new aws.s3.Bucket("raw").bucket;
const lakeBucket = new aws.s3.Bucket("lake").bucket;

const role = new aws.iam.Role("bench", { assumeRolePolicy: "{}" });
const shared = { role, runtime: "nodejs24.x", memorySize: 1024, timeout: 60 };
// Pulumi copies every dependency that is not excluded: each function gets its own packages alone.
const excluded = ["@aws-sdk/client-s3", "@aws-sdk/client-ssm", "@aws-sdk/client-glue"];
const others = [...excluded, "esbuild", "typescript", "fastest-levenshtein"];

new aws.lambda.CallbackFunction("extract", {
  ...shared,
  codePathOptions: { extraExcludePackages: [...others, "csv-stringify", "hyparquet-writer"] },
  callbackFactory: () => {
    const reading = { listeners, sources, callBudget, reconcileDays, market };
    return extractHandler({ stack, rawBucket: rawBucket.get(), secretPrefix, ...reading });
  },
});

new aws.lambda.CallbackFunction("transform", {
  ...shared,
  environment: { variables: { NODE_OPTIONS: "--max-semi-space-size=8" } },
  codePathOptions: { extraExcludePackages: [...others, "spotify-web-api-node"] },
  callbackFactory: () => {
    const buckets = { rawBucket: rawBucket.get(), lakeBucket: lakeBucket.get() };
    return transformHandler({ stack, ...buckets, database, format: tableFormat, qualityRules });
  },
});

new aws.lambda.CallbackFunction("health", {
  ...shared,
  codePathOptions: {
    extraExcludePackages: [...others, "csv-stringify", "hyparquet-writer", "spotify-web-api-node"],
  },
  callbackFactory: () =>
    healthHandler({ stack, rawBucket: rawBucket.get(), listeners, since: "2026-01-01T00:00:00Z" }),
});
