import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { evaluateProgram } from "../../../cli/lib/localProgram";
import { nobody } from "../../../cli/lib/runLocally";
import { QueueFiles, queuesOf } from "../../../cloud/aws/queues";
import { realClock } from "../../../cloud/clock";
import { writeFolder } from "../../../cloud/localState";
import { sourceManifest } from "../../../cloud/memory/sourceManifest";
import { S3Server } from "../../../cloud/s3/server";
import { run } from "../../support/commandLine";
import { Terminal } from "../../support/terminal";
import { dataIn } from "../../support/reportPage";
import { zipOf } from "../../support/zip";

const plays = Array.from({ length: 40 }, (_, index) => ({
  ts: new Date(Date.UTC(2023, 0, 15 + index)).toISOString().replace(".000", ""),
  ms_played: 60_000,
  spotify_track_uri: "spotify:track:t1",
  ip_addr: "192.0.2.1",
}));
const text = JSON.stringify(plays);

/** What is shown while events that an earlier run left are finished. */
const finishing = "Finishing events of the last run";

describe("spotify-lake import", function () {
  this.timeout(120_000);
  let dir: string;
  let zip: string;
  before(async () => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), "import-"));
    zip = path.join(dir, "my_spotify_data.zip");
    fs.writeFileSync(zip, await zipOf({ "a/Streaming_History_Audio_2023.json": text }));
  });
  after(() => fs.rmSync(dir, { recursive: true }));

  it("fills a new lake, which all_plays shows, and changes nothing the second time", async () => {
    const out = path.join(dir, "lake");
    const first = await run("import", [zip, "--out", out]);
    expect([first.code, first.stderr]).to.deep.equal([0, ""]);
    expect(first.stdout)
      .to.match(/2023\.json +40 +0 +2023-01-15 +2023-02-23 +2/)
      .and.to.include("The table streaming_history and the view all_plays have what me played.");
    const sql = "select count(*) as plays, sum(ms_played) as ms, min(origin) as origin from all_plays";
    const asked = await run("query", ["--out", out, "--json", sql]);
    expect((JSON.parse(asked.stdout) as { rows: unknown[] }).rows).to.deep.equal([
      { plays: 40, ms: 2_400_000, origin: "import" },
    ]);
    const { answers, notes } = dataIn(path.join(out, "report.html"));
    expect(
      answers.year_in_review!.rows.map((row) => row[answers.year_in_review!.columns.indexOf("plays")]),
    ).to.deep.equal([40]);
    expect(notes.map(({ text }) => text)).to.deep.equal([
      `Only imported history of me is here; playlists and saved tracks are missing: npx spotify-lake login signs you in, npm start -- --out ${out} reads your account.`,
    ]);
    const again = await run("import", [zip, "--out", out, "--json"]);
    const { files } = JSON.parse(again.stdout) as { files: object[] };
    expect(files[0]).to.include({ plays: 40, objects: 0, objects_known: 2 });
  });

  it("makes a lake whose events are finished and sent again without a sign-in", async () => {
    const out = path.join(dir, "lake");
    const asked = { settings: {}, credentials: nobody, out };
    const { resources, functions } = await evaluateProgram(asked, Date.now());
    const queue = [...queuesOf(resources).values()].find((name) => name.startsWith("transform"))!;
    const transform = functions.find(({ name }) => name.startsWith("transform"))!;
    const bucket = fs.readdirSync(path.join(out, "s3")).find((name) => name.startsWith("raw-"))!;
    const raw = path.join(out, "s3", bucket);
    const key = fs
      .readdirSync(raw, { recursive: true, encoding: "utf8" })
      .find((name) => /^raw\/me\/streaming_history\/.*gz$/.test(name))!;
    const record = {
      requestContext: { functionArn: `${transform.arn}:$LATEST` },
      requestPayload: { Records: [{ s3: { object: { key } } }] },
    };
    const queues = new QueueFiles(out, realClock);
    queues.send(queue, JSON.stringify(record));
    queues.send("in-flight", JSON.stringify({ functionArn: transform.arn, event: record.requestPayload }));
    const terminal = new Terminal();
    const { code, stdout } = await run("redrive", ["--out", out], {}, { stderr: terminal });
    expect(code).to.equal(0);
    expect(terminal.written).to.match(new RegExp(`${finishing}.*Looking for failed events`, "s"));
    expect(queues.list("in-flight")).to.deep.equal([]);
    expect(stdout).to.match(/\n1 of 1 sent again, 0 failed again\.\n$/);
    expect((await run("redrive", ["--out", out, "--dry-run"])).stdout).to.equal(
      "There are no failed events.\n",
    );
  });

  it("imports into a stack's raw bucket, for one of its listeners", async () => {
    const bin = fs.mkdtempSync(path.join(dir, "bin-"));
    const config = { "spotify-data-pipeline:listeners": { objectValue: ["ann", "bob"], secret: false } };
    const script = [
      "#!/bin/sh",
      'case "$*" in',
      `"stack output --json --stack dev --non-interactive") echo '{"rawBucketName":"raw-1"}' ;;`,
      `"stack output --json --stack empty --non-interactive") echo '{}' ;;`,
      `"config --json --stack "*) echo '${JSON.stringify(config)}' ;;`,
      '"config get aws:region --stack dev --non-interactive") echo eu-west-1 ;;',
      "esac",
    ];
    fs.writeFileSync(path.join(bin, "pulumi"), script.join("\n"), { mode: 0o755 });
    const s3 = new S3Server({ root: path.join(dir, "s3") });
    await s3.createBucket("raw-1");
    const env = {
      PATH: `${bin}:${process.env.PATH}`,
      AWS_ENDPOINT_URL_S3: await s3.start(),
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
    try {
      const { code, stderr } = await run("import", [zip, "--stack", "dev", "--listener", "bob"], env);
      expect([code, stderr]).to.deep.equal([0, ""]);
      const found = fs.readdirSync(path.join(dir, "s3"), { recursive: true, encoding: "utf8" });
      expect(found.filter((name) => /bob\/streaming_history\/.*jsonl\.gz$/.test(name))).to.have.length(2);
      const wrong = await run("import", [zip, "--stack", "dev", "--listener", "eve"], env);
      expect([wrong.code, wrong.stderr]).to.deep.equal([
        1,
        "Stack dev has no listener eve; its setting listeners has ann, bob.\n",
      ]);
      expect((await run("import", [zip, "--stack", "empty"], env)).stderr).to.include(
        "pulumi up --stack empty",
      );
    } finally {
      await s3.close();
    }
  });

  it("names a broken file, imports the rest, and fails", async () => {
    const folder = path.join(dir, "export");
    const out = path.join(dir, "broken");
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "Streaming_History_Audio_2022.json"), "[1,");
    fs.writeFileSync(path.join(folder, "Streaming_History_Audio_2023.json"), text.slice(0, -1));
    fs.writeFileSync(
      path.join(folder, "Streaming_History_Audio_2024.json"),
      text.replaceAll("2023-", "2024-"),
    );
    const { code, stderr, stdout } = await run("import", [folder, "--out", out]);
    expect(code).to.equal(1);
    expect(stderr).to.equal(
      "Streaming_History_Audio_2022.json: byte 3: the file ends too early; nothing of it is in.\n" +
        `Streaming_History_Audio_2023.json: byte ${text.length - 1}: the file ends too early; the 40 plays before it are in.\n`,
    );
    expect(stdout).to.match(/2024\.json +40/);
    const raw = fs.readdirSync(path.join(out, "s3"), { recursive: true, encoding: "utf8" });
    const objects = raw.filter((name) => /^raw-.*\.jsonl\.gz$/.test(name));
    expect(objects).to.have.length(4);
    for (const name of objects)
      expect(gunzipSync(fs.readFileSync(path.join(out, "s3", name))).toString()).not.to.include("192.0.2.1");
  });

  it("asks before it adds to simulated data, or another listener", async () => {
    const manifest = sourceManifest();
    const state = { version: 2 as const, seed: 1, start: 0, now: 0, manifest };
    const [simulated, own] = ["simulated", "own"].map((name) => path.join(dir, name)) as [string, string];
    for (const folder of [simulated, own]) fs.mkdirSync(folder);
    writeFolder(simulated, { ...state, source: "simulated" });
    writeFolder(own, { ...state, source: "spotify" });
    const nobody =
      "Without a terminal nobody can be asked; add --yes to import all the same, or choose another";
    const cases: [string[], string][] = [
      [
        ["--out", simulated],
        `${simulated} holds simulated data, to which the import would add real plays. ${nobody} folder with --out.\n`,
      ],
      [
        ["--out", own, "--listener", "bob"],
        `${own} has no listener bob; it has me. ${nobody} --listener or --out.\n`,
      ],
    ];
    for (const [args, sentence] of cases) {
      expect(await run("import", [zip, ...args])).to.deep.equal({ code: 1, stdout: "", stderr: sentence });
      const declined = await run("import", [zip, ...args], {}, { ask: () => Promise.resolve("") });
      expect([declined.code, declined.stderr]).to.deep.equal([1, "Nothing was changed.\n"]);
    }
    expect(fs.existsSync(path.join(own, "s3"))).to.equal(false);
    const terminal = new Terminal();
    const agreed = await run("import", [zip, "--out", simulated, "--yes"], {}, { stderr: terminal });
    expect(terminal.written).to.include("Transforming").and.not.to.include(finishing);
    expect([agreed.code, terminal.screen]).to.deep.equal([0, ""]);
  });

  it("says what is missing", async () => {
    expect((await run("import", [])).stderr).to.include("Missing required argument 'export'");
    const none = await run("import", [path.join(dir, "none.zip"), "--out", path.join(dir, "none")]);
    expect([none.code, none.stderr]).to.deep.equal([
      1,
      `There is no ${path.join(dir, "none.zip")}; name the zip that Spotify sent, or its folder.\n`,
    ]);
    expect(fs.existsSync(path.join(dir, "none"))).to.equal(false);
    expect((await run("import", [zip, "--listener", "../x"])).stderr).to.include("is no listener's name");
  });
});
