import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { artistIndexKey } from "./handlers/extract/artistIndex";
import { stateKey } from "./handlers/state/session";
import { dueSeal, sealedRoot } from "./handlers/transform/sealedMonths";
import { alarms } from "./infra/alarms";
import { privateBucket } from "./infra/bucket";
import { bundle } from "./infra/bundle";
import { lakeCatalog } from "./infra/catalog";
import { consoleLinks } from "./infra/console";
import { stackDashboard } from "./infra/dashboard";
import { crawlerRole, crawlerSecurity, discoveryConfiguration, repairConfiguration } from "./infra/crawlers";
import { healthSchedule } from "./infra/dataAge";
import { failureQueue, sendFailuresTo, allowSendTo } from "./infra/failures";
import { currentGeneration, earlierGenerations } from "./infra/generations";
import { resultEncryption, stackKey } from "./infra/key";
import { databaseName, stackPrefix } from "./infra/names";
import { newObjectsOnly } from "./infra/policy";
import { fromThisAccount, glueArns, roleAndLogs } from "./infra/role";
import { scheduleFunction, sealSchedule } from "./infra/schedule";
import { signInJson, signInKey } from "./infra/settingRules";
import { readSettings } from "./infra/settings";
import { deployedQuery, namedQueries } from "./infra/sql";
import { alarmTopic } from "./infra/topic";
import { generation } from "./schemas";

// The whole pipeline, in the order in which data flows: secrets, buckets, schedule, extract, catalog, transform,
// crawlers, queries, what watches over all that, outputs. Pulumi runs it through deploy.ts.
const settings = readSettings();
const config = new pulumi.Config();
const { keepData, listeners, sources, callBudget, reconcileDays, market } = settings;
const { tableFormat, timezone, qualityRules } = settings;
const stack = pulumi.getStack();

// The key that encrypts all that follows, if the stack has one of its own.
const key = stackKey(settings);

// Secrets: only here and in the stack's encrypted config. Functions read them by name, once per run.
const secretPrefix = `/${pulumi.getProject()}/${stack}/spotify`;
// `keepData` protects them, the buckets and the tables from removal.
const kept = { protect: keepData };
const app = new aws.ssm.Parameter(
  "spotify-app",
  {
    name: `${secretPrefix}/app`,
    type: "SecureString",
    keyId: key,
    value: pulumi.jsonStringify({
      clientId: config.requireSecret("spotifyClientId"),
      clientSecret: config.requireSecret("spotifyClientSecret"),
    }),
  },
  kept,
);
const signIns = listeners.map((listener) => {
  const signIn = config.getSecret(signInKey(listener)) ?? pulumi.secret("");
  const name = `${secretPrefix}/listeners/${listener}`;
  const args = { name, type: "SecureString", keyId: key, value: signIn.apply(signInJson) };
  return new aws.ssm.Parameter(`spotify-listener-${listener}`, args, kept);
});

// Where data lies: Spotify's answers as they came, the tables made of them, and what queries return.
const raw = privateBucket("raw", { keepData, versioned: true, key });
// The lake tells EventBridge of new files: other stacks start on them with rules of their own (docs/outputs.md).
const lake = privateBucket("lake", { keepData, versioned: true, eventBridge: true, key });
const results = privateBucket("results", { keepData: false, versioned: false, expireDays: 30, key });
const rawBucket = raw.bucket;
const lakeBucket = lake.bucket;

// What all functions share.
const nodeFunction = { runtime: "nodejs24.x", architectures: ["arm64"] };
const logs = { logRetentionDays: settings.logRetentionDays, key };

// Schedule: when everything is read, and in between the plays alone: Spotify returns only the last 50.
const schedule = new aws.cloudwatch.EventRule("schedule", {
  description: "Starts the extract.",
  scheduleExpression: settings.schedule,
});
const plays =
  settings.playsSchedule === undefined
    ? undefined
    : new aws.cloudwatch.EventRule("plays", {
        description: "Starts an extract of the last plays alone.",
        scheduleExpression: settings.playsSchedule,
      });
const playsArn = plays?.arn;
const { playsSchedule } = settings;

// What extract reads again: its state, and which artists' details it has read.
const extractKeys = [stateKey];
if (sources.includes("artist_details")) extractKeys.push(...listeners.map(artistIndexKey));

// Events that extract fails on, or that never reach it. So for each function.
const extractFailures = failureQueue("extract", [schedule, plays], key);

