import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { readFolder } from "../../cloud/localState";
import type { InvokeResult } from "../../cloud/lambda/function";
import { Lake } from "../../cloud/lake/lake";
import { ruleNamed, scheduledEvent } from "../../cloud/events/triggers";
import { bin, root as projectRoot, run } from "../support/commandLine";
import { begin, KilledCloud, type Beginning } from "./killedCloud";
import type { Moment } from "./killer";

/**
 * The real functions, in processes of their own, killed at the worst moments. All tests share one cloud, each a week of
 * it, so that few processes are started; after a failed test the next one gets a cloud of its own.
 */
describe("functions that are killed", function () {
  this.timeout(120_000);
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "killed-"));
  let beginning: Beginning;
  let shared: KilledCloud | undefined;
  let cloud: KilledCloud;
  let clouds = 0;

  before(async () => {
    beginning = await begin(root);
  });
  beforeEach(async () => {
    cloud = shared ??= await KilledCloud.copy(beginning, path.join(root, String((clouds += 1))));
    cloud.nextWeek();
  });
  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    shared = undefined;
    await cloud.stop();
  });
  after(async () => {
    await shared?.stop();
    fs.rmSync(root, { recursive: true });
  });

  const moments: [name: string, when: string, moment: Moment][] = [
    ["extract", "before its first call of Spotify", { request: /^GET \/v1\//, when: "before" }],
    [
      "extract",
      "in the midst of a playlist's pages",
      { request: /^GET \/v1\/playlists\/\w+\/items\?.*offset=50/, when: "before" },
    ],
    [
      "extract",
      "when playlists are written, before the checkpoint",
      { request: /^PUT \/[^/]+\/raw\/me\/playlist_items\//, when: "after" },
    ],
    ["extract", "when its lease is written", { request: /^PUT \/[^/]+\/state\//, when: "after" }],
    [
      "extract",
      "when its third checkpoint is written",
      { request: /^PUT \/[^/]+\/state\//, nth: 3, when: "after" },
    ],
    [
      "extract",
      "when all is done, before it can say so",
      { request: /^POST .*\/invocation\/[^/]+\/response/, when: "before" },
    ],
    ["transform", "before its first write", { request: /^PUT \/[^/]+\/(g\d+|quarantine)\//, when: "before" }],
    [
      "transform",
      "between two files of a stream's day",
      { request: /^PUT \/[^/]+\/g\d+\/.*\/me-playlist_items-/, nth: 2, when: "after" },
    ],
    [
      "transform",
      "when all files are written, before a partition is registered",
      { request: /AWSGlue\.GetPartition$/, when: "before" },
    ],
    ["transform", "between two partitions", { request: /AWSGlue\.GetPartition$/, nth: 2, when: "after" }],
  ];
  for (const [name, when, moment] of moments) {
    it(`${name}, ${when}: its retry brings the truth into the lake`, async () => {
      const { moments: struck } = cloud.killAt([name], moment);
      await cloud.read();
      expect(struck).to.have.length(1);
      await cloud.checkKills(1);
      expect(cloud.failures).to.deep.equal([]);
      await cloud.checkAtRest();
    });
  }

  it("extract, while it holds the lease and keeps a reading of plays from work", async () => {
    const { resources } = beginning.program;
    const plays = ruleNamed(resources, "plays");
    let met: InvokeResult | undefined;
    cloud.onSpotify = async ({ path: asked }) => {
      if (met !== undefined || !asked.startsWith("/v1/me/tracks")) return;
      met = await cloud.cloud.invoke("extract", scheduledEvent(plays, cloud.clock.now()));
      cloud.kill("extract");
    };
    await cloud.read();
    expect(met).to.have.nested.property("payload.status", "yielded");
    await cloud.checkKills(1);
    expect(cloud.failures).to.deep.equal([]);
    await cloud.checkAtRest();
  });

  const exhausting: [name: string, moment: Moment][] = [
    ["extract", { request: /^PUT \/[^/]+\/raw\/me\/playlist_items\//, when: "after" }],
    ["transform", { request: /^PUT \/[^/]+\/g\d+\/.*\/me-saved_tracks-/, nth: 2, when: "before" }],
  ];
  for (const [name, moment] of exhausting) {
    it(`${name}, three times in a row: its event waits to be sent again`, async () => {
      const { moments: struck } = cloud.killAt([name], { ...moment, times: 3 });
      await cloud.read();
      expect(struck).to.have.length(3);
      await cloud.checkKills(3);
      const { failures } = cloud;
      expect(failures).not.to.be.empty;
      for (const { functionName, attempts, error } of failures) {
        expect(functionName).to.match(new RegExp(`^${name}-`));
        expect([attempts, error.errorType]).to.deep.equal([3, "Runtime.ExitError"]);
        expect(error.errorMessage).to.match(/signal: killed$/);
      }
      const waiting = cloud
        .failed(name)
        .map(({ body }) => (JSON.parse(body) as { requestPayload: unknown }).requestPayload);
      expect(waiting).to.have.deep.members(failures.map(({ event }) => event));
      expect(await cloud.redrive()).to.equal(failures.length);
      await cloud.checkAtRest();
    });
  }

  it("both at once", async () => {
    const killer = cloud.killAt(["extract", "transform"], {
      request: /^PUT \/[^/]+\/g\d+\/.*\/me-playlists-/,
      when: "after",
    });
    // Extract has written the lists when it asks for what stands in them: it is held until transform has been killed.
    cloud.onSpotify = async ({ path: asked }) => {
      if (asked.startsWith("/v1/playlists/")) await killer.struck;
    };
    await cloud.read();
    expect(killer.moments).to.have.length(1);
    await cloud.checkKills(2);
    expect(cloud.failures).to.deep.equal([]);
    await cloud.checkAtRest();
  });
});

/** The whole local cloud in a process of its own, `npm start`, with all its functions. */
describe("npm start that is killed", function () {
  this.timeout(240_000);
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "killed-start-"));
  after(() => fs.rmSync(root, { recursive: true }));
  const never = { playsSchedule: "never", crawlerSchedule: "never" };
  const settings = { sources: '["playlists","saved_tracks"]', tableFormat: "csv", ...never };
  const args = (out: string) => [
    ...["--out", out, "--days", "1", "--from", "2026-03-02", "--seed", "7", "--quiet"],
    ...Object.entries(settings).flatMap(([key, value]) => ["--set", `${key}=${value}`]),
  ];

  /** Starts it and kills it when a raw object of the stream is written, and so before its day is over. */
  const startAndKill = async (out: string, stream: string) => {
    const child = spawn(process.execPath, [bin, "start", ...args(out)], {
      cwd: projectRoot,
      env: { PATH: process.env.PATH, HOME: os.homedir() },
    });
    const ended = new Promise<NodeJS.Signals | null>((resolve) => {
      child.once("exit", (code, signal) => resolve(signal));
    });
    const written = new RegExp(`^raw-\\w+/raw/me/${stream}/.*\\.jsonl\\.gz$`);
    const buckets = path.join(out, "s3");
    const hasLanded = () =>
      fs.existsSync(buckets) &&
      fs.readdirSync(buckets, { recursive: true, encoding: "utf8" }).some((file) => written.test(file));
    while (child.exitCode === null && !hasLanded()) await sleep(50);
    child.kill("SIGKILL");
    return ended;
  };

  it("goes on when it is started again, and ends with the lake of one that never was killed", async () => {
    const [whole, killed] = [path.join(root, "whole"), path.join(root, "killed")];
    const undisturbed = await run("start", args(whole));
    expect(await startAndKill(killed, "saved_tracks")).to.equal("SIGKILL");
    expect(readFolder(killed)).to.include({ now: Date.parse("2026-03-02T00:00:00Z") });
    for (const { code, stderr } of [undisturbed, await run("start", args(killed))])
      expect([code, stderr]).to.deep.equal([0, ""]);
    for (const view of ["current_playlists", "current_saved_tracks"]) {
      const [expected, found] = [await contents(whole, view), await contents(killed, view)];
      expect(expected, view).not.to.be.empty;
      expect(found, view).to.deep.equal(expected);
    }
  });
});

/** All rows of a view but for when Spotify answered, as text in an order. */
async function contents(dir: string, view: string): Promise<string[]> {
  const lake = await Lake.open(readFolder(dir)!.manifest, dir);
  try {
    const { rows } = await lake.query(`select * exclude (fetched_at) from ${view}`);
    return rows.map((row) => JSON.stringify(row)).sort();
  } finally {
    lake.close();
  }
}
