import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { evaluated, type Registered } from "../support/registered";
import { dataRules } from "./dataRules";
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

const doc = fs.readFileSync(path.join(__dirname, "../../docs/security.md"), "utf8");

/** The exceptions that a section of docs/security.md names, such as `CKV_AWS_117 extract`. */
function exceptionsOf(heading: string): string[] {
  const [, section] = doc.split(`\n### ${heading}\n`);
  const rows = section!.split("\n#")[0]!.matchAll(/^\| (CKV2?_AWS_\d+) +\|[^|]*\|([^|]*)\| *[^| ][^|]*\|$/gm);
  return [...rows].flatMap(([, id, names]) =>
    [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => `${id} ${name}`),
  );
}

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

  const withCounts = (title: string, all: () => Registered[], exceptions: () => string[]) =>
    it(title, function () {
      const verdicts = verdictsOf(rules, all());
      const failures = failed(verdicts);
      expect(failures).to.have.members(exceptions());
      const kinds = new Set(failures.map((one) => one.split(" ")[0])).size;
      this.test!.title += `: ${verdicts.length - failures.length} passed, ${failures.length} failed of ${kinds} kinds`;
    });
  const always = exceptionsOf("With every setting");
  withCounts(
    "is kept by a stack with the default settings, exceptions in docs/security.md",
    () => plain,
    () => [...always, ...exceptionsOf("Without a key of your own")],
  );
  withCounts(
    "is kept by a stack with a key of its own, with fewer exceptions",
    () => keyed,
    () => always,
  );

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

  it("has rules that can pass and fail", () => {
    for (const rule of rules) {
      const { resource, passed } = verdictsOf([rule], keyed)[0]!;
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
