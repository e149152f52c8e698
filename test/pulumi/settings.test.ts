import { expect } from "chai";
import * as fs from "node:fs";
import type { Settings } from "../../infra/settingRules";
import { namedQueries, viewTemplates } from "../../infra/sql";
import { PulumiProject } from "../support/pulumi/project";

const stackFile = "Pulumi.dev.yaml";

/** What `pulumi config set` is given, and the resources that a preview then changes, by `operation type`. */
interface Change {
  set: string[];
  changes: Record<string, string[]>;
}

/** Resources that hold nothing and that nobody names, so that they may be replaced. */
const replaceable = ["NamedQuery", "TopicSubscription"];

const inTimezone = {
  views: viewTemplates().filter(({ sql }) => sql.includes(":timezone")),
  queries: namedQueries().filter(({ parameters }) => parameters.some(({ name }) => name === "timezone")),
};

/** One change of each setting of the dev stack. Its tableFormat cannot change while the lake is live. */
const settings: Record<Exclude<keyof Settings, "tableFormat">, Change> = {
  schedule: {
    set: ["schedule", "daily"],
    changes: {
      "update EventRule": ["schedule"],
      "update MetricAlarm": ["data-age-me"],
      "update Dashboard": ["overview"],
    },
  },
  playsSchedule: {
    set: ["playsSchedule", "never"],
    changes: {
      "update Function": ["extract"],
      "update QueuePolicy": ["extract-failures"],
      "delete EventRule": ["plays"],
      "delete EventTarget": ["plays"],
      "delete Permission": ["plays-rule"],
    },
  },
  listeners: {
    set: ["--path", "listeners[1]", "anna"],
    changes: {
      "create Parameter": ["spotify-listener-anna"],
      "create MetricAlarm": [
        "blocked-reads-anna",
        "data-age-anna",
        "quota-stops-anna",
        "sign-in-ends-anna",
        "sign-in-refused-anna",
      ],
      "update Dashboard": ["overview"],
      "update Function": ["extract", "health"],
      "update RolePolicy": ["extract"],
    },
  },
  sources: {
    set: ["--path", "sources[1]", "album:4aawyAB9vmqN3uQ7FjRGTy"],
    changes: { "update Function": ["extract"] },
  },
  qualityRules: {
    set: ["qualityRules", '{"row_count": {"severity": "warn"}}'],
    changes: { "update Function": ["transform"] },
  },
  callBudget: {
    set: ["callBudget", "150"],
    changes: { "update Function": ["extract"], "update Dashboard": ["overview"] },
  },
  reconcileDays: { set: ["reconcileDays", "10"], changes: { "update Function": ["extract"] } },
  market: { set: ["market", "SE"], changes: { "update Function": ["extract"] } },
  extendedQuota: { set: ["extendedQuota", "true"], changes: {} },
  timezone: {
    set: ["timezone", "Europe/Berlin"],
    changes: {
      "update CatalogTable": inTimezone.views.map(({ name }) => name),
      "replace NamedQuery": inTimezone.queries.map(({ name }) => name),
    },
  },
  crawlerSchedule: { set: ["crawlerSchedule", "weekly"], changes: { "update Crawler": ["lake", "raw"] } },
  scanCutoffMb: { set: ["scanCutoffMb", "50"], changes: { "update Workgroup": ["analysts"] } },
  logRetentionDays: {
    set: ["logRetentionDays", "14"],
    changes: { "update LogGroup": ["extract", "health", "transform"] },
  },
  maxDataAgeHours: {
    set: ["maxDataAgeHours", "48"],
    changes: { "update MetricAlarm": ["data-age-me"], "update Dashboard": ["overview"] },
  },
  alarmEmail: {
    set: ["alarmEmail", "someone@example.com"],
    changes: { "create TopicSubscription": ["alarms"] },
  },
  kmsKey: {
    set: ["kmsKey", "create"],
    changes: {
      "create Key": ["data"],
      "create SecurityConfiguration": ["crawlers"],
      "update BucketServerSideEncryptionConfiguration": ["lake", "raw", "results"],
      "update Crawler": ["lake", "raw"],
      "update LogGroup": ["extract", "health", "transform"],
      "update Parameter": ["spotify-app", "spotify-listener-me"],
      "update Queue": ["extract-failures", "health-failures", "transform-failures"],
      "update RolePolicy": ["extract", "health", "lake-crawler", "raw-crawler", "transform"],
      "update Topic": ["alarms"],
      "update Workgroup": ["analysts"],
    },
  },
  reservedConcurrency: { set: ["reservedConcurrency", "5"], changes: { "update Function": ["extract"] } },
  keepData: {
    set: ["keepData", "true"],
    changes: { "update Bucket": ["lake", "raw"], "update Workgroup": ["analysts"] },
  },
};

/** Secrets are settings, too. */
const secrets: Record<string, Change> = {
  spotifyClientId: {
    set: ["--secret", "spotifyClientId", "another-app"],
    changes: { "update Parameter": ["spotify-app"] },
  },
  "spotifyRefreshToken-me": {
    set: ["--secret", "spotifyRefreshToken-me", "a-token"],
    changes: { "update Parameter": ["spotify-listener-me"] },
  },
};

/** A wrong value of a setting, and how it is refused. */
interface Refusal {
  set: string[];
  sentence: string;
}

