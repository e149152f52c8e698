import * as fs from "node:fs";
import * as path from "node:path";
import type { GetQueryResultsOutput } from "@aws-sdk/client-athena";
import { expect } from "chai";
import { factQueries } from "../../../cli/status/facts";
import type { Status } from "../../../cli/status/status";
import { QueueFiles, queuesOf } from "../../../cloud/aws/queues";
import { realClock } from "../../../cloud/clock";
import { run } from "../../support/commandLine";
import { deployCloud, type DeployedCloud } from "../../support/deployedCloud";
import { askedFile, deployedStack } from "../../support/deployedStack";
import { makeFolder } from "../../support/folders";

interface Smoke {
  passed: boolean;
  points: { point: string; result: string; says: string }[];
  spotify_calls: number;
  scanned_bytes: number;
}

/** The program on the embedded cloud, which the command reaches by AWS's own clients. */
describe("spotify-lake smoke", function () {
  this.timeout(120_000);
  let dir: string;
  let bin: string;
  let deployed: DeployedCloud;
  before(async () => {
    [dir, bin] = [makeFolder(), makeFolder()];
    // The settings of another test, whose program is evaluated already.
    deployed = await deployCloud(dir, { sources: "profile,saved_tracks", playsSchedule: "never" });
  });
  after(() => deployed.close());
  beforeEach(() => withOutputs({}));

  const withOutputs = (over: Record<string, unknown>, settings: Record<string, string> = {}) =>
    deployedStack(bin, { ...deployed.outputs, ...over }, settings);
  const smoke = (...args: string[]) =>
    run("smoke", ["--stack", "dev", ...args], { ...deployed.env, PATH: `${bin}:${process.env.PATH}` });
  const looked = async (...args: string[]) => {
    const { code, stdout } = await smoke("--yes", "--json", ...args);
    const found = JSON.parse(stdout) as Smoke;
    const of = (result: string) => found.points.filter((one) => one.result === result);
    return { code, found, failed: of("fail"), open: of("not checked").map(({ point }) => point) };
  };

  /** What `status` says of the stack after its run. */
  const expectStatusOfRun = async () => {
    const asked = path.join(bin, askedFile);
    fs.rmSync(asked);
    const { code, stdout, stderr } = await run("status", ["--stack", "dev", "--json"], {
      ...deployed.env,
      PATH: `${bin}:${process.env.PATH}`,
    });
    expect(code, stderr).to.equal(0);
    const asks = stderr.trimEnd().split("\n");
    expect(asks.map((line) => line.replace(/: Scanned .*/, ""))).to.deep.equal(factQueries);
    const found = JSON.parse(stdout) as Status;
    expect(found.last_runs.map((one) => [one.listener, one.status])).to.deep.equal([["me", "complete"]]);
    expect(found.failures).to.deep.equal({ extract: 0, transform: 0, health: 0 });
    expect(found.partitions).to.be.above(0);
    const questions = fs.readFileSync(asked, "utf8").trim().split("\n");
    expect(new Set(questions).size, "each question is put to the CLI once").to.equal(questions.length);
  };

  it("runs a new stack once, and passes all that can be seen", async () => {
    withOutputs({}, { "spotify-data-pipeline:callBudget": "300" });
    const { code, stdout, stderr } = await smoke("--yes");
    expect(stderr).to.match(/^This runs extract of stack dev once, with what is left of today's 300 Spotify/);
    expect(stderr).to.include("4 questions").and.to.include("(about $0.29)");
    expect(code, stdout).to.equal(0);
    const lines = stdout.trim().split("\n");
    expect(
      lines.map((line) => /^(pass|fail|not checked) +([^:]+): .*\.$/.exec(line)?.slice(1, 3)),
    ).to.deep.equal([
      ["pass", "extract"],
      ["pass", "transform"],
      ["pass", "typed rows"],
      ["pass", "catalog"],
      ["pass", "partitions"],
      ["pass", "query runs"],
      ["pass", "query freshness"],
      ["pass", "query playlist_summary"],
      ["pass", "crawler lake"],
      ["pass", "crawler raw"],
      ["pass", "failed events of extract"],
      ["pass", "failed events of health"],
      ["pass", "failed events of transform"],
      ["pass", "alarms"],
      ["not checked", "alarms without data"],
      ["not checked", "alarm mail"],
      ["not checked", "schedule"],
      undefined,
    ]);
    expect(lines.at(-1)).to.match(
      /^14 passed, 0 failed, 3 not checked; [1-9]\d* Spotify calls, 0\.\d+ MB scanned/,
    );
    await expectStatusOfRun();
  });

  it("says what refuses, and does not check what hangs on it", async () => {
    const functionNames = { extract: "nobody", transform: "nobody" };
    withOutputs({ functionNames, crawlerNames: { lake: "none", raw: "none" } });
    const { code, failed, open } = await looked();
    expect(code).to.equal(1);
    expect(failed.map(({ point }) => point)).to.deep.equal(["extract", "crawler lake", "crawler raw"]);
    expect(failed[1]!.says).to.equal("There is no crawler none; bring the stack up to date with pulumi up.");
    expect(open).to.include.members(["transform", "typed rows"]);
  });

  it("fails the points that do not work, each with what to do", async () => {
    const resources = deployed.program.resources;
    const queue = [...queuesOf(resources).values()].find((name) => name.startsWith("health"))!;
    const files = new QueueFiles(dir, realClock);
    const { id } = files.send(queue, "{}");
    deployed.ringing.add("extract-errors");
    // As if a partition were lost: a file in a month that the catalog does not know.
    const key = "g1/plays/snapshot_month=2020-01/me-recently_played-2020-01-01.parquet";
    const lake = deployed.cloud.store("lake");
    await lake.put(key, Buffer.from(""), { ifNoneMatch: "*" });
    const ids = Object.entries(deployed.outputs.namedQueryIds as Record<string, string>);
    withOutputs({ namedQueryIds: Object.fromEntries(ids.filter(([name]) => name !== "runs")) });
    const { code, failed, found, open } = await looked("--no-crawlers", "--wait", "5");
    files.delete(queue, id);
    deployed.ringing.clear();
    await lake.remove([key]);
    expect([code, found.passed]).to.deep.equal([1, false]);
    expect(found.spotify_calls).to.be.above(0);
    expect(found.scanned_bytes).to.be.above(0);
    expect(failed.map(({ point, says }) => `${point}: ${says}`)).to.deep.equal([
      "partitions: The catalog lacks plays 2020-01: npx spotify-lake crawl lake --stack dev registers them.",
      "query runs: The stack has no such query: run pulumi up --stack dev.",
      "failed events of health: 1 wait: fix the cause, then npx spotify-lake redrive --stack dev.",
      "alarms: spotify-data-pipeline-local-extract-errors: The function extract failed 3 times in an hour, as often as an event is tried: see its log. See docs/operations-alarms.md.",
    ]);
    expect(open).to.include.members(["crawler lake", "crawler raw"]);
  });

  it("says why a run's rows do not arrive, and reports columns of other types", async () => {
    const { access } = deployed.cloud;
    const declared = deployed.program.resources.find(
      ({ type, name }) => type === "aws:iam/rolePolicy:RolePolicy" && name === "transform",
    )!;
    const policy = String(declared.inputs.policy);
    const { Statement, ...rest } = JSON.parse(policy) as { Statement: object[] };
    const deny = { Effect: "Deny", Action: "s3:PutObject", Resource: "*" };
    access.putRolePolicy("transform", JSON.stringify({ ...rest, Statement: [...Statement, deny] }));
    const late = await looked("--no-crawlers", "--wait", "2");
    access.putRolePolicy("transform", policy);
    expect(late.failed.map(({ point }) => point)).to.include("transform");
    expect(late.failed[0]!.says).to.match(
      /^After 2 s the rows of run \S+ are not in the lake; npx spotify-lake redrive --stack dev --dry-run shows why: \d failed/,
    );
    expect(late.open).to.include("typed rows");

    const results = deployed.operations["AmazonAthena.GetQueryResults"] as (
      input: object,
    ) => GetQueryResultsOutput;
    deployed.operations["AmazonAthena.GetQueryResults"] = (input: object) => {
      const answer = results(input);
      for (const column of answer.ResultSet!.ResultSetMetadata!.ColumnInfo!)
        if (column.Name === "ended_at") column.Type = "varchar";
      return answer;
    };
    const { failed } = await looked("--no-crawlers");
    expect(failed[0]!.point).to.equal("typed rows");
    expect(failed[0]!.says).to.match(
      /^Athena does not answer with the columns ended_at time, but with .*ended_at other/,
    );
  });

  it("asks before it begins, and needs a deployed stack", async () => {
    const { code, stderr } = await smoke();
    expect(code).to.equal(1);
    expect(stderr).to.include("This runs extract of stack dev").and.to.include("add --yes to begin");
    deployedStack(bin, {});
    const none = await smoke("--yes");
    expect([none.code, none.stderr]).to.deep.equal([
      1,
      "Stack dev has no function yet; deploy it with pulumi up --stack dev.\n",
    ]);
  });
});
