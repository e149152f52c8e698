import { expect } from "chai";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Cloud } from "../../cloud/cloud";
import type { StoredMessage } from "../../cloud/aws/queues";
import { UserError } from "../../cloud/errors";
import type { Program, Resource, Use } from "../../cloud/types";
import { makeFolder } from "../support/folders";
import { resource } from "../support/resources";
import { extract, failures, programOf, queueArn, ruleArn, transform } from "./exampleProgram";

const start = Date.UTC(2030, 0, 1);

describe("Cloud", () => {
  let dir: string;
  let lines: string[];
  const running: Cloud[] = [];

  const startCloud = async (program: Program, onUse?: (use: Use) => void) => {
    const cloud = await Cloud.start({
      program,
      dir,
      clock: { now: () => start },
      environment: { GREETING: "hello" },
      log: (name, line) => lines.push(`${name}: ${line}`),
      retryWaits: [1],
      onUse,
    });
    running.push(cloud);
    return cloud;
  };
  const lakeFile = (key: string) => path.join(dir, "s3/lake-1a2b", key);

  beforeEach(() => {
    dir = path.join(makeFolder(), "cloud");
    lines = [];
  });
  afterEach(() => Promise.all(running.splice(0).map((cloud) => cloud.stop())));

  it("takes a firing through extract, S3, its notification and transform", async () => {
    const cloud = await startCloud(programOf("good"));
    cloud.fire("daily");
    await cloud.settle();
    expect(cloud.failures).to.eql([]);
    expect(readFileSync(lakeFile("raw/2030-01-01T00:00:00Z 1.txt"), "utf8")).to.equal("GOOD");
    expect(existsSync(path.join(dir, "glue/lake/tracks/2030-01-01.json"))).to.equal(true);
    expect(lines).to.include("transform-1a2b: transforming raw/2030-01-01T00:00:00Z 1.txt");
  });

  it("tells what AWS would bill: requests, objects, and runs with their CPU time", async () => {
    const uses: Use[] = [];
    const cloud = await startCloud(programOf("good"), (use) => uses.push(use));
    cloud.fire("daily");
    await cloud.settle();
    const of = <K extends Use["kind"]>(kind: K) =>
      uses.filter((use): use is Extract<Use, { kind: K }> => use.kind === kind);
    expect(of("s3").filter(({ operation }) => operation === "PutObject")).to.have.length(2);
    expect(of("object").map(({ event }) => event.bucket)).to.eql(["raw-1a2b", "lake-1a2b"]);
    expect(of("request").map(({ target }) => target)).to.include("AWSGlue.BatchCreatePartition");
    const runs = of("invocation");
    expect(runs.map(({ functionName }) => functionName)).to.eql([extract.name, transform.name]);
    for (const { cpuMs } of runs) expect(cpuMs).to.be.greaterThan(0);
  });

  it("fires for a given time, again after a restart", async () => {
    for (const day of [1, 2]) {
      const cloud = await startCloud(programOf("good"));
      cloud.fire("daily-1a2b", Date.UTC(2031, 0, day));
      await cloud.settle();
      await cloud.stop();
    }
    expect(readdirSync(lakeFile("raw")).sort()).to.eql([
      "2031-01-01T00:00:00Z 1.txt",
      "2031-01-02T00:00:00Z 1.txt",
    ]);
  });

  const retryCases: [title: string, others: Resource[], attempts: number][] = [
    ["two more times", [], 3],
    [
      "as often as the program says",
      [
        resource("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "once", {
          functionName: transform.name,
          maximumRetryAttempts: 0,
        }),
      ],
      1,
    ],
    [
      "until it is as old as the program allows",
      [
        resource("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "young", {
          functionName: transform.arn,
          maximumEventAgeInSeconds: 60,
        }),
      ],
      2,
    ],
  ];
  for (const [title, others, attempts] of retryCases) {
    it(`tries a failed event ${title} and then keeps it`, async () => {
      const cloud = await startCloud(programOf("bad", ...others));
      cloud.fire("daily");
      await cloud.settle();
      expect(
        cloud.failures.map(({ functionName, attempts: tried, error }) => [
          functionName,
          tried,
          error.errorMessage,
        ]),
      ).to.eql([[transform.name, attempts, "bad body"]]);
      expect(readdirSync(path.join(dir, "queues"))).to.eql(["in-flight"]);
      expect(readdirSync(path.join(dir, "queues/in-flight"))).to.eql([]);
    });
  }

  const messages = () => {
    const folder = path.join(dir, "queues/failures-1a2b");
    const files = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), "utf8"));
    return files.map((text) => JSON.parse(text) as StoredMessage);
  };

  it("puts a failed event into the queue that the program names, as Lambda does", async () => {
    const config = resource("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "kept", {
      functionName: transform.name,
      destinationConfig: { onFailure: { destination: queueArn } },
    });
    const cloud = await startCloud(programOf("bad", ...failures, config));
    cloud.fire("daily");
    await cloud.settle();
    const [message, ...others] = messages();
    expect(others).to.eql([]);
    const { requestId, event } = cloud.failures[0]!;
    const { responsePayload, ...record } = JSON.parse(message!.body);
    expect(responsePayload).to.include({ errorType: "Error", errorMessage: "bad body" });
    expect(record).to.eql({
      version: "1.0",
      timestamp: "2030-01-01T00:00:00.000Z",
      requestContext: {
        requestId,
        functionArn: `${transform.arn}:$LATEST`,
        condition: "RetriesExhausted",
        approximateInvokeCount: 3,
      },
      requestPayload: event,
      responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    });
  });

  it("puts an event that a rule may not deliver into the dead-letter queue, as EventBridge does", async () => {
    const program = programOf("good", ...failures);
    const of = (type: string) => program.resources.find((one) => one.type === type)!;
    of("aws:lambda/permission:Permission").inputs.sourceArn = "arn:another";
    const cloud = await startCloud(program);
    expect(() => cloud.fire("daily")).to.throw(UserError, /^The rule daily may not start arn:/);
    of("aws:cloudwatch/eventTarget:EventTarget").inputs.deadLetterConfig = { arn: queueArn };
    cloud.fire("daily");
    await cloud.settle();
    const [{ body, attributes }] = messages() as [StoredMessage];
    expect(JSON.parse(body)).to.include({ "detail-type": "Scheduled Event", time: "2030-01-01T00:00:00Z" });
    expect(attributes).to.include({
      RULE_ARN: ruleArn,
      TARGET_ARN: extract.arn,
      ERROR_CODE: "NO_PERMISSIONS",
    });
    expect(existsSync(lakeFile("raw"))).to.equal(false);
  });

  it("gives a function that lacks a permission AWS's own error, and does not write its log without one", async () => {
    const cloud = await startCloud(programOf("good"));
    cloud.access.putRolePolicy("extract", JSON.stringify({ Statement: [] }));
    const result = await cloud.invoke("extract", { time: "t" });
    const user = "User: arn:aws:sts::000000000000:assumed-role/extract-role/extract-1a2b";
    expect(result).to.have.nested.property("error.errorType", "AccessDeniedException");
    expect(result).to.have.nested.property(
      "error.errorMessage",
      `${user} is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:eu-west-1:000000000000:parameter/app because no identity-based policy allows the ssm:GetParameter action`,
    );
    const error = await cloud.settle().catch((reason: Error) => reason);
    expect(error).to.be.instanceOf(UserError);
    expect(String(error)).to.include(
      `Lambda cannot write the log of extract-1a2b: ${user} is not authorized to perform: logs:CreateLogStream on`,
    );
  });

  it("loses no failed event without a word", async () => {
    const config = resource("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "kept", {
      functionName: transform.name,
      maximumRetryAttempts: 0,
      destinationConfig: { onFailure: { destination: queueArn } },
    });
    const program = programOf("bad", ...failures, config);
    const cloud = await startCloud(program);
    const policy = program.resources.find(
      ({ type, name }) => type.endsWith(":RolePolicy") && name === "transform",
    )!;
    cloud.access.putRolePolicy(
      "transform",
      String(policy.inputs.policy).replace("sqs:SendMessage", "sqs:ReceiveMessage"),
    );
    cloud.send("transform", {});
    const error = await cloud.settle().catch((reason: Error) => reason);
    expect(String(error)).to.match(
      /^Error: A failed event of arn:\S+ is lost: User: \S+ is not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:/,
    );
  });

  it("sends nothing for a rule or bucket that the program does not permit", async () => {
    const program = programOf("good", failures[0]!);
    const of = (type: string) => program.resources.filter((one) => one.type === type);
    const [toExtract, toTransform] = of("aws:lambda/permission:Permission");
    toExtract!.inputs.principal = "s3.amazonaws.com";
    of("aws:cloudwatch/eventTarget:EventTarget")[0]!.inputs.deadLetterConfig = { arn: queueArn };
    const cloud = await startCloud(program);
    expect(() => cloud.fire("daily")).to.throw(
      UserError,
      /^Service: events.amazonaws.com is not authorized to perform: sqs:SendMessage .* because no resource-based policy/,
    );
    toTransform!.inputs.sourceAccount = "111111111111";
    const error = await startCloud(program).catch((reason: Error) => reason);
    expect(String(error)).to.equal(
      `Error: S3 may not start ${transform.arn}: the program gives no permission.`,
    );
  });

  it("invokes a function by its logical or physical name or ARN, with the cloud's time and variables", async () => {
    const cloud = await startCloud(programOf("good"));
    for (const name of ["extract", extract.name, extract.arn]) {
      const result = await cloud.invoke(name, { time: name });
      expect(result).to.have.nested.property("payload.greeting", "hello");
      expect(result)
        .to.have.nested.property("payload.now")
        .that.is.within(start, start + 60_000);
    }
    await cloud.settle();
    expect(readFileSync(lakeFile("raw/extract 1.txt"), "utf8")).to.equal("GOOD");
  });

  it("returns the error of an invocation and keeps no failure", async () => {
    const cloud = await startCloud(programOf("good"));
    const result = await cloud.invoke("transform", { Records: [] });
    expect(result).to.have.nested.property("error.errorType", "TypeError");
    expect(cloud.failures).to.eql([]);
  });

  it("lets no call out to a service that it lacks", async () => {
    const cloud = await startCloud(programOf("good"));
    const result = await cloud.invoke("stray-1a2b", {});
    expect(result).to.have.nested.property("error.errorMessage").that.includes("ECONNREFUSED 127.0.0.1:1");
  });

  it("knows only the program's functions and rules", async () => {
    const cloud = await startCloud(programOf("good"));
    expect(() => cloud.invoke("other", {})).to.throw(
      UserError,
      /^There is no function other; .*: extract-1a2b, /,
    );
    expect(() => cloud.fire("other")).to.throw(UserError, /^There is no rule other/);
  });

  it("does not start with a notification to an unknown function", async () => {
    const notification = resource("aws:s3/bucketNotification:BucketNotification", "lost", {
      bucket: "lake-1a2b",
      lambdaFunctions: [{ events: ["s3:ObjectCreated:*"], lambdaFunctionArn: "arn:lost" }],
    });
    const error = await startCloud(programOf("good", notification)).catch((reason: Error) => reason);
    expect(error).to.be.instanceOf(UserError).with.property("message").that.includes("arn:lost");
  });

  it("stops in the midst of its work, lets the process end, and goes on when it is started again", async () => {
    const cloud = await startCloud(programOf("good"));
    cloud.fire("daily");
    await cloud.stop();
    await cloud.settle();
    expect(cloud.failures).to.eql([]);
    expect(existsSync(lakeFile("raw"))).to.equal(false);
    for (let times = 1; times <= 2; times += 1) {
      const again = await startCloud(programOf("good"));
      await again.settle();
      await again.stop();
      expect(readdirSync(lakeFile("raw"))).to.eql(["2030-01-01T00:00:00Z 1.txt"]);
    }
    expect(lines.filter((line) => line.includes("transforming"))).to.have.length(1);
  });

  it("kills a function's processes in the midst of their work, and starts new ones", async () => {
    const cloud = await startCloud(programOf("good"));
    const killed = cloud.invoke("extract", { time: "t" });
    while ((await cloud.kill("extract")) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await killed)
      .to.have.nested.property("error.errorMessage")
      .that.matches(/signal: killed$/);
    expect(await cloud.kill("extract")).to.equal(0);
    expect(await cloud.invoke("extract", { time: "t" })).to.include({ ok: true });
    await cloud.settle();
  });
});