/** Values that the CLI refuses itself. */
const refusedByCli: Record<string, Refusal> = {
  "an integer": {
    set: ["callBudget", "many"],
    sentence: "Stack 'dev' with configuration key 'callBudget' must be of type 'integer'",
  },
  "a boolean": {
    set: ["keepData", "perhaps"],
    sentence: "Stack 'dev' with configuration key 'keepData' must be of type 'boolean'",
  },
  "a list that is a text": {
    set: ["listeners", '["me", "anna"]'],
    sentence: "Stack 'dev' with configuration key 'listeners' must be of type 'array<string>'",
  },
};

/** Values that the program refuses, all at once. */
const refused: Record<string, Refusal> = {
  "an integer out of range": {
    set: ["callBudget", "5"],
    sentence: 'Setting spotify-data-pipeline:callBudget is "5"; allowed is a whole number from 10 to 100000.',
  },
  "an item of a list": {
    set: ["--path", "sources[0]", "artist:"],
    sentence: 'Setting spotify-data-pipeline:sources is "["artist:"]"; allowed is a list of me, ',
  },
  "a word": {
    set: ["tableFormat", "xml"],
    sentence: 'Setting spotify-data-pipeline:tableFormat is "xml"; allowed is csv or parquet.',
  },
  "an expression": {
    set: ["schedule", "sometimes"],
    sentence:
      'Setting spotify-data-pipeline:schedule is "sometimes" (it must be rate(…) or cron(…)); allowed is',
  },
  "a word or a number": {
    set: ["maxDataAgeHours", "0"],
    sentence:
      'Setting spotify-data-pipeline:maxDataAgeHours is "0"; allowed is auto or a whole number of hours from 1 to 10000.',
  },
  JSON: {
    set: ["qualityRules", "{}}"],
    sentence: 'Setting spotify-data-pipeline:qualityRules is "{}}"; allowed is an object such as',
  },
  "a secret in plain text": {
    set: ["--plaintext", "spotifyClientSecret", "a-secret"],
    sentence: "Setting spotify-data-pipeline:spotifyClientSecret is not encrypted: set it again with",
  },
  "an app without its id": {
    set: ["--secret", "spotifyClientId", ""],
    sentence:
      "Stack dev has no spotifyClientId: npx spotify-lake login --stack dev asks for the app and stores it",
  },
  "a sign-in of nobody": {
    set: ["--secret", "spotifyRefreshToken-anna", "a-token"],
    sentence: "Setting spotify-data-pipeline:spotifyRefreshToken-anna is the sign-in of nobody",
  },
  "a key that is none": {
    set: ["callBuget", "100"],
    sentence: "There is no setting spotify-data-pipeline:callBuget; did you mean callBudget?",
  },
};

describe("settings under the real engine", function () {
  this.timeout(600_000);
  let project: PulumiProject;
  let example = "";

  before(async function () {
    const opened = await PulumiProject.open();
    if (!opened) return this.skip();
    project = opened;
    await project.pulumi(["stack", "init", "dev"]);
    for (const key of ["spotifyClientId", "spotifyClientSecret"])
      await project.pulumi(["config", "set", "--secret", key], { input: "a-secret" });
    example = project.read(stackFile);
    await project.pulumi(["up", "--yes", "--skip-preview"]);
  });
  afterEach(() => fs.writeFileSync(project.file(stackFile), example));
  after(() => project?.close());

  /** What a preview would do, by `operation type`. */
  async function changesNow(): Promise<Record<string, string[]>> {
    const text = await project.pulumi(["preview", "--json"]);
    const { steps } = JSON.parse(text) as { steps: { op: string; urn: string }[] };
    const changes: Record<string, string[]> = {};
    for (const { op, urn } of steps.filter((step) => step.op !== "same")) {
      const word = urn.split("::")[2]!.split(":").pop();
      (changes[`${op} ${word}`] ??= []).push(urn.split("::")[3]!);
    }
    return Object.fromEntries(Object.entries(changes).map(([key, names]) => [key, names.sort()]));
  }

  for (const [name, { set, changes }] of Object.entries({ ...settings, ...secrets }))
    it(`reach exactly what depends on ${name}`, async () => {
      await project.pulumi(["config", "set", ...set]);
      const seen = await changesNow();
      const sorted = Object.entries(changes).map(([key, names]) => [key, [...names].sort()]);
      expect(seen).to.deep.equal(Object.fromEntries(sorted));
      for (const key of Object.keys(seen).filter((one) => one.includes("replace")))
        expect(replaceable).to.include(key.split(" ")[1]);
    });

  for (const [what, { set, sentence }] of Object.entries(refusedByCli))
    it(`refuse ${what}`, async () => {
      expect(await refusalOf([set])).to.include(sentence);
    });

  describe("refuse in one preview", () => {
    let sentences = "";
    before(async () => (sentences = await refusalOf(Object.values(refused).map(({ set }) => set))));

    for (const [what, { sentence }] of Object.entries(refused))
      it(what, () => expect(sentences).to.include(sentence));
  });

  /** What a preview says with wrong values, which it has to refuse before anything registers, without a stack trace. */
  async function refusalOf(values: string[][]): Promise<string> {
    const { length } = project.account.checked;
    for (const set of values) await project.pulumi(["config", "set", ...set]);
    const { code, stdout, stderr } = await project.run(["preview"]);
    expect(code).not.to.equal(0);
    expect(stdout + stderr).not.to.match(/^\s+at /m);
    expect(project.account.checked.slice(length)).to.be.empty;
    return stdout + stderr;
  }
});
