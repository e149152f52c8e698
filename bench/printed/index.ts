/**
 * The functions as Pulumi prints them when their callbacks capture the handlers themselves: what `npm run bench --
 * archive` compares the bundles with. It is never deployed.
 */
import * as aws from "@pulumi/aws";
import { extractHandler } from "../../handlers/extract/main";
import { healthHandler } from "../../handlers/health/main";
import { transformHandler } from "../../handlers/transform/main";

const role = new aws.iam.Role("bench", { assumeRolePolicy: "{}" });
const stack = "bench";
const listeners = ["me"];
const rawBucket = "raw";
const shared = { role, runtime: "nodejs24.x", memorySize: 1024, timeout: 60 };
// Packages that no function uses would count as well; these are not of the functions.
const excluded = ["@aws-sdk/client-s3", "@aws-sdk/client-ssm", "@aws-sdk/client-glue"];
const others = [...excluded, "esbuild", "typescript", "fastest-levenshtein"];

new aws.lambda.CallbackFunction("extract", {
  ...shared,
  codePathOptions: { extraExcludePackages: [...others, "csv-stringify", "hyparquet-writer"] },
  callbackFactory: () => {
    const reading = { listeners, sources: ["me"], callBudget: 600, reconcileDays: 30, market: "US" };
    return extractHandler({ stack, rawBucket, secretPrefix: "/bench", ...reading });
  },
});

new aws.lambda.CallbackFunction("transform", {
  ...shared,
  codePathOptions: { extraExcludePackages: [...others, "spotify-web-api-node"] },
  callbackFactory: () => {
    const target = { lakeBucket: "lake", database: "bench", format: "csv" as const, qualityRules: {} };
    return transformHandler({ stack, rawBucket, ...target });
  },
});

new aws.lambda.CallbackFunction("health", {
  ...shared,
  codePathOptions: {
    extraExcludePackages: [...others, "csv-stringify", "hyparquet-writer", "spotify-web-api-node"],
  },
  callbackFactory: () => healthHandler({ stack, rawBucket, listeners, since: "2026-01-01T00:00:00Z" }),
});
