import * as fs from "node:fs";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { parse } from "yaml";
import { listenerStreams } from "../../schemas/streams";
import { settingDefaults, signInJson } from "../../infra/settingRules";
import { readSettings } from "../../infra/settings";

const project = "spotify-data-pipeline";

const app = { spotifyClientId: "id", spotifyClientSecret: "secret" };

/** Reads the settings of a stack that has an app, and these. */
function settingsWith(config: Record<string, string>) {
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries({ ...app, ...config }).map(([key, value]) => [`${project}:${key}`, value]),
    ),
  );
  return readSettings();
}

function yaml(file: string) {
  return parse(fs.readFileSync(path.join(__dirname, "../..", file), "utf8"));
}

describe("settings", () => {
  before(async () => {
    const mocks = { newResource: () => ({ id: undefined, state: {} }), call: () => ({}) };
    await pulumi.runtime.setMocks(mocks, project, "test", false);
  });
  after(() => pulumi.runtime.setAllConfig({}));

  it("have defaults", () => {
    expect(settingsWith({})).to.deep.include({
      schedule: "cron(15 4 * * ? *)",
      playsSchedule: "cron(45 * * * ? *)",
      listeners: ["me"],
      sources: ["me"],
      extendedQuota: false,
      tableFormat: "parquet",
      qualityRules: {},
      callBudget: 600,
      maxDataAgeHours: 36,
      alarmEmail: undefined,
      kmsKey: undefined,
      crawlerSchedule: "cron(15 4 1 * ? *)",
      reservedConcurrency: undefined,
      keepData: true,
    });
  });

  const typos: [key: string, text: string, meant: string][] = [
    ["schedule", "dayly", "daily"],
    ["playsSchedule", "hourli", "hourly"],
    ["sources", '["me","podcast"]', "podcasts"],
    ["sources", "playlsts", "playlists"],
    ["tableFormat", "parqet", "parquet"],
    ["crawlerSchedule", "weekley", "weekly"],
    ["timezone", "Europe/Berln", "Europe/Berlin"],
    ["keepData", "flase", "false"],
    ["kmsKey", "creat", "create"],
  ];
  for (const [key, text, meant] of typos)
    it(`suggest ${meant} for the ${key} ${text}`, () => {
      expect(() => settingsWith({ [key]: text })).to.throw(`; did you mean ${meant}?`);
    });

  it("suggest nothing for a word that is like none", () => {
    expect(() => settingsWith({ tableFormat: "xml" })).to.throw(/allowed is csv or parquet\.$/);
  });

  it("read lists as JSON and as people type them", () => {
    expect(settingsWith({ sources: '["profile","playlist:4x"]' }).sources).to.deep.equal([
      "profile",
      "playlist:4x",
    ]);
    const named = ["album:4x", "artist:4y", "search:genre:jazz year:1959, live"];
    expect(settingsWith({ sources: JSON.stringify(named) }).sources).to.deep.equal(named);
    expect(settingsWith({ sources: "profile,playlist:4x" }).sources).to.deep.equal([
      "profile",
      "playlist:4x",
    ]);
  });

  it("take a schedule of plays, or none", () => {
    expect(settingsWith({ playsSchedule: "never" }).playsSchedule).to.equal(undefined);
    for (const expression of ["rate(1 hour)", "cron(0/30 * * * ? *)"])
      expect(settingsWith({ playsSchedule: expression }).playsSchedule).to.equal(expression);
  });

  it("take the age of too old data from the schedule, or from its setting", () => {
    expect(settingsWith({ schedule: "weekly" }).maxDataAgeHours).to.equal(192);
    expect(settingsWith({ maxDataAgeHours: "50" }).maxDataAgeHours).to.equal(50);
  });

  it("mail alarms to an address, and keep executions for extract, if set", () => {
    expect(settingsWith({ alarmEmail: "me@example.org" }).alarmEmail).to.equal("me@example.org");
    expect(settingsWith({ reservedConcurrency: "1" }).reservedConcurrency).to.equal(1);
  });

  it("crawl monthly, weekly, daily, by an expression or never", () => {
    const schedules = {
      monthly: "cron(15 4 1 * ? *)",
      weekly: "cron(15 4 ? * MON *)",
      daily: "cron(15 4 * * ? *)",
    };
    for (const [crawlerSchedule, expression] of Object.entries(schedules))
      expect(settingsWith({ crawlerSchedule }).crawlerSchedule).to.equal(expression);
    expect(settingsWith({ crawlerSchedule: "never" }).crawlerSchedule).to.equal(undefined);
    expect(() => settingsWith({ schedule: "monthly" }), "extract does not run monthly").to.throw(
      "daily, weekly or",
    );
  });

  it("encrypt with no key, a new one, or one that is there", () => {
    const arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    for (const key of ["create", arn, arn.replace(/key.*/, "key/mrk-1234abcd12ab34cd56ef1234567890ab")])
      expect(settingsWith({ kmsKey: key }).kmsKey).to.equal(key);
    expect(settingsWith({ kmsKey: "none" }).kmsKey).to.equal(undefined);
  });

  it("take every stream as a source", () => {
    expect(settingsWith({ sources: listenerStreams.join(",") }).sources).to.deep.equal(listenerStreams);
  });

  it("take artist_details as a source only of an app with extended quota", () => {
    const sources = "me,artist_details";
    expect(settingsWith({ sources, extendedQuota: "true" }).sources).to.deep.equal(["me", "artist_details"]);
    expect(() => settingsWith({ sources }))
      .to.throw(pulumi.RunError)
      .with.property("message")
      .that.includes(`set ${project}:extendedQuota to true`);
  });

  const wrong: [string, string, string][] = [
    ["schedule", "hourly", "daily, weekly or"],
    ["playsSchedule", "daily", "hourly, never or"],
    ["listeners", "[]", "a list of different names"],
    ["listeners", '["Ann"]', "a-z"],
    ["listeners", "me,me", "different"],
    ["sources", "saved", "saved_tracks"],
    ["sources", "playlist:../x", "playlist:ID"],
    ["sources", "[1]", "playlist:ID"],
    ["sources", "album:", "album:ID"],
    ["sources", "artist:a/b", "artist:ID"],
    ["sources", "search: ", "search:QUERY"],
    ["reconcileDays", "0", "1 to 366"],
    ["market", "se", "capital letters"],
    ["extendedQuota", "1", "true or false"],
    ["tableFormat", "orc", "csv or parquet"],
    ["callBudget", "many", "whole number"],
    ["callBudget", "9", "10"],
    ["callBudget", "1e3", "whole number"],
    ["timezone", "Mars/Base", "Europe/Berlin"],
    ["timezone", "+01:00", "Europe/Berlin"],
    ["schedule", "rate(banana)", "a rate is a whole number and minutes, hours or days"],
    ["schedule", "cron(x)", "cron has six fields"],
    ["schedule", "cron(0 25 * * ? *)", '"25" is not allowed in hours (0 to 23)'],
    ["schedule", "rate(1 days)", "EventBridge wants 1 day"],
    ["playsSchedule", "rate(banana)", "a rate is a whole number"],
    ["playsSchedule", "cron(0 6 * * * *)", "exactly one of day-of-month and day-of-week must be ?"],
    ["crawlerSchedule", "cron(x)", "cron has six fields"],
    ["crawlerSchedule", "cron(0 6 ? * MON#1 *)", "Glue does not know MON#1 in day-of-week"],
    ["crawlerSchedule", "cron(0/2 6 * * ? *)", "five minutes"],
    ["crawlerSchedule", "rate(1 day)", "cron"],
    ["scanCutoffMb", "5", "10"],
    ["logRetentionDays", "31", "30"],
    ["maxDataAgeHours", "0", "auto or a whole number"],
    ["alarmEmail", "me at home", "an e-mail address"],
    ["kmsKey", "never", "none, create or the ARN of a KMS key"],
    ["kmsKey", "alias/aws/sns", "the ARN of a KMS key"],
    ["kmsKey", "arn:aws:kms:eu-west-1:123456789012:alias/mine", "key/ID"],
    ["crawlerSchedule", "hourly", "monthly, weekly, daily"],
    ["reservedConcurrency", "0", "never or a whole number"],
    ["keepData", "yes", "true or false"],
  ];
  for (const [key, value, allowed] of wrong) {
    it(`refuse ${key} = ${value} with one sentence that names key, value and what is allowed`, () => {
      expect(() => settingsWith({ [key]: value }))
        .to.throw(pulumi.RunError)
        .with.property("message")
        .that.includes(`${project}:${key}`)
        .and.includes(`"${value}"`)
        .and.includes(allowed);
    });
  }

  it("are refused all at once, a line each", () => {
    const config = { callBudget: "9", schedule: "rate(banana)", shedule: "daily", listeners: "Ann" };
    const token = { "spotifyRefreshToken-bob": "x" };
    const refusal = (all: Record<string, string>) => {
      try {
        settingsWith(all);
      } catch (error) {
        expect(error).to.be.instanceOf(pulumi.RunError);
        return (error as Error).message.split("\n").map((line) => line.split(" is ")[0]);
      }
      return [];
    };
    expect(refusal({ ...config, ...token })).to.deep.equal([
      `Setting ${project}:schedule`,
      `Setting ${project}:listeners`,
      `Setting ${project}:callBudget`,
      `There`,
    ]);
    expect(refusal({ sources: "artist_details", market: "se" })).to.have.length(2);
  });

  it("take days that EventBridge and Glue know by L, W and #", () => {
    for (const schedule of [
      "cron(0 6 L * ? *)",
      "cron(0 6 15W * ? *)",
      "cron(0 6 ? * 6L *)",
      "cron(0 6 ? * MON#1 *)",
    ])
      expect(settingsWith({ schedule }).schedule).to.equal(schedule);
    expect(settingsWith({ crawlerSchedule: "cron(0 6 LW * ? *)" }).crawlerSchedule).to.equal(
      "cron(0 6 LW * ? *)",
    );
    for (const schedule of ["cron(0 6 32W * ? *)", "cron(0 6 ? * MON#6 *)", "cron(L 6 * * ? *)"])
      expect(() => settingsWith({ schedule }), schedule).to.throw("is not allowed in");
  });

  it("refuse an unknown key and name the nearest", () => {
    expect(() => settingsWith({ shedule: "daily" })).to.throw(
      "There is no setting spotify-data-pipeline:shedule; did you mean schedule?",
    );
    expect(() => settingsWith({ foo: "bar" })).to.throw("spotify-data-pipeline:foo. Settings are schedule,");
  });

  it("refuse an unknown key without naming another that is not like it", () => {
    expect(() => settingsWith({ foo: "bar" })).to.throw(
      /^There is no setting spotify-data-pipeline:foo\. Settings are /,
    );
  });

  it("know each listener's sign-in by a key that names them, whatever the order", () => {
    const both = { "spotifyRefreshToken-ann": "x", "spotifyRefreshToken-bob": "y" };
    for (const listeners of ["ann,bob", "bob,ann"])
      expect(() => settingsWith({ listeners, ...both })).not.to.throw();
    expect(() => settingsWith({ listeners: "bob", ...both }))
      .to.throw(pulumi.RunError)
      .with.property(
        "message",
        `Setting ${project}:spotifyRefreshToken-ann is the sign-in of nobody in the setting listeners (bob, with spotifyRefreshToken-bob): add ann to listeners, or remove it with pulumi config rm spotifyRefreshToken-ann.`,
      );
    expect(() => settingsWith({ listeners: "bob", spotifyRefreshToken: "x" })).to.throw(
      "(bob, with spotifyRefreshToken-bob): remove it with pulumi config rm spotifyRefreshToken.",
    );
  });

  it("refuse those of another project, as pulumi new leaves them under another name", () => {
    const full = Object.entries(app).map(([key, value]) => [`${project}:${key}`, value]);
    const others = { "aws:region": "eu-west-1", "other-lake:keepData": "false" };
    pulumi.runtime.setAllConfig({ ...others, ...(Object.fromEntries(full) as Record<string, string>) });
    expect(() => readSettings())
      .to.throw(pulumi.RunError)
      .with.property("message")
      .that.matches(
        /^Pulumi\.test\.yaml has settings of the project other-lake, such as other-lake:keepData, /,
      )
      .and.includes(`sed -i 's/^  other-lake:/  ${project}:/' Pulumi.test.yaml.`);
  });

  it("are asked for by pulumi new, the app's as secrets", () => {
    const { template, config } = yaml("Pulumi.yaml");
    const asked = Object.entries<{ description: string; secret?: boolean }>(template.config);
    expect(asked.filter(([, { secret }]) => secret).map(([key]) => key)).to.deep.equal(Object.keys(app));
    for (const [key, { description }] of asked) {
      expect(description, key).to.match(/^[A-Z].*[^.]$/);
      if (!key.includes(":")) expect(config, key).to.have.property(key);
    }
    expect(template.quickstart).to.include("npx spotify-lake login --stack dev");
    // The CLI puts the names of a new project in their places, in every file.
    const placeholders = ["PROJECT", "DESCRIPTION"].map((name) => "${" + name + "}");
    const text = fs.readFileSync(path.join(__dirname, "../../Pulumi.yaml"), "utf8");
    for (const placeholder of placeholders) expect(text).not.to.include(placeholder);
  });

  it("refuse a stack without its app, and say how it gets one", () => {
    const say = `npx spotify-lake login --stack test`;
    expect(() => settingsWith({ spotifyClientId: "", spotifyClientSecret: "" }))
      .to.throw(pulumi.RunError)
      .with.property("message")
      .that.matches(/^Stack test has no spotifyClientId and spotifyClientSecret: /)
      .and.includes(say);
    expect(() => settingsWith({ spotifyClientSecret: "" })).to.throw("has no spotifyClientSecret: ");
  });

  it("refuse a secret that is not encrypted", () => {
    const encrypted = (keys: string[]) => {
      process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(keys.map((key) => `${project}:${key}`));
    };
    try {
      encrypted(["spotifyClientSecret"]);
      expect(() => settingsWith({}))
        .to.throw(pulumi.RunError)
        .with.property(
          "message",
          `Setting ${project}:spotifyClientId is not encrypted: set it again with pulumi config set --secret spotifyClientId.`,
        );
      encrypted(Object.keys(app));
      expect(() => settingsWith({})).not.to.throw();
      expect(() => settingsWith({ "spotifyRefreshToken-me": "token" })).to.throw("is not encrypted");
    } finally {
      delete process.env.PULUMI_CONFIG_SECRET_KEYS;
    }
  });

  it("read quality rules, and refuse those that are not there or mean nothing", () => {
    const rules = { row_count: { severity: "warn" }, "plays.played_at.not_in_future": { threshold: 0 } };
    expect(settingsWith({ qualityRules: JSON.stringify(rules) }).qualityRules).to.deep.equal(rules);
    for (const wrong of [
      "[]",
      "{",
      '{"rowcount":{}}',
      '{"nowhere.range":{}}',
      '{"plays.nothing.range":{}}',
      '{"plays.played_at.not_in_future.x":{}}',
      '{"range":{"severity":"stop"}}',
      '{"range":{"threshold":1}}',
      '{"not_null":{"severity":"warn"}}',
      '{"row_count":{"threshold":-1}}',
      '{"row_count":{"threshold":20}}',
      '{"row_count":null}',
    ])
      expect(() => settingsWith({ qualityRules: wrong }), wrong).to.throw("docs/quality.md");
  });

  it("take a sign-in as npx spotify-lake login stores it, or as a token typed by hand", () => {
    expect(JSON.parse(signInJson("AQtoken"))).to.deep.equal({ refreshToken: "AQtoken" });
    const stored = JSON.stringify({ refreshToken: "AQtoken", authorizedAt: "2026-01-02T03:04:05Z" });
    expect(signInJson(stored)).to.equal(stored);
  });

  it("stand in Pulumi.yaml with the same defaults, a type and a sentence", () => {
    const { config } = yaml("Pulumi.yaml");
    for (const [key, fallback] of Object.entries(settingDefaults)) {
      const declared = config[key];
      const text = Array.isArray(declared.default)
        ? JSON.stringify(declared.default)
        : String(declared.default);
      expect(text, key).to.equal(fallback);
    }
    for (const [key, declared] of Object.entries<{ type: string; description: string }>(config)) {
      expect(declared.type, key).to.be.oneOf(["string", "integer", "boolean", "array"]);
      expect(declared.description, key).to.match(/\.$/);
    }
    expect(Object.keys(config)).to.have.members([
      ...Object.keys(settingDefaults),
      "spotifyClientId",
      "spotifyClientSecret",
    ]);
  });

  for (const stack of ["dev", "prod"]) {
    it(`are all set, and right, in Pulumi.${stack}.yaml, which holds no secret`, () => {
      const { config } = yaml(`Pulumi.${stack}.yaml`);
      const own = Object.entries(config).filter(([key]) => key.startsWith(`${project}:`));
      // The CLI writes all else as texts, with every command that changes the file.
      for (const [key, value] of own)
        expect(value, key).to.satisfy((it: unknown) => typeof it === "string" || Array.isArray(it));
      const texts = own.map(([key, value]) => [
        key.slice(project.length + 1),
        typeof value === "object" ? JSON.stringify(value) : String(value),
      ]);
      expect(settingsWith(Object.fromEntries(texts)).tableFormat).to.equal(
        stack === "dev" ? "csv" : "parquet",
      );
      expect(texts.map(([key]) => key)).to.have.members(Object.keys(settingDefaults));
    });
  }
});
