import { expect } from "chai";
import fc from "fast-check";
import { UserError } from "../../../cloud/errors";
import {
  bucketEvent,
  bucketTriggers,
  matches,
  ruleNamed,
  ruleTriggers,
  scheduledEvent,
  type BucketTrigger,
} from "../../../cloud/events/triggers";
import type { ObjectEvent } from "../../../cloud/types";
import { resource } from "../../support/resources";

const functionArn = "arn:aws:lambda:eu-west-1:000000000000:function:transform";
const ruleArn = "arn:aws:events:eu-west-1:000000000000:rule/daily-1a2b";
const time = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

const trigger: BucketTrigger = {
  id: "on-raw",
  bucket: "raw",
  events: ["s3:ObjectCreated:*"],
  prefix: "raw/",
  suffix: ".gz",
  functionArn,
};
const put: ObjectEvent = {
  name: "ObjectCreated:Put",
  bucket: "raw",
  key: "raw/a.gz",
  size: 3,
  etag: '"0a1b"',
  sequencer: "01",
};

describe("bucketTriggers", () => {
  const type = "aws:s3/bucketNotification:BucketNotification";

  it("reads each function of each notification", () => {
    const lambdaFunctions = [
      {
        events: ["s3:ObjectCreated:*"],
        filterPrefix: "raw/",
        filterSuffix: ".gz",
        lambdaFunctionArn: functionArn,
      },
      { id: "all", events: ["s3:ObjectRemoved:*"], lambdaFunctionArn: functionArn },
    ];
    const notification = resource(type, "on-raw", { bucket: "raw", lambdaFunctions });
    expect(bucketTriggers([notification, resource("aws:s3/bucket:Bucket", "raw", {})])).to.eql([
      trigger,
      { id: "all", bucket: "raw", events: ["s3:ObjectRemoved:*"], prefix: "", suffix: "", functionArn },
    ]);
  });

  it("refuses what it would ignore", () => {
    const notification = resource(type, "on-raw", { bucket: "raw", queues: [] });
    expect(() => bucketTriggers([notification])).to.throw(UserError, /queues, which on-raw uses/);
    const rule = resource("aws:cloudwatch/eventRule:EventRule", "on-lake", { eventPattern: "{}" });
    expect(() => bucketTriggers([rule])).to.throw(UserError, /eventPattern, which on-lake uses/);
  });

  it("starts nothing by events that go to EventBridge, for other programs", () => {
    expect(bucketTriggers([resource(type, "on-lake", { bucket: "lake", eventbridge: true })])).to.eql([]);
  });
});

describe("matches", () => {
  const cases: [
    title: string,
    trigger: Partial<BucketTrigger>,
    event: Partial<ObjectEvent>,
    expected: boolean,
  ][] = [
    ["prefix and suffix", {}, {}, true],
    ["any way of creation", {}, { name: "ObjectCreated:CompleteMultipartUpload" }, true],
    ["one way of creation", { events: ["s3:ObjectCreated:Put"] }, {}, true],
    ["one of several patterns", { events: ["s3:ObjectRemoved:*", "s3:ObjectCreated:Put"] }, {}, true],
    ["no filter", { prefix: "", suffix: "" }, { key: "x" }, true],
    ["not another way of creation", { events: ["s3:ObjectCreated:Copy"] }, {}, false],
    ["not the beginning of a name", { events: ["s3:ObjectCreated:P"] }, {}, false],
    ["not another kind", {}, { name: "ObjectRemoved:Delete" }, false],
    ["not another bucket", {}, { bucket: "lake" }, false],
    ["not another prefix", {}, { key: "state/a.gz" }, false],
    ["not another suffix", {}, { key: "raw/a.txt" }, false],
  ];
  for (const [title, otherTrigger, otherEvent, expected] of cases) {
    it(title, () =>
      expect(matches({ ...trigger, ...otherTrigger }, { ...put, ...otherEvent })).to.equal(expected),
    );
  }
});

describe("bucketEvent", () => {
  interface Notification {
    Records: { s3: { object: { key: string; size?: number; eTag?: string } } }[];
  }
  const objectOf = (event: Partial<ObjectEvent>) =>
    (bucketEvent(trigger, { ...put, ...event }, time) as Notification).Records[0]!.s3.object;

  it("has the shape of S3's", () => {
    const [record] = (bucketEvent(trigger, put, time) as Notification).Records;
    expect(record).to.deep.include({
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: "eu-west-1",
      eventTime: "2026-01-02T03:04:05.678Z",
      eventName: "ObjectCreated:Put",
      s3: {
        s3SchemaVersion: "1.0",
        configurationId: "on-raw",
        bucket: { name: "raw", ownerIdentity: { principalId: "local" }, arn: "arn:aws:s3:::raw" },
        object: { key: "raw/a.gz", size: 3, eTag: "0a1b", sequencer: "01" },
      },
    });
  });

  it("gives a removed object neither size nor ETag", () => {
    expect(objectOf({ name: "ObjectRemoved:Delete" })).to.eql({ key: "raw/a.gz", sequencer: "01" });
  });

  const keys: [key: string, encoded: string][] = [
    ["raw/me/snapshot_date=2026-01-01/a-1.jsonl.gz", "raw/me/snapshot_date%3D2026-01-01/a-1.jsonl.gz"],
    ["a b+c.txt", "a+b%2Bc.txt"],
    ["photo (1)!~'.png", "photo+%281%29%21%7E%27.png"],
    ["ü😀%", "%C3%BC%F0%9F%98%80%25"],
  ];
  for (const [key, encoded] of keys) {
    it(`encodes ${key}`, () => expect(objectOf({ key }).key).to.equal(encoded));
  }

  it("encodes keys so that a form decoder gives them back", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (key) => {
        const encoded = objectOf({ key }).key;
        expect(encoded).to.match(/^[\w.*/%+-]*$/);
        expect(decodeURIComponent(encoded.replaceAll("+", " "))).to.equal(key);
      }),
    );
  });
});

describe("rules", () => {
  const rule = resource(
    "aws:cloudwatch/eventRule:EventRule",
    "daily",
    {},
    { name: "daily-1a2b", arn: ruleArn },
  );
  const target = (name: string, inputs: object) =>
    resource("aws:cloudwatch/eventTarget:EventTarget", name, {
      rule: "daily-1a2b",
      arn: functionArn,
      ...inputs,
    });

  it("are found by logical and by physical name", () => {
    expect(ruleNamed([rule], "daily")).to.equal(rule);
    expect(ruleNamed([rule], "daily-1a2b")).to.equal(rule);
    expect(() => ruleNamed([rule], "weekly")).to.throw(
      UserError,
      "There is no rule weekly; the program's rules: daily.",
    );
  });

  it("send to their own targets, a fixed input as it is", () => {
    const resources = [
      target("first", {}),
      target("other", { rule: "weekly" }),
      target("fixed", { input: '{"a":1}' }),
    ];
    expect(ruleTriggers(resources, rule)).to.eql([
      { functionArn, input: undefined },
      { functionArn, input: { a: 1 } },
    ]);
    expect(() => ruleTriggers([target("made", { inputPath: "$.time" })], rule)).to.throw(
      UserError,
      /inputPath/,
    );
  });

  it("send an event of EventBridge's shape", () => {
    const { id, ...event } = scheduledEvent(rule, time) as { id: string };
    expect(id).to.match(/^[0-9a-f-]{36}$/);
    expect(event).to.eql({
      version: "0",
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account: "000000000000",
      time: "2026-01-02T03:04:05Z",
      region: "eu-west-1",
      resources: [ruleArn],
      detail: {},
    });
  });
});