// Extract: Spotify Web API -> raw/<listener>/<stream>/snapshot_date=D/….jsonl.gz
const extract = new aws.lambda.CallbackFunction("extract", {
  ...roleAndLogs("extract", logs, [
    allowSendTo(extractFailures),
    { actions: ["ssm:GetParameters"], resources: [app.arn, ...signIns.map((signIn) => signIn.arn)] },
    // Raw objects are written once, and neither replaced nor read here (If-None-Match needs no GetObject).
    {
      actions: ["s3:PutObject"],
      resources: [pulumi.interpolate`${raw.arn}/raw/*`],
      condition: newObjectsOnly,
    },
    // Read, and written over the version that was read (If-Match needs GetObject too).
    {
      actions: ["s3:GetObject", "s3:PutObject"],
      resources: extractKeys.map((key) => pulumi.interpolate`${raw.arn}/${key}`),
    },
    // Nothing is listed, but without it a missing object is a 403 instead of a 404.
    { actions: ["s3:ListBucket"], resources: [raw.arn] },
  ]),
  ...nodeFunction,
  memorySize: 512,
  timeout: 900,
  reservedConcurrentExecutions: settings.reservedConcurrency,
  codePathOptions: bundle("extract"),
  callbackFactory: () => {
    const { extractHandler } = require("./build/extract.js") as typeof import("./handlers/extract/main");
    const reading = { listeners, sources, callBudget, reconcileDays, market };
    const playsRule = playsArn?.get();
    const bucket = rawBucket.get();
    return extractHandler({ stack, rawBucket: bucket, secretPrefix, ...reading, playsRule, playsSchedule });
  },
});
sendFailuresTo("extract", extract, extractFailures);
scheduleFunction(schedule, "extract", extract, extractFailures, 6 * 3600);
// An hour on, the next one does the same.
if (plays) scheduleFunction(plays, "plays", extract, extractFailures, 3600);

// Catalog: every table and view is typed and there before any data is. Earlier generations of the lake stay readable.
const catalog = { lakeBucket, format: tableFormat, timezone, keepData };
const { database, tables, views } = lakeCatalog(currentGeneration(), catalog);
for (const earlier of earlierGenerations()) lakeCatalog(earlier, { ...catalog, isEarlier: true });

// Seal: the parts of a month that are over get one file per table, listener and stream.
const sealing = new aws.cloudwatch.EventRule("seal", {
  description: "Seals parts of months that are over.",
  scheduleExpression: sealSchedule,
});
const transformFailures = failureQueue("transform", [sealing], key);

// Transform: raw objects -> g<N>/<table>/snapshot_month=M/<listener>-<stream>-<D>.<csv.gz|parquet>, and their partitions;
// rows that fail a check -> quarantine/<table>/snapshot_date=D/<listener>-<stream>.jsonl.gz; parts of months that are
// over -> sealed/g<N>/<table>/snapshot_month=M/<last day>/<listener>-<stream>.<csv.gz|parquet>
const transform = new aws.lambda.CallbackFunction("transform", {
  ...roleAndLogs("transform", logs, [
    allowSendTo(transformFailures),
    { actions: ["s3:GetObject"], resources: [pulumi.interpolate`${raw.arn}/raw/*`] },
    // Targets are written over the version whose head was read (If-Match needs GetObject too).
    {
      actions: ["s3:GetObject", "s3:PutObject"],
      resources: [`g${generation}/*`, `${sealedRoot}*`, "quarantine/*"].map(
        (keys) => pulumi.interpolate`${lake.arn}/${keys}`,
      ),
    },
    // Files whose rows are in sealed ones, but no markers; their versions stay for 30 days.
    {
      actions: ["s3:DeleteObject"],
      resources: [`g${generation}/*`, `${sealedRoot}*/*`].map(
        (keys) => pulumi.interpolate`${lake.arn}/${keys}`,
      ),
    },
    // A stream-day's objects are listed in raw; in both, a missing object is a 404 only with it.
    { actions: ["s3:ListBucket"], resources: [raw.arn, lake.arn] },
    {
      actions: ["glue:BatchCreatePartition", "glue:GetPartition", "glue:UpdatePartition"],
      resources: glueArns(database),
    },
  ]),
  ...nodeFunction,
  memorySize: 1024,
  timeout: 900,
  // Newer Node lets young objects pile up; a stream-day of 16,000 items then takes a third more memory (npm run bench --
  // transform).
  environment: { variables: { NODE_OPTIONS: "--max-semi-space-size=8" } },
  codePathOptions: bundle("transform"),
  callbackFactory: () => {
    const { transformHandler } =
      require("./build/transform.js") as typeof import("./handlers/transform/main");
    const buckets = { rawBucket: rawBucket.get(), lakeBucket: lakeBucket.get() };
    const target = { database: database.name.get(), format: tableFormat, qualityRules };
    return transformHandler({ stack, ...buckets, ...target });
  },
});
sendFailuresTo("transform", transform, transformFailures);
raw.onObjectCreated(
  "transform",
  transform,
  { filterPrefix: "raw/", filterSuffix: ".jsonl.gz" },
  fromThisAccount(),
);
scheduleFunction(sealing, "seal", transform, transformFailures, 3600, dueSeal);

