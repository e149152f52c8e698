import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { json } from "node:stream/consumers";
import * as s3 from "@aws-sdk/client-s3";
import { expect } from "chai";
import { s3Store } from "../../../handlers/shared/s3Store";
import { dayTargets, quarantineTargets } from "../../../handlers/transform/targets";
import { transform, type S3Event, type StreamDayResult } from "../../../handlers/transform/transform";
import type { Outcome } from "../../../cli/stack/invoke";
import { UserError } from "../../../cloud/errors";
import { replay, sourcesIn, type ReplayReport } from "../../../cli/replay/replay";
import { S3Server } from "../../../cloud/s3/server";
import { header, object, rawObject } from "../../support/rawObjects";
import { eventOf, world } from "../../support/transformWorld";
import { deployedStack } from "../../support/deployedStack";
import { bin, root, run } from "../../support/commandLine";

const settings = { stack: "dev", format: "csv" as const, lakeBucket: "lake" };

/** A raw object of a profile, of that day. */
function profileOn(day: string, ...lines: string[]) {
  const { key, body } = rawObject("profile", 0, [
    header({ stream: "profile" }),
    object({ id: "una" }),
    ...lines,
  ]);
  return { key: key.replace(/snapshot_date=[^/]+/, `snapshot_date=${day}`), body };
}

const days = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"];
/** So many that a replay cannot have done them all when a signal reaches it. */
const manyDays = Array.from({ length: 80 }, (_, at) =>
  new Date(Date.UTC(2026, 5, at + 1)).toISOString().slice(0, 10),
);
const objects = days.map((day) => profileOn(day));

describe("replay", () => {
  function worldWith(more = objects) {
    const here = world();
    for (const { key, body } of more) here.raw.objects.set(key, { body, etag: "e", metadata: {} });
    const invoke = (event: S3Event): Promise<Outcome<StreamDayResult[]>> =>
      transform(here.deps, settings, event).then(
        (results) => ({ results }),
        (error: Error) => ({ error: error.message }),
      );
    return { ...here, invoke };
  }
  const options = (
    invoke: (event: S3Event) => Promise<Outcome<StreamDayResult[]>>,
    stop = new AbortController(),
  ) => ({
    invoke,
    atOnce: 2,
    signal: stop.signal,
    progress: (): void => undefined,
  });

  it("makes what is missing, and the second time nothing, at one HEAD a target", async () => {
    const here = worldWith();
    const sources = await sourcesIn(here.raw, {});
    const streamDay = { listener: "me", slug: "profile", day: "" };
    const targets = [...dayTargets(streamDay, "csv", 0), ...quarantineTargets(streamDay)];
    expect(await replay(sources, options(here.invoke))).to.deep.equal({
      stream_days: 5,
      built: 5,
      up_to_date: 0,
      left: 0,
      failed: [],
    });
    // profiles and quality_results: nothing was skipped, and nothing is in quarantine.
    expect(here.lake.objects.size).to.equal(10);
    const { head } = here.lake;
    let heads = 0;
    here.lake.head = (key) => {
      heads += 1;
      return head(key);
    };
    here.raw.get = () => Promise.reject(new Error("was read"));
    expect(await replay(sources, options(here.invoke))).to.include({ built: 0, up_to_date: 5 });
    expect(heads).to.equal(5 * targets.length);
  });

  it("builds the rest beside a broken raw object, and reports it", async () => {
    const here = worldWith([...objects, profileOn("2026-02-01", "{cut")]);
    const report = await replay(await sourcesIn(here.raw, {}), options(here.invoke));
    expect(report).to.include({ stream_days: 6, built: 5, left: 0 });
    expect(report.failed).to.have.length(1);
    expect(report.failed[0]).to.include({ listener: "me", stream: "profile", day: "2026-02-01" });
    expect(report.failed[0]!.error).to.include("line 3");
  });

  it("stops between two stream-days, and goes on when it is run again", async () => {
    const here = worldWith();
    const sources = await sourcesIn(here.raw, {});
    const stop = new AbortController();
    const progress = ({ built }: ReplayReport) => {
      if (built === 2) stop.abort();
    };
    const first = await replay(sources, { ...options(here.invoke, stop), atOnce: 1, progress });
    expect(first).to.include({ built: 2, left: 3 });
    expect(await replay(sources, options(here.invoke))).to.include({ built: 3, up_to_date: 2, left: 0 });
  });

  it("is safe beside live runs of transform", async () => {
    const here = worldWith();
    await Promise.all([
      replay(await sourcesIn(here.raw, {}), options(here.invoke)),
      ...objects.map(({ key }) => here.invoke(eventOf(key))),
    ]);
    const alone = worldWith();
    await replay(await sourcesIn(alone.raw, {}), options(alone.invoke));
    expect([...here.lake.objects].sort()).to.deep.equal([...alone.lake.objects].sort());
  });

  it("takes days, a stream, a kind of streams, a listener", async () => {
    const keys = [
      "raw/me/profile/snapshot_date=2026-03-01/r-000-a.jsonl.gz",
      "raw/me/profile/snapshot_date=2026-03-01/s-000-b.jsonl.gz",
      "raw/me/playlist_abc-01234567/snapshot_date=2026-03-02/r-000-a.jsonl.gz",
      "raw/ann/profile/snapshot_date=2026-03-03/r-000-a.jsonl.gz",
      "raw/other.txt",
    ];
    const here = world();
    for (const key of keys) here.raw.objects.set(key, { body: Buffer.from(""), etag: "e", metadata: {} });
    const daysOf = async (selection: Parameters<typeof sourcesIn>[1]) =>
      (await sourcesIn(here.raw, selection)).map(({ day, listener }) => `${day} ${listener}`);
    expect(await daysOf({})).to.deep.equal(["2026-03-01 me", "2026-03-02 me", "2026-03-03 ann"]);
    expect(await daysOf({ from: "2026-03-02", to: "2026-03-02" })).to.deep.equal(["2026-03-02 me"]);
    expect(await daysOf({ stream: "playlist" })).to.deep.equal(["2026-03-02 me"]);
    expect(await daysOf({ listener: "ann" })).to.deep.equal(["2026-03-03 ann"]);
    const refused: [Parameters<typeof sourcesIn>[1], RegExp][] = [
      [{ stream: "playlist:XYZ" }, /^Raw holds nothing/],
      [{ stream: "nope" }, /^No table is fed by a stream named nope\. The table container_reads /],
      [{ stream: "saved_trakcs" }, /^No table .* named saved_trakcs; did you mean saved_tracks\? The table /],
      [{ from: "2026-03-02", to: "2026-03-01" }, /^There is no day from/],
    ];
    for (const [selection, sentence] of refused) {
      const error = await sourcesIn(here.raw, selection).catch((one: Error) => one);
      expect(error).to.be.instanceOf(UserError);
      expect((error as Error).message).to.match(sentence);
    }
  });
});

