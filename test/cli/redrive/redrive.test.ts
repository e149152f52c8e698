import { LambdaClient } from "@aws-sdk/client-lambda";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Cloud } from "../../../cloud/cloud";
import { UserError } from "../../../cloud/errors";
import { administratorKey } from "../../../cloud/iam/access";
import { dropMessage, redrive } from "../../../cli/redrive/redrive";
import type { Program } from "../../../cloud/types";
import { deploy } from "../../support/archives";
import { makeFolder } from "../../support/folders";
import { lambdaWith, resource } from "../../support/resources";

const account = "eu-west-1:000000000000";
const queue = {
  arn: `arn:aws:sqs:${account}:failures-1a2b`,
  name: "failures-1a2b",
  url: "https://sqs.eu-west-1.amazonaws.com/000000000000/failures-1a2b",
};

describe("redrive", () => {
  let dir: string;
  let cloud: Cloud;
  let broken: string;
  let served: string;

  /** A function that fails as long as a file is there, and on poison for ever; what it did lies in a folder. */
  const program = (): Program => {
    const transform = deploy(
      `const fs = require("node:fs");
      exports.handler = async ({ id, poison }) => {
        if (poison || fs.existsSync(process.env.BROKEN)) throw new Error("not now");
        fs.appendFileSync(process.env.SERVED, id + "\\n");
      };`,
      { name: "transform-1a2b", environment: { BROKEN: broken, SERVED: served } },
    );
    return {
      functions: [transform],
      outputs: {},
      resources: [
        resource("aws:sqs/queue:Queue", "failures", {}, queue),
        ...lambdaWith("transform", transform, [{ Action: "sqs:SendMessage", Resource: queue.arn }]),
        resource("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "transform", {
          functionName: transform.name,
          destinationConfig: { onFailure: { destination: queue.arn } },
        }),
      ],
    };
  };
  const start = async () =>
    (cloud = await Cloud.start({
      program: program(),
      dir,
      clock: { now: () => Date.UTC(2030, 0, 1) },
      environment: {},
      log: () => undefined,
      retryWaits: [1],
    }));
  const clients = () => {
    const local = {
      region: "eu-west-1",
      credentials: administratorKey,
      maxAttempts: 1,
    };
    return {
      sqs: new SQSClient({ ...local, endpoint: cloud.endpoints.sqs, useQueueUrlAsEndpoint: false }),
      lambda: new LambdaClient({ ...local, endpoint: cloud.endpoints.lambda }),
    };
  };
  const again = (options: { dryRun?: boolean; stopAfter?: number } = {}) => {
    const stop = new AbortController();
    return redrive(clients(), cloud.queueUrls, {
      dryRun: options.dryRun ?? false,
      signal: stop.signal,
      onSent: (sent) => sent === options.stopAfter && stop.abort(),
    });
  };
  const drop = (id: string) => dropMessage(clients().sqs, cloud.queueUrls, id);
  const waiting = () => readdirSync(path.join(dir, "queues", queue.name)).length;
  const fail = async (...events: object[]) => {
    writeFileSync(broken, "");
    for (const event of events) cloud.send("transform", event);
    await cloud.settle();
  };

  beforeEach(async () => {
    dir = path.join(makeFolder(), "cloud");
    [broken, served] = [`${dir}-broken`, `${dir}-served`];
    writeFileSync(served, "");
    await start();
  });
  afterEach(() => cloud.stop());
  const servedIds = async () => {
    const { readFile } = await import("node:fs/promises");
    return (await readFile(served, "utf8")).split("\n").filter(Boolean).sort();
  };

  it("sends an event that failed three times again, and the queue is empty", async () => {
    await fail({ id: "a" }, { id: "b" });
    expect(cloud.failures.map(({ attempts }) => attempts)).to.eql([3, 3]);
    expect(waiting()).to.equal(2);
    rmSync(broken);
    const { events, ...counts } = await again();
    await cloud.settle();
    expect(counts).to.eql({ sent: 2, unrecognised: [] });
    expect(events[0]).to.include({ reason: "not now", failedAt: "2030-01-01T00:00:00.000Z" });
    expect(await servedIds()).to.eql(["a", "b"]);
    expect(waiting()).to.equal(0);
    expect(await again()).to.eql({ events: [], sent: 0, unrecognised: [] });
  });

  it("gets a poisoned one back, once for each redrive, beside others that succeed", async () => {
    await fail({ id: "a" }, { id: "p", poison: true });
    rmSync(broken);
    for (const sent of [2, 1, 1]) {
      expect((await again()).sent).to.equal(sent);
      await cloud.settle();
      expect(waiting()).to.equal(1);
    }
    expect(await servedIds()).to.eql(["a"]);
  });

  it("only looks in a dry run", async () => {
    await fail({ id: "a" });
    rmSync(broken);
    expect((await again({ dryRun: true })).events).to.have.length(1);
    expect(await again({ dryRun: true })).to.deep.include({ sent: 0, unrecognised: [] });
    await cloud.settle();
    expect([await servedIds(), waiting()]).to.eql([[], 1]);
    expect((await again()).sent).to.equal(1);
  });

  it("reads more messages than one call gives", async () => {
    await fail(...Array.from({ length: 23 }, (_, at) => ({ id: String(at) })));
    rmSync(broken);
    expect((await again()).sent).to.equal(23);
    await cloud.settle();
    expect(new Set(await servedIds()).size).to.equal(23);
  });

  for (const stopAfter of [1, 2])
    it(`loses nothing when it is stopped after ${stopAfter}, and goes on in the next one`, async () => {
      await fail({ id: "a" }, { id: "b" }, { id: "c" });
      rmSync(broken);
      expect((await again({ stopAfter })).sent).to.equal(stopAfter);
      await cloud.settle();
      expect(waiting()).to.equal(3 - stopAfter);
      expect((await again()).sent).to.equal(3 - stopAfter);
      await cloud.settle();
      expect(await servedIds()).to.eql(["a", "b", "c"]);
    });

  it("keeps a message that the function did not accept, says so, and finds it after a restart", async () => {
    await fail({ id: "a" });
    rmSync(broken);
    const { sqs } = clients();
    const lambda = new LambdaClient({
      region: "eu-west-1",
      endpoint: "http://127.0.0.1:1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 1,
    });
    const error = await redrive({ sqs, lambda }, cloud.queueUrls, { dryRun: false }).catch((e: Error) => e);
    expect(error)
      .to.be.instanceOf(UserError)
      .with.property("message")
      .that.matches(/^After 0 events: /);
    expect(waiting()).to.equal(1);
    await cloud.stop();
    await start();
    expect((await again()).sent).to.equal(1);
    await cloud.settle();
    expect(await servedIds()).to.eql(["a"]);
  });

  it("leaves what is no failed event where it is", async () => {
    const message = new SendMessageCommand({ QueueUrl: queue.url, MessageBody: "hello" });
    const { MessageId } = await clients().sqs.send(message);
    expect(await again()).to.eql({ events: [], sent: 0, unrecognised: [MessageId] });
    expect([waiting(), existsSync(broken)]).to.eql([1, false]);
    expect(await drop(MessageId!)).to.equal(undefined);
    expect(waiting()).to.equal(0);
  });

  it("drops the one message that is named; the others can be sent at once", async () => {
    await fail({ id: "a" }, { id: "b" }, { id: "c" });
    rmSync(broken);
    const { events } = await again({ dryRun: true });
    const { id } = events.find(({ payload }) => (payload as { id: string }).id === "b")!;
    expect((await drop(id))!.payload).to.eql({ id: "b" });
    expect(waiting()).to.equal(2);
    const error = await drop(id).catch((thrown: Error) => thrown);
    expect(error)
      .to.be.instanceOf(UserError)
      .with.property("message", `There is no failed event ${id}; --dry-run shows the ids.`);
    expect((await again()).sent).to.equal(2);
    await cloud.settle();
    expect(await servedIds()).to.eql(["a", "c"]);
  });
});
