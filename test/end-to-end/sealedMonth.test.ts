import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import type { Status } from "../../cli/status/status";
import { evaluateProgram } from "../../cli/lib/localProgram";
import { QueueFiles, queuesOf } from "../../cloud/aws/queues";
import { realClock } from "../../cloud/clock";
import { readFolder, settingsIn, writeFolder } from "../../cloud/localState";
import { Lake } from "../../cloud/lake/lake";
import { sealAfterDays } from "../../handlers/transform/sealedMonths";
import type { SealResult } from "../../handlers/transform/seal";
import { dayMs } from "../../simulator/times";
import { run } from "../support/commandLine";

/** A lake of one day, whose clock is then moved, by the commands that a person runs. */
describe("a sealed month on the embedded cloud", function () {
  this.timeout(240_000);
  let out: string;
  before(() => (out = fs.mkdtempSync(path.join(os.tmpdir(), "sealed-"))));
  after(() => fs.rmSync(out, { recursive: true }));

  const done = async (command: string, ...args: string[]) => {
    const { code, stdout, stderr } = await run(command, [...args, "--out", out]);
    expect(code, stderr).to.equal(0);
    return stdout;
  };
  const json = async <T>(command: string, ...args: string[]) =>
    JSON.parse(await done(command, ...args, "--json")) as T;
  const moveClock = (now: number) => writeFolder(out, { ...readFolder(out)!, now });

  /** Keys of the lake that begin so. */
  const keys = (prefix: string) => {
    const bucket = path.join(out, "s3", readFolder(out)!.manifest.lakeBucket);
    const files = fs.readdirSync(bucket, { recursive: true, encoding: "utf8" });
    return files.filter((key) => key.startsWith(prefix) && /\.(gz|parquet)$/.test(key)).sort();
  };

  const rawKeys = () => {
    const bucket = path.join(out, "s3", readFolder(out)!.manifest.rawBucket);
    return fs.readdirSync(bucket, { recursive: true, encoding: "utf8" });
  };

  /** How many rows there are in tables and views. */
  const counts = async () => {
    const lake = await Lake.open(readFolder(out)!.manifest, out);
    try {
      const found: number[] = [];
      for (const name of ["profiles", "accepted_reads", "current_saved_tracks", "tracks"])
        found.push(Number((await lake.query(`select count(*) as n from ${name}`)).rows[0]!.n));
      return found;
    } finally {
      lake.close();
    }
  };
  const problems = async () => {
    const { stdout } = await run("verify", ["--json", "--out", out]);
    return (JSON.parse(stdout) as { problems: { kind: string }[] }).problems.map(({ kind }) => kind);
  };

  /** Sends an event of a raw object, as it lies in transform's failure queue, again. */
  const redriven = async (key: string) => {
    const folder = readFolder(out)!;
    const asked = { settings: settingsIn(folder), credentials: undefined, out };
    const { resources, functions } = await evaluateProgram(asked, folder.now, folder.manifest);
    const name = [...queuesOf(resources).values()].find((queue) => queue.startsWith("transform"))!;
    const { arn } = functions.find((one) => one.name.startsWith("transform"))!;
    const requestPayload = { Records: [{ s3: { object: { key } } }] };
    const record = { requestContext: { functionArn: `${arn}:$LATEST` }, requestPayload };
    new QueueFiles(out, realClock).send(name, JSON.stringify(record));
    expect(await json("redrive")).to.deep.include({ sent: 1, failed_again: 0 });
  };

  it("keeps every row through seal, crawl, removal, replay and verify, and is forgotten with its listener", async () => {
    const settings = ["sources=profile,saved_tracks", "playsSchedule=never"];
    const days = ["--days", "1", "--from", "2026-03-15"];
    await done("start", ...days, "--quiet", ...settings.flatMap((setting) => ["--set", setting]));
    const month = "2026-03";
    const whole = await counts();
    expect(Math.min(...whole)).to.be.above(0);

    const sealedOn = async (now: number) => {
      moveClock(now);
      const { sealed, removed, left } = await json<SealResult>("seal");
      expect([left, await counts(), await problems()]).to.deep.equal([[], whole, []]);
      return { sealed, removed };
    };

    const part = Date.UTC(2026, 2, 16) + sealAfterDays * dayMs;
    expect(await sealedOn(part)).to.deep.equal({ sealed: ["2026-03-15"], removed: [] });
    const sealed = keys("sealed/");
    expect(keys("g1/")).not.to.deep.equal([]);

    // A crawler finds the day files, which are still there, and leaves the partitions where they lead to.
    await done("crawl", "lake");
    expect([await counts(), await problems()]).to.deep.equal([whole, []]);

    expect(await sealedOn(part + dayMs)).to.deep.equal({ sealed: [], removed: [month] });
    expect([keys("g1/"), keys("sealed/")]).to.deep.equal([[], sealed]);

    // Sealed files lie in no table's folder.
    await done("crawl", "lake");
    expect([await counts(), await problems()]).to.deep.equal([whole, []]);

    expect(await json("replay")).to.deep.include({ built: 0, failed: [], left: 0 });
    const lost = sealed.find((key) => key.includes("/profiles/"))!;
    fs.rmSync(path.join(out, "s3", readFolder(out)!.manifest.lakeBucket, lost));
    expect(await json("replay", "--stream", "profile")).to.deep.include({ built: 1, failed: [], left: 0 });
    expect([keys("g1/"), keys("sealed/")]).to.deep.equal([[], sealed]);
    expect([await counts(), await problems()]).to.deep.equal([whole, []]);

    const status = await json<Status>("status");
    expect(status).to.deep.include({ sealed_months: [], gaps: 0, failures: {} });
    expect(status.advice.map(({ text }) => text.split(":")[0])).to.deep.equal([
      `Nothing of me was read for ${sealAfterDays + 1} days`,
    ]);
    expect(status.last_runs.map((one) => [one.listener, one.status])).to.deep.equal([["me", "complete"]]);
    expect(status.partitions).to.be.above(0);

    const due = Date.UTC(2026, 3, 1) + sealAfterDays * dayMs;
    expect(await sealedOn(due)).to.deep.equal({ sealed: ["2026-03-31"], removed: [] });
    expect(await sealedOn(due + dayMs)).to.deep.equal({ sealed: [], removed: [month] });
    expect(keys("sealed/").filter((key) => !key.includes("/31/"))).to.deep.equal([]);
    expect(await json<Status>("status")).to.deep.include({ sealed_months: [month] });

    // An event of the sealed month, that failed at its time, changes nothing.
    const key = rawKeys().find((name) => /^raw\/me\/profile\/.*gz$/.test(name))!;
    const files = () => [keys("g1/"), keys("sealed/"), keys("quarantine/")];
    const before = files();
    await redriven(key);
    expect([files(), await counts(), await problems()]).to.deep.equal([before, whole, []]);

    await done("forget", "--listener", "me", "--yes");
    expect([keys("g1/"), keys("sealed/"), await counts()]).to.deep.equal([[], [], [0, 0, 0, 0]]);

    // Nor does one that comes after all was forgotten.
    await redriven(key);
    expect([files(), await counts()]).to.deep.equal([
      [[], [], []],
      [0, 0, 0, 0],
    ]);
  });
});
