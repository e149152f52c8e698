import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { namedQueries, views } from "../infra/sql";
import { readDataSource } from "../local/pulumi/data-sources";
import { outputsOf } from "../local/pulumi/models";
import { tables } from "../schemas";

const account = {
  project: "spotify-data-pipeline",
  stack: "test",
  region: "eu-west-1",
  accountId: "123456789012",
};

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- asserted field by field
}

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
}

/** The value of an output, whatever it is. */
function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

describe("the program", () => {
  const registered: Registered[] = [];
  let outputs: Record<string, pulumi.Output<unknown>>;
  const of = (type: string) => registered.filter((resource) => resource.type === type);

  before(async function () {
    this.timeout(120_000);
    const { project, stack } = account;
    await pulumi.runtime.setMocks(
      {
        newResource({ type, name, inputs, custom }) {
          registered.push({ type, name, inputs });
          if (!custom) return { id: undefined, state: {} };
          const { id, ...state } = outputsOf({ type, name, inputs }, account);
          return { id, state };
        },
        call: ({ token, inputs }) => readDataSource(token, inputs, account),
      },
      project,
      stack,
      false,
    );
    const config = {
      spotifyClientId: "the-client-id",
      spotifyClientSecret: "the-client-secret",
      spotifyRefreshToken: "the-token",
    };
    const full = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [`${project}:${key}`, value]),
    );
    pulumi.runtime.setAllConfig(full, Object.keys(full));
    // Pulumi makes the bucket's one notification when the program has ended.
    const earlier = new Set(process.listeners("beforeExit"));
    outputs = require("../index");
    await Promise.all(Object.values(outputs).map((output) => valueOf(pulumi.output(output))));
    for (const listener of process.listeners("beforeExit")) if (!earlier.has(listener)) listener(0);
    await pulumi.runtime.disconnect();
  });
  after(() => pulumi.runtime.setAllConfig({}));

  it("makes both functions, each with its own role, an explicit runtime, arm64, memory, timeout and log group", () => {
    const functions = of("aws:lambda/function:Function");
    expect(functions.map(({ name }) => name)).to.have.members(["extract", "transform"]);
    for (const { name, inputs } of functions) {
      expect(inputs.runtime).to.equal("nodejs24.x");
      expect(inputs.architectures).to.deep.equal(["arm64"]);
      expect(inputs.memorySize).to.be.at.least(512);
      expect(inputs.timeout).to.be.within(60, 900);
      expect(inputs.loggingConfig.logGroup).to.equal(`/aws/lambda/spotify-data-pipeline-test-${name}`);
      const variables = Object.keys(inputs.environment?.variables ?? {});
      expect(variables, "no secrets, nor their names").to.deep.equal(
        name === "transform" ? ["NODE_OPTIONS"] : [],
      );
    }
    const roles = functions.map(({ inputs }) => inputs.role);
    expect(new Set(roles).size).to.equal(2);
    expect(of("aws:iam/rolePolicyAttachment:RolePolicyAttachment"), "no managed policies").to.be.empty;
    expect(of("aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs.retentionInDays)).to.deep.equal([
      30, 30,
    ]);
  });

  it("grants no wildcard action and no wildcard resource", () => {
    const policies = of("aws:iam/rolePolicy:RolePolicy");
    expect(policies).to.have.length(4);
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
    expect(JSON.stringify(raw!.inputs.rules), "raw never expires").not.to.include('"expiration"');
  });

  it("invokes extract by its two rules and transform by raw objects alone", () => {
    const rules = of("aws:cloudwatch/eventRule:EventRule");
    expect(rules.map(({ name, inputs }) => [name, inputs.scheduleExpression])).to.have.deep.members([
      ["schedule", "cron(15 4 * * ? *)"],
      ["plays", "cron(45 * * * ? *)"],
    ]);
    const extract = outputsOf({ type: "aws:lambda/function:Function", name: "extract", inputs: {} }, account);
    const targets = of("aws:cloudwatch/eventTarget:EventTarget");
    expect(targets.map(({ inputs }) => [inputs.rule, inputs.arn])).to.have.deep.members(
      rules.map((rule) => [outputsOf(rule, account).name, extract.arn]),
    );
    // A target with an input of its own would take the event's time, id and rule away.
    for (const { inputs } of targets) expect(inputs).not.to.have.any.keys("input", "inputTransformer");
    const notifications = of("aws:s3/bucketNotification:BucketNotification");
    expect(notifications).to.have.length(1);
    const [only, ...others] = notifications[0]!.inputs.lambdaFunctions;
    expect(others).to.be.empty;
    expect(only).to.include({ filterPrefix: "raw/", filterSuffix: ".jsonl.gz" });
    expect(only.lambdaFunctionArn).to.include("function:transform");
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
    expect(resolved).to.have.all.keys(
      "rawBucketName",
      "lakeBucketName",
      "resultsBucketName",
      "databaseNames",
      "workgroupName",
      "crawlerNames",
      "functionNames",
      "namedQueryIds",
      "links",
    );
    expect(JSON.stringify(resolved)).not.to.match(/undefined|null|\[object/);
  });
});