// Crawlers: one repairs the lake's partitions, one shows the shapes that Spotify sends in a database of their own.
const discovered = new aws.glue.CatalogDatabase("raw", {
  name: databaseName("_raw"),
  description: "Raw answers, as the crawler finds them.",
});
const securityConfiguration = crawlerSecurity(key);
const lakeCrawler = new aws.glue.Crawler("lake", {
  databaseName: database.name,
  role: crawlerRole("lake-crawler", { database, bucket: lake, prefix: `g${generation}/`, key }).arn,
  securityConfiguration,
  schedule: settings.crawlerSchedule,
  catalogTargets: [{ databaseName: database.name, tables: tables.map((table) => table.name) }],
  schemaChangePolicy: { updateBehavior: "LOG", deleteBehavior: "LOG" },
  configuration: repairConfiguration,
});
const rawCrawl = { database: discovered, bucket: raw, prefix: "raw/", key };
const rawCrawler = new aws.glue.Crawler("raw", {
  databaseName: discovered.name,
  role: crawlerRole("raw-crawler", { ...rawCrawl, actions: ["glue:CreateTable", "glue:UpdateTable"] }).arn,
  securityConfiguration,
  schedule: settings.crawlerSchedule,
  // A few files of a day show its shapes; a crawl that reads all of raw would take longer from week to week.
  s3Targets: [{ path: pulumi.interpolate`s3://${rawBucket}/raw/`, sampleSize: 5 }],
  schemaChangePolicy: { updateBehavior: "UPDATE_IN_DATABASE", deleteBehavior: "LOG" },
  configuration: discoveryConfiguration,
});

// Queries: a workgroup that nobody can overrule, and what analysts ask, by name.
const workgroup = new aws.athena.Workgroup("analysts", {
  name: stackPrefix(),
  forceDestroy: !keepData,
  configuration: {
    enforceWorkgroupConfiguration: true,
    publishCloudwatchMetricsEnabled: true,
    bytesScannedCutoffPerQuery: settings.scanCutoffMb * 1024 * 1024,
    engineVersion: { selectedEngineVersion: "Athena engine version 3" },
    resultConfiguration: {
      outputLocation: pulumi.interpolate`s3://${results.bucket}/athena/`,
      encryptionConfiguration: resultEncryption(key),
    },
  },
});
const queries = namedQueries(timezone).map((named) => {
  const { name, title, question } = named;
  const query = new aws.athena.NamedQuery(
    name,
    {
      name,
      description: `${title}: ${question}`,
      database: database.name,
      workgroup: workgroup.name,
      query: deployedQuery(named),
    },
    { dependsOn: views },
  );
  return [name, query.id] as const;
});

// Health: once a day, how old the data is, whether anything else runs or not.
const daily = new aws.cloudwatch.EventRule("health", {
  description: "Measures how old the data is.",
  scheduleExpression: healthSchedule,
});
const healthFailures = failureQueue("health", [daily], key);
const healthParts = roleAndLogs("health", logs, [
  allowSendTo(healthFailures),
  { actions: ["s3:GetObject"], resources: [pulumi.interpolate`${raw.arn}/${stateKey}`] },
  // Before the first run there is no state, which is a 404 only with this.
  { actions: ["s3:ListBucket"], resources: [raw.arn] },
]);
const since = healthParts.role.createDate;
const health = new aws.lambda.CallbackFunction("health", {
  ...healthParts,
  ...nodeFunction,
  memorySize: 512,
  timeout: 60,
  codePathOptions: bundle("health"),
  callbackFactory: () => {
    const { healthHandler } = require("./build/health.js") as typeof import("./handlers/health/main");
    return healthHandler({ stack, rawBucket: rawBucket.get(), listeners, since: since.get() });
  },
});
sendFailuresTo("health", health, healthFailures);
scheduleFunction(daily, "health", health, healthFailures, 3600);

// Alarms, which publish to one topic, and a dashboard of the data flow.
const functions = { extract, transform, health };
const failureQueues = { extract: extractFailures, transform: transformFailures, health: healthFailures };
const topic = alarmTopic(settings, key);
const metricAlarms = alarms({ ...settings, functions, queues: failureQueues }, topic);
const dashboard = stackDashboard({
  settings,
  functions,
  queues: failureQueues,
  raw,
  lake,
  workgroup,
  metricAlarms,
});

// Outputs: what people open, and what other stacks build on. outputs.ts is their contract.
export const rawBucketName = rawBucket;
export const lakeBucketName = lakeBucket;
export const resultsBucketName = results.bucket;
export const databaseNames = { lake: database.name, raw: discovered.name };
export const workgroupName = workgroup.name;
export const crawlerNames = { lake: lakeCrawler.name, raw: rawCrawler.name };
export const functionNames = { extract: extract.name, transform: transform.name, health: health.name };
export const failureQueueUrls = {
  extract: extractFailures.url,
  transform: transformFailures.url,
  health: healthFailures.url,
};
export const alarmTopicArn = topic.arn;
export const kmsKeyArn = key;
export { callBudget };
export const namedQueryIds = Object.fromEntries(queries);
export const links = consoleLinks({
  rawBucket,
  lakeBucket,
  database: database.name,
  extract: extract.name,
  transform: transform.name,
  dashboard: dashboard.dashboardName,
});