/** A stack of an S3 endpoint and a Lambda endpoint whose function is the real transform on that S3. */
describe("spotify-lake replay --stack", function () {
  this.timeout(120_000);
  let dir: string;
  let server: S3Server;
  let lambda: Server;
  let invoked: () => void;
  let inFlight: number;
  let mostAtOnce: number;
  let env: Record<string, string>;

  beforeEach(async () => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), "replay-"));
    invoked = () => undefined;
    [inFlight, mostAtOnce] = [0, 0];
    server = new S3Server({ root: path.join(dir, "s3") });
    for (const bucket of ["raw-1", "lake-1"]) await server.createBucket(bucket);
    const endpoint = await server.start();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new s3.S3Client({ endpoint, region: "us-east-1", credentials });
    const deps = { ...world().deps, raw: s3Store(client, "raw-1"), lake: s3Store(client, "lake-1") };
    const many = manyDays.map((day) => profileOn(day));
    for (const { key, body } of [...objects, ...many, profileOn("2026-02-01", "{cut")])
      await deps.raw.put(key, body, { ifNoneMatch: "*" });
    lambda = createServer((request, response) => {
      mostAtOnce = Math.max(mostAtOnce, (inFlight += 1));
      const answer = (body: unknown, headers = {}) => {
        inFlight -= 1;
        response.writeHead(200, { "content-type": "application/json", ...headers });
        response.end(JSON.stringify(body));
        invoked();
      };
      expect(request.url).to.equal("/2015-03-31/functions/transform-1/invocations");
      void json(request)
        .then((event) => transform(deps, settings, event as S3Event))
        .then(answer, (error: Error) =>
          answer({ errorMessage: error.message }, { "x-amz-function-error": "Unhandled" }),
        );
    });
    await new Promise<void>((resolve) => lambda.listen(0, "127.0.0.1", resolve));
    deployedStack(dir, { rawBucketName: "raw-1", functionNames: { transform: "transform-1" } });
    env = {
      PATH: `${dir}:${process.env.PATH}`,
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${(lambda.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
  });
  afterEach(async () => {
    lambda.closeAllConnections();
    lambda.close();
    await server.close();
    fs.rmSync(dir, { recursive: true });
  });

  it("has the deployed transform do it, a few at once; failures are reported at the end", async () => {
    const { code, stdout, stderr } = await run("replay", ["--stack", "dev", "--to", days[4]!], env);
    expect(stdout).to.equal("6 stream-days: 5 built again, 0 were up to date.\n");
    expect(stderr).to.match(/^me, profile, 2026-02-01: .*line 3.*\n1 failed; the rest is done\.\n$/);
    expect(code).to.equal(1);
    expect(mostAtOnce).to.be.within(1, 4);
    const again = await run(
      "replay",
      ["--stack", "dev", "--from", days[0]!, "--to", days[4]!, "--json"],
      env,
    );
    expect([again.code, again.stderr]).to.deep.equal([0, ""]);
    expect(JSON.parse(again.stdout)).to.deep.equal({
      stream_days: 5,
      built: 0,
      up_to_date: 5,
      left: 0,
      failed: [],
    });
  });

  it("ends on Ctrl-C with what is left, and goes on when it is given again", async () => {
    const script = [bin, "replay", "--stack", "dev", "--from", manyDays[0]!];
    const child = spawn(process.execPath, [...script, "--json"], {
      cwd: root,
      env: { ...process.env, ...env },
    });
    // A second one would end it at once.
    invoked = () => {
      invoked = () => undefined;
      child.kill("SIGINT");
    };
    const chunks: string[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(String(chunk)));
    const code = await new Promise((resolve) => child.on("close", resolve));
    const first = JSON.parse(chunks.join("")) as ReplayReport;
    expect(code).to.equal(130);
    expect(first.built + first.left).to.equal(80);
    const second = await run("replay", ["--stack", "dev", "--from", manyDays[0]!, "--json"], env);
    expect(second.code).to.equal(0);
    expect(JSON.parse(second.stdout)).to.include({ up_to_date: first.built, built: first.left, left: 0 });
  });
});
