import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { metricDimensions, metricUnits, type MetricName } from "../handlers/shared/metrics";
import type { PlacedWidget } from "../infra/dashboardBody";
import { namedQueries, views } from "../infra/sql";
import type { Measured } from "../cli/cost/counts";
import measured from "../cli/cost/measured.json";
import { outputsOf } from "../cloud/pulumi/models";
import { tables } from "../schemas";
import { graphTitle, type GraphProperties } from "../scripts/alarms/dashboard";
import { escaped } from "../scripts/alarms/svg";
import { deployedOutputs } from "./support/stackReference";
import type { Registered } from "./support/mocks";
import { account, evaluated } from "./support/registered";

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
}

/** The value of an output, whatever it is. */
function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** One file of more than 300 lines: the program is evaluated once for all of it, which takes seconds. */
describe("the program", () => {
  let registered: Registered[];
  let protectedNames: string[];
  let outputs: Record<string, pulumi.Output<unknown>>;
  const of = (type: string) => registered.filter((resource) => resource.type === type);
  const computed = (name: string, type: string) =>
    outputsOf(
      of(type).find((resource) => resource.name === name)!,
      account,
    );

  before(async function () {
    this.timeout(120_000);
    ({ registered, outputs, protectedNames } = await evaluated({}));
  });

  it("protects data, tables and sign-ins, and nothing that inherits it or that up can make again", () => {
    const kept = protectedNames;
    expect(kept).to.have.members([
      "Bucket raw",
      "Bucket lake",
      "CatalogDatabase lake",
      ...tables.map(({ name }) => `CatalogTable ${name}`),
      "Parameter spotify-app",
      "Parameter spotify-listener-me",
    ]);
  });

  it("makes three functions, each with its own role, an explicit runtime, arm64, memory, timeout and log group", () => {
    const functions = of("aws:lambda/function:Function");
    expect(functions.map(({ name }) => name)).to.have.members(["extract", "transform", "health"]);
    for (const { name, inputs } of functions) {
      expect(inputs.runtime).to.equal("nodejs24.x");
      expect(inputs.architectures).to.deep.equal(["arm64"]);
      expect(inputs.memorySize).to.be.at.least(512);
      expect(inputs.timeout).to.be.within(60, 900);
      expect(inputs.loggingConfig).to.include({ logFormat: "JSON", applicationLogLevel: "INFO" });
      expect(inputs).not.to.have.property("reservedConcurrentExecutions");
      expect(inputs.loggingConfig.logGroup).to.equal(`/aws/lambda/spotify-data-pipeline-test-${name}`);
      const variables = Object.keys(inputs.environment?.variables ?? {});
      expect(variables, "no secrets, nor their names").to.deep.equal(
        name === "transform" ? ["NODE_OPTIONS"] : [],
      );
    }
    const roles = functions.map(({ inputs }) => inputs.role);
    expect(new Set(roles).size).to.equal(3);
    expect(of("aws:iam/rolePolicyAttachment:RolePolicyAttachment"), "no managed policies").to.be.empty;
    expect(of("aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs.retentionInDays)).to.deep.equal([
      30, 30, 30,
    ]);
  });

  it("has just the roles that docs/deploy.md lets CI make, and no other kind of identity", () => {
    const text = fs.readFileSync(path.join(__dirname, "../docs/deploy.md"), "utf8");
    const allowed = [...text.matchAll(/:role\/([\w-]+)-\*"/g)].map(([, start]) => start!);
    // Pulumi adds letters to a name that is not set.
    const roles = of("aws:iam/role:Role");
    expect(roles.map(({ name, inputs }) => inputs.name ?? name)).to.have.members(allowed);
    const kinds = new Set(registered.map(({ type }) => type).filter((type) => type.startsWith("aws:iam/")));
    expect([...kinds].sort()).to.deep.equal(["aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy"]);
  });

  it("grants no wildcard action and no wildcard resource", () => {
    const policies = of("aws:iam/rolePolicy:RolePolicy");
    expect(policies).to.have.length(5);
    for (const { name, inputs } of policies) {
      for (const { Effect, Action, Resource } of JSON.parse(inputs.policy).Statement as Statement[]) {
        expect(Effect).to.equal("Allow");
        for (const action of [Action].flat()) expect(action, name).to.match(/^[a-z0-9]+:[A-Za-z]+$/);
        for (const resource of [Resource].flat()) expect(resource, name).to.match(/^arn:aws:[a-z0-9]+:.*\w/);
      }
    }
  });

  it("keeps every bucket private, encrypted and on TLS, and raw and lake versioned", () => {
    const buckets = of("aws:s3/bucket:Bucket").map(({ name }) => name);
    expect(buckets).to.have.members(["raw", "lake", "results"]);
    for (const type of [
      "PublicAccessBlock",
      "ServerSideEncryptionConfiguration",
      "Policy",
      "LifecycleConfiguration",
    ]) {
      const names = registered
        .filter((resource) => resource.type.endsWith(`:Bucket${type}`))
        .map(({ name }) => name);
      expect(names, type).to.have.members(buckets);
    }
    for (const { inputs } of of("aws:s3/bucketPolicy:BucketPolicy")) {
      expect(JSON.parse(inputs.policy).Statement[0]).to.include({ Effect: "Deny", Principal: "*" });
    }
    expect(of("aws:s3/bucketVersioning:BucketVersioning").map(({ name }) => name)).to.have.members([
      "raw",
      "lake",
    ]);
    const raw = of("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").find(
      ({ name }) => name === "raw",
    );
    const rules = raw!.inputs.rules as { expiration?: object }[];
    expect(
      rules.flatMap(({ expiration }) => expiration ?? []),
      "raw never expires",
    ).to.deep.equal([{ expiredObjectDeleteMarker: true }]);
  });

  it("invokes extract and health by their rules, and transform by raw objects and to seal", () => {
    const rules = of("aws:cloudwatch/eventRule:EventRule");
    expect(rules.map(({ name, inputs }) => [name, inputs.scheduleExpression])).to.have.deep.members([
      ["schedule", "cron(15 4 * * ? *)"],
      ["plays", "cron(45 * * * ? *)"],
      ["seal", "cron(40 2 * * ? *)"],
      ["health", "cron(0 17 * * ? *)"],
    ]);
    const startedBy: Record<string, string> = { health: "health", seal: "transform" };
    const targets = of("aws:cloudwatch/eventTarget:EventTarget");
    expect(targets.map(({ inputs }) => [inputs.rule, inputs.arn])).to.have.deep.members(
      rules.map((rule) => [
        outputsOf(rule, account).name,
        computed(startedBy[rule.name] ?? "extract", "aws:lambda/function:Function").arn,
      ]),
    );
    // An input of a target's own takes the event's time, id and rule away, which extract needs.
    for (const { name, inputs } of targets) {
      expect(inputs).not.to.have.any.keys("inputTransformer");
      expect(inputs.input, name).to.equal(name === "seal" ? '{"seal":"due"}' : undefined);
    }
    const lakeBucket = computed("lake", "aws:s3/bucket:Bucket").bucket;
    const notifications = of("aws:s3/bucketNotification:BucketNotification").map(({ inputs }) => inputs);
    expect(notifications.filter(({ eventbridge }) => eventbridge)).to.deep.equal([
      { bucket: lakeBucket, eventbridge: true },
    ]);
    const starting = notifications.filter(({ lambdaFunctions }) => lambdaFunctions);
    expect([starting.length, notifications.length], "one per bucket").to.deep.equal([1, 2]);
    const [only, ...others] = starting[0]!.lambdaFunctions;
    expect(others).to.be.empty;
    expect(only).to.include({ filterPrefix: "raw/", filterSuffix: ".jsonl.gz" });
    expect(only.lambdaFunctionArn).to.include("function:transform");
    const bucket = computed("raw", "aws:s3/bucket:Bucket");
    expect(
      of("aws:lambda/permission:Permission").find((one) => one.inputs.sourceArn === bucket.arn)!.inputs,
    ).to.deep.equal({
      action: "lambda:InvokeFunction",
      function: computed("transform", "aws:lambda/function:Function").name,
      principal: "s3.amazonaws.com",
      sourceArn: bucket.arn,
      sourceAccount: account.accountId,
    });
  });

  it("is what the bill was measured on; if not, npm run bench -- cost --days 1 measures again", () => {
    const [one] = (measured as unknown as Measured).points;
    const rules = of("aws:cloudwatch/eventRule:EventRule").map(({ name, inputs }) => [
      name,
      inputs.scheduleExpression,
    ]);
    expect(
      Object.entries(one.rules).map(([name, { expression }]) => [name, expression]),
    ).to.have.deep.members(rules);
    const count = (type: string) => of(type).length;
    expect([one.alarms, one.dashboards]).to.deep.equal(
      ["metricAlarm:MetricAlarm", "dashboard:Dashboard"].map((type) => count(`aws:cloudwatch/${type}`)),
    );
  });

  it("grants each function what it asks S3 for, object by object", () => {
    const [raw, lake] = ["raw", "lake"].map((name) => computed(name, "aws:s3/bucket:Bucket").arn as string);
    const state = `${raw}/state/extract.json`;
    const granted = (name: string) => {
      const policy = of("aws:iam/rolePolicy:RolePolicy").find((one) => one.name === name)!.inputs.policy;
      const statements = JSON.parse(policy).Statement as Statement[];
      return statements
        .flatMap(({ Action, Resource }) =>
          [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource}`)),
        )
        .filter((one) => one.startsWith("s3:"));
    };
    expect(granted("extract")).to.have.members([
      `s3:PutObject ${raw}/raw/*`,
      `s3:GetObject ${state}`,
      `s3:PutObject ${state}`,
      `s3:ListBucket ${raw}`,
    ]);
    const extractPolicy = of("aws:iam/rolePolicy:RolePolicy").find(({ name }) => name === "extract")!;
    const adds = JSON.parse(extractPolicy.inputs.policy).Statement.find(
      ({ Resource }: Statement) => String(Resource) === `${raw}/raw/*`,
    );
    expect(adds.Condition, "raw is never replaced").to.deep.equal({ Null: { "s3:if-none-match": "false" } });
    expect(granted("transform")).to.have.members([
      `s3:GetObject ${raw}/raw/*`,
      ...["g1", "sealed/g1", "quarantine"].flatMap((keys) => [
        `s3:GetObject ${lake}/${keys}/*`,
        `s3:PutObject ${lake}/${keys}/*`,
      ]),
      `s3:DeleteObject ${lake}/g1/*`,
      `s3:DeleteObject ${lake}/sealed/g1/*/*`,
      `s3:ListBucket ${raw}`,
      `s3:ListBucket ${lake}`,
    ]);
    expect(granted("health")).to.have.members([`s3:GetObject ${state}`, `s3:ListBucket ${raw}`]);
  });

  it("tries a function's events twice more within six hours, then keeps them in a queue of its own", () => {
    for (const name of ["extract", "transform", "health"]) {
      const queue = computed(`${name}-failures`, "aws:sqs/queue:Queue");
      expect(queue).to.include({ messageRetentionSeconds: 14 * 86_400, sqsManagedSseEnabled: true });
      const { functionName, ...config } = of(
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
      ).find((one) => one.name === name)!.inputs;
      expect(functionName).to.equal(computed(name, "aws:lambda/function:Function").name);
      expect(config).to.deep.equal({
        maximumRetryAttempts: 2,
        maximumEventAgeInSeconds: 6 * 3600,
        destinationConfig: { onFailure: { destination: queue.arn } },
      });
      const policy = of("aws:iam/rolePolicy:RolePolicy").find((one) => one.name === name)!.inputs.policy;
      const sends = (JSON.parse(policy).Statement as Statement[]).filter(({ Action }) =>
        [Action].flat().some((action) => action.startsWith("sqs:")),
      );
      expect(sends).to.deep.equal([{ Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [queue.arn] }]);
    }
  });

  it("gives every rule a permission, a retry policy and a dead letter that only it may send", () => {
    const dead: [rule: string, name: string, maxAge: number][] = [
      ["schedule", "extract", 6 * 3600],
      ["plays", "extract", 3600],
      ["seal", "transform", 3600],
      ["health", "health", 3600],
    ];
    for (const [ruleName, name, maxAge] of dead) {
      const rule = computed(ruleName, "aws:cloudwatch/eventRule:EventRule");
      const deployed = computed(name, "aws:lambda/function:Function");
      const queue = computed(`${name}-failures`, "aws:sqs/queue:Queue");
      const { inputs } = of("aws:cloudwatch/eventTarget:EventTarget").find(
        (one) => one.inputs.rule === rule.name,
      )!;
      expect(inputs.retryPolicy).to.deep.equal({
        maximumEventAgeInSeconds: maxAge,
        maximumRetryAttempts: 60,
      });
      expect(inputs.deadLetterConfig).to.deep.equal({ arn: queue.arn });
      expect(
        of("aws:lambda/permission:Permission").filter((one) => one.inputs.sourceArn === rule.arn),
      ).to.have.length(1);
      expect(
        of("aws:lambda/permission:Permission").find((one) => one.inputs.sourceArn === rule.arn)!.inputs,
      ).to.deep.equal({
        action: "lambda:InvokeFunction",
        function: deployed.name,
        principal: "events.amazonaws.com",
        sourceArn: rule.arn,
      });
      const [tls, sender] = statementsOf(`${name}-failures`);
      expect(tls).to.deep.include({ Effect: "Deny", Action: "sqs:*", Principal: "*" });
      expect(sender!.Action).to.equal("sqs:SendMessage");
      expect(sender!.Resource).to.equal(queue.arn);
      expect(sender!.Condition!.ArnEquals!["aws:SourceArn"]).to.include(rule.arn);
    }
  });

  const statementsOf = (queue: string) => {
    const { policy } = of("aws:sqs/queuePolicy:QueuePolicy").find(({ name }) => name === queue)!.inputs;
    return JSON.parse(policy).Statement as (Statement & {
      Condition?: Record<string, Record<string, unknown>>;
    })[];
  };

  it("watches everything that can go wrong, by metrics that exist", () => {
    const alarms = of("aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs);
    const topic = computed("alarms", "aws:sns/topic:Topic");
    const names: Record<string, [metric: string, comparison: string, threshold: number, missing: string]> = {
      "data-age-me": ["DataAgeHours", ">", 36, "missing"],
      "blocked-reads-me": ["BlockedReads", ">=", 1, "notBreaching"],
      "quota-stops-me": ["QuotaStops", ">=", 1, "notBreaching"],
      "sign-in-ends-me": ["TokenDaysLeft", "<", 21, "ignore"],
      "sign-in-refused-me": ["SignInRefused", ">=", 1, "ignore"],
    };
    for (const name of ["extract", "transform", "health"]) {
      names[`${name}-errors`] = ["Errors", ">=", 3, "notBreaching"];
      names[`${name}-throttles`] = ["Throttles", ">=", 1, "notBreaching"];
      names[`${name}-failures`] = ["ApproximateNumberOfMessagesVisible", ">", 0, "notBreaching"];
    }
    const signs: Record<string, string> = {
      GreaterThanThreshold: ">",
      GreaterThanOrEqualToThreshold: ">=",
      LessThanThreshold: "<",
    };
    const prefix = `${account.project}-${account.stack}-`;
    expect(
      Object.fromEntries(
        alarms.map((alarm) => [
          alarm.name.slice(prefix.length),
          [alarm.metricName, signs[alarm.comparisonOperator], alarm.threshold, alarm.treatMissingData],
        ]),
      ),
    ).to.deep.equal(names);
    for (const alarm of alarms) {
      expect([alarm.alarmActions, alarm.okActions]).to.deep.equal([[topic.arn], [topic.arn]]);
      expect(alarm.insufficientDataActions).to.deep.equal(
        alarm.metricName === "DataAgeHours" ? [topic.arn] : [],
      );
      expect(alarm.alarmDescription).to.include("docs/operations-alarms.md");
      // CloudWatch's limit for periods of an hour and more.
      expect(alarm.period * alarm.evaluationPeriods).to.be.at.most(7 * 86_400);
      expectMetric(alarm.namespace, alarm.metricName, alarm.dimensions);
    }
  });

  /** A metric that the code counts, or one that AWS counts of a resource of the program. */
  const expectMetric = (namespace: string, metric: string, dimensions: Record<string, string>) => {
    const known: Record<string, [metrics: string[], dimension: string, type: string]> = {
      "AWS/Lambda": [
        ["Invocations", "Errors", "Throttles", "Duration"],
        "FunctionName",
        "aws:lambda/function:Function",
      ],
      "AWS/SQS": [["ApproximateNumberOfMessagesVisible"], "QueueName", "aws:sqs/queue:Queue"],
      "AWS/S3": [["NumberOfObjects"], "BucketName", "aws:s3/bucket:Bucket"],
      "AWS/Athena": [["ProcessedBytes"], "WorkGroup", "aws:athena/workgroup:Workgroup"],
    };
    if (namespace === "SpotifyDataPipeline") {
      expect(metric).to.be.oneOf(Object.keys(metricUnits));
      const sent = metricDimensions(metric as MetricName, { stack: "test", listener: "me" });
      expect(dimensions).to.deep.equal(sent);
      return;
    }
    const [metrics, dimension, type] = known[namespace]!;
    expect(metric).to.be.oneOf(metrics);
    const ids = of(type).map((resource) => outputsOf(resource, account).id);
    const queueName = (id: unknown) => String(id).split("/").pop();
    expect(dimensions[dimension]).to.be.oneOf(type.startsWith("aws:sqs") ? ids.map(queueName) : ids);
  };

  it("shows the data flow on a dashboard whose metrics and resources exist", () => {
    const { dashboardName, dashboardBody } = of("aws:cloudwatch/dashboard:Dashboard")[0]!.inputs;
    expect(dashboardName).to.equal("spotify-data-pipeline-test");
    const { widgets } = JSON.parse(dashboardBody) as { widgets: PlacedWidget[] };
    const metrics = widgets.flatMap(({ properties }) => (properties.metrics ?? []) as unknown[][]);
    for (const metric of metrics) {
      const [namespace, name, ...rest] = metric.filter((part) => typeof part === "string");
      const pairs = Array.from({ length: rest.length / 2 }, (_, at) => [rest[2 * at], rest[2 * at + 1]]);
      expectMetric(namespace!, name!, Object.fromEntries(pairs));
    }
    const counted = metrics
      .filter(([namespace]) => namespace === "SpotifyDataPipeline")
      .map(([, name]) => name);
    expect(counted).to.include.members(Object.keys(metricUnits).filter((name) => name !== "NewRefreshToken"));
    const shown = widgets.find(({ type }) => type === "alarm")!.properties.alarms;
    expect(shown).to.have.members(
      of("aws:cloudwatch/metricAlarm:MetricAlarm").map((alarm) => outputsOf(alarm, account).arn),
    );
    const { query } = widgets.find(({ type }) => type === "log")!.properties as { query: string };
    for (const { inputs } of of("aws:cloudwatch/logGroup:LogGroup"))
      expect(query).to.include(`SOURCE '${inputs.name}'`);
  });

  it("has pictures of all widgets and alarms, which npm run pictures:alarms makes again", () => {
    const [ofDashboard, ofAlarms] = ["dashboard", "alarms"].map((name) =>
      fs.readFileSync(path.join(__dirname, `../docs/pictures/${name}.svg`), "utf8"),
    );
    const { dashboardBody } = of("aws:cloudwatch/dashboard:Dashboard")[0]!.inputs;
    const { widgets } = JSON.parse(dashboardBody) as { widgets: PlacedWidget[] };
    for (const { type, properties } of widgets) {
      for (const line of String(properties.title ?? properties.markdown).split("\n"))
        expect(ofDashboard).to.include(`>${escaped(line.replace("# ", ""))}</text>`);
      if (type !== "metric") continue;
      const graph = properties as unknown as GraphProperties;
      expect(ofDashboard).to.include(`<title>${escaped(graphTitle(graph))}</title>`);
      for (const metric of graph.metrics)
        expect(ofDashboard).to.include(`>${(metric.at(-1) as { label: string }).label}</text>`);
    }
    expect(ofDashboard, "a graph whose metrics are never sent").not.to.include("No data available");
    for (const { name } of of("aws:cloudwatch/metricAlarm:MetricAlarm"))
      for (const picture of [ofDashboard, ofAlarms]) expect(picture).to.include(`>${name}</text>`);
  });

  it("makes no key unless set, lets only this account's alarms publish, and mails nobody unless set", () => {
    expect(registered.filter(({ type }) => type.startsWith("aws:kms/"))).to.be.empty;
    expect(of("aws:sns/topic:Topic").map(({ inputs }) => inputs)).to.deep.equal([{}]);
    const [publish, tls] = JSON.parse(of("aws:sns/topicPolicy:TopicPolicy")[0]!.inputs.policy).Statement;
    expect(publish).to.deep.include({
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Condition: { StringEquals: { "aws:SourceAccount": account.accountId } },
    });
    expect(tls.Effect).to.equal("Deny");
    expect(of("aws:sns/topicSubscription:TopicSubscription")).to.be.empty;
  });

  it("declares every table and view, typed, under plain names", () => {
    const declared = of("aws:glue/catalogTable:CatalogTable");
    expect(declared.map(({ inputs }) => inputs.name)).to.have.members(
      [...tables, ...views()].map(({ name }) => name),
    );
    for (const { inputs } of declared) {
      expect(inputs.name).to.match(/^[a-z0-9_]+$/);
      expect(inputs.databaseName).to.equal("spotify_data_pipeline_test");
      expect(inputs.storageDescriptor.columns).not.to.be.empty;
      expect(inputs.storageDescriptor.serDeInfo.serializationLibrary).to.be.a("string");
      if (inputs.tableType === "EXTERNAL_TABLE") {
        expect(inputs.partitionKeys).to.have.length(1);
        expect(inputs.storageDescriptor.location).to.match(
          new RegExp(`^s3://lake-[0-9a-f]{7}/g1/${inputs.name}/$`),
        );
      } else {
        const payload = /^\/\* Presto View: (\S+) \*\/$/.exec(inputs.viewOriginalText)![1]!;
        const { schema, columns } = JSON.parse(Buffer.from(payload, "base64").toString());
        expect(schema).to.equal("spotify_data_pipeline_test");
        expect(columns).to.have.length(inputs.storageDescriptor.columns.length);
      }
    }
  });

  it("lets one crawler repair the declared tables and one discover raw in a database of its own", () => {
    const [lake, raw] = ["lake", "raw"].map(
      (name) => of("aws:glue/crawler:Crawler").find((one) => one.name === name)!.inputs,
    );
    expect(lake!.catalogTargets[0].tables).to.have.members(tables.map(({ name }) => name));
    expect(lake!.schemaChangePolicy).to.include({ updateBehavior: "LOG", deleteBehavior: "LOG" });
    expect(JSON.parse(lake!.configuration)).to.deep.include({
      CrawlerOutput: { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } },
      Grouping: { TableGroupingPolicy: "CombineCompatibleSchemas" },
    });
    expect(raw!.s3Targets[0].path).to.match(/^s3:\/\/raw-[0-9a-f]{7}\/raw\/$/);
    expect(JSON.parse(raw!.configuration)).to.deep.include({ CreatePartitionIndex: false });
    expect(raw!.databaseName).not.to.equal(lake!.databaseName);
  });

  it("enforces the workgroup's limits and names every query", async () => {
    const workgroup = of("aws:athena/workgroup:Workgroup")[0]!.inputs;
    expect(workgroup.configuration).to.include({ enforceWorkgroupConfiguration: true });
    expect(workgroup.configuration.bytesScannedCutoffPerQuery).to.equal(1000 * 1024 * 1024);
    const queries = of("aws:athena/namedQuery:NamedQuery");
    expect(queries.map(({ inputs }) => inputs.name)).to.have.members(namedQueries().map(({ name }) => name));
    const ids = (await valueOf(pulumi.output(outputs.namedQueryIds))) as Record<string, string>;
    expect(Object.keys(ids)).to.have.members(namedQueries().map(({ name }) => name));
  });

  it("keeps secrets in SecureString parameters and out of every output", async () => {
    const parameters = of("aws:ssm/parameter:Parameter");
    expect(parameters.map(({ inputs }) => inputs.name)).to.have.members([
      "/spotify-data-pipeline/test/spotify/app",
      "/spotify-data-pipeline/test/spotify/listeners/me",
    ]);
    for (const { inputs } of parameters) expect(inputs.type).to.equal("SecureString");
    // A secret input travels wrapped; a plain one would be text.
    const signIn = parameters.find(({ name }) => name === "spotify-listener-me")!.inputs.value;
    expect(JSON.parse(signIn.value)).to.deep.equal({ refreshToken: "the-token" });
    const resolved = JSON.stringify(await valueOf(pulumi.output(outputs)));
    for (const secret of ["the-client-id", "the-client-secret", "the-token"])
      expect(resolved).not.to.include(secret);
  });

  it("gives other stacks names, ids and links, none of them missing", async () => {
    const resolved = await valueOf(pulumi.output(outputs));
    expect(resolved).to.have.all.keys(...Object.keys(deployedOutputs), "kmsKeyArn");
    expect(JSON.stringify(resolved)).not.to.match(/undefined|null|\[object/);
  });
});
