import { expect } from "chai";
import { Access } from "../../cloud/iam/access";
import type { Registered } from "../support/mocks";
import { evaluated } from "../support/registered";
import { dataRules } from "./dataRules";
import { keyedExceptions, plainExceptions } from "./exceptions";
import { settingOf, statementsOf, typeOf, verdictsOf, type Rule, type Verdict } from "./rule";
import { workRules } from "./workRules";

const rules = [...dataRules, ...workRules];

/** Types that no rule is about: they hold no data, let nobody in and start nothing by themselves. */
const harmless = [
  typeOf("athena", "namedQuery"),
  typeOf("cloudwatch", "dashboard"),
  typeOf("cloudwatch", "eventRule"),
  typeOf("cloudwatch", "eventTarget"),
  typeOf("glue", "catalogDatabase"),
  typeOf("glue", "catalogTable"),
];

const failed = (verdicts: Verdict[]) =>
  verdicts
    .filter(({ passed }) => !passed)
    .map(({ rule, resource }) => `${rule.checkov[0] ?? rule.says} ${resource.name}`);

/** Returns the resources with a rule's `flip` applied to one of them. */
function flipped(rule: Rule, resource: Registered, all: Registered[]): Registered[] {
  const held = settingOf(rule, resource, all);
  if (held)
    return all.map((one) => (one === held ? { ...one, inputs: { ...one.inputs, ...rule.flip } } : one));
  const inputs = { bucket: resource.outputs.bucket, ...rule.flip };
  return [...all, { type: rule.setting!, name: resource.name, inputs, outputs: inputs }];
}

describe("the policy", function () {
  this.timeout(120_000);
  let plain: Registered[];
  let keyed: Registered[];
  before(async () => {
    ({ registered: plain } = await evaluated({}));
    ({ registered: keyed } = await evaluated({ kmsKey: "create" }));
  });

  const withCounts = (title: string, all: () => Registered[], exceptions: string[]) =>
    it(title, function () {
      const verdicts = verdictsOf(rules, all());
      const failures = failed(verdicts);
      expect(failures).to.have.members(exceptions);
      const kinds = new Set(failures.map((one) => one.split(" ")[0])).size;
      this.test!.title += `: ${verdicts.length - failures.length} passed, ${failures.length} failed of ${kinds} kinds`;
    });
  withCounts(
    "is kept by a stack with the default settings, exceptions in docs/security.md",
    () => plain,
    plainExceptions,
  );
  withCounts("is kept by a stack with a key of its own, with fewer exceptions", () => keyed, keyedExceptions);

  it("puts all that a stack stores under its key, which each role may use as it needs", () => {
    const key = keyed.find(({ type }) => type === typeOf("kms", "key"))!.outputs.arn as string;
    const users = keyed.filter(
      ({ type, inputs }) => !type.includes("iam/") && JSON.stringify(inputs).includes(key),
    );
    expect(users.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`)).to.have.members([
      ...["raw", "lake", "results"].map((name) => `BucketServerSideEncryptionConfiguration ${name}`),
      ...["extract", "transform", "health"].flatMap((name) => [`LogGroup ${name}`, `Queue ${name}-failures`]),
      ...["Parameter spotify-app", "Parameter spotify-listener-me", "Topic alarms", "Workgroup analysts"],
      "SecurityConfiguration crawlers",
    ]);
    const granted = keyed
      .filter(({ type }) => type === typeOf("iam", "rolePolicy"))
      .map(({ name, inputs }) => [
        name,
        ...statementsOf(inputs.policy)
          .filter(({ Resource }) => [Resource].flat().includes(key))
          .flatMap(({ Action }) => Action),
      ]);
    expect(granted).to.have.deep.members([
      ...["extract", "transform", "health"].map((name) => [name, "kms:Decrypt", "kms:GenerateDataKey"]),
      ...["lake-crawler", "raw-crawler"].map((name) => [name, "kms:Decrypt"]),
    ]);
  });

  it("has no role, rule or log that would stand before its key, and no right to it that is never used", () => {
    const resources = keyed.map((one) => ({ ...one, urn: "", secretInputs: [], parent: "" }));
    const arnOf = (name: string, type: string) =>
      String(keyed.find((one) => one.name === name && one.type === type)!.outputs.arn);
    const [raw, lake] = ["raw", "lake"].map((name) => arnOf(name, typeOf("s3", "bucket")));
    const readsAndWrites: Record<string, [action: string, resource: string][]> = {
      extract: [
        ["ssm:GetParameters", arnOf("spotify-app", typeOf("ssm", "parameter"))],
        ["s3:GetObject", `${raw}/state/extract.json`],
        ["s3:PutObject", `${raw}/raw/one`],
      ],
      transform: [
        ["s3:GetObject", `${raw}/raw/one`],
        ["s3:PutObject", `${lake}/g1/one`],
      ],
      health: [["s3:GetObject", `${raw}/state/extract.json`]],
    };
    const access = new Access(resources);
    for (const resource of resources.filter(({ type }) => type === typeOf("lambda", "function"))) {
      const caller = access.callerOf(resource, "lambda.amazonaws.com");
      const queue = arnOf(`${resource.name}-failures`, typeOf("sqs", "queue"));
      const logs = arnOf(resource.name, typeOf("cloudwatch", "logGroup"));
      const all = [...readsAndWrites[resource.name]!, ["sqs:SendMessage", queue] as const];
      for (const [action, arn] of all) access.require(caller, action, arn, { "s3:if-none-match": "*" });
      access.require(caller, "logs:PutLogEvents", `${logs}:log-stream:one`);
    }
    for (const [name, object] of [
      ["lake", `${lake}/g1/one`],
      ["raw", `${raw}/raw/one`],
    ] as const) {
      const crawler = resources.find((one) => one.type === typeOf("glue", "crawler") && one.name === name)!;
      access.require(access.callerOf(crawler, "glue.amazonaws.com"), "s3:GetObject", object);
    }
    const schedule = arnOf("schedule", typeOf("cloudwatch", "eventRule"));
    const dead = arnOf("extract-failures", typeOf("sqs", "queue"));
    access.requireService("events.amazonaws.com", schedule, "sqs:SendMessage", dead);
    const unused = access.grants.filter(({ action, firstUse }) => action.startsWith("kms:") && !firstUse);
    expect(unused.map(({ role, action }) => `${role}: ${action}`)).to.be.empty;
  });

  it("has rules that can pass and fail", () => {
    for (const rule of rules) {
      const verdicts = verdictsOf([rule], keyed);
      const { resource, passed } = verdicts.find((one) => one.passed) ?? verdicts[0]!;
      const all = flipped(rule, resource, keyed);
      const after = verdictsOf([rule], all).find((one) => one.resource.name === resource.name)!;
      expect(after.passed, rule.says).to.equal(!passed);
    }
  });

  it("looks at every type of resource", () => {
    const known = [...rules.flatMap(({ type, setting }) => [type, setting]), ...harmless];
    const types = [...new Set(keyed.map(({ type }) => type))].filter((type) => !type.startsWith("pulumi:"));
    expect(types.filter((type) => !known.includes(type))).to.be.empty;
    expect(types).to.include.members(harmless);
  });
});
