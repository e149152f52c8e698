import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { serveJson } from "../../../cloud/aws/json";
import { QueueFiles } from "../../../cloud/aws/queues";
import { sqsOperations } from "../../../cloud/aws/sqs";
import { writeFolder } from "../../../cloud/localState";
import { sourceManifest } from "../../../cloud/memory/sourceManifest";
import { run } from "../../support/commandLine";
import { deployedStack } from "../../support/deployedStack";

const queue = "transform-failures-1a2b";
const clock = { now: () => Date.UTC(2030, 0, 1) };

/** A message as transform's failure queue gets it. */
const failureOf = (name: string) =>
  JSON.stringify({
    timestamp: "2030-01-01T00:00:00.000Z",
    requestContext: { functionArn: `arn:aws:lambda:eu-west-1:000000000000:function:${name}-1a2b:$LATEST` },
    requestPayload: { Records: [{ s3: { object: { key: "raw/me/profile/x.jsonl.gz" } } }] },
    responsePayload: { errorMessage: "It is damaged." },
  });

describe("spotify-lake redrive", function () {
  this.timeout(60_000);
  let dir: string;
  let files: QueueFiles;
  let ids: string[];
  beforeEach(() => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), "redrive-"));
    files = new QueueFiles(dir, clock);
    ids = [files.send(queue, failureOf("transform")).id, files.send(queue, failureOf("transform")).id].sort();
  });
  afterEach(() => fs.rmSync(dir, { recursive: true }));
  const left = () => files.list(queue).map(({ id }) => id);

  /** Shows, drops one, asks for it again and shows what is left. */
  async function showAndDrop(place: string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
    const redrive = (...args: string[]) => run("redrive", [...place, ...args], env);
    const about = "2030-01-01 00:00:00 UTC transform-1a2b raw/me/profile/x.jsonl.gz: It is damaged.";
    const shown = await redrive("--dry-run");
    expect([shown.code, shown.stderr]).to.deep.equal([0, ""]);
    const lines = [...ids.map((id) => `${id} ${about}`), "2 failed events.", ""];
    expect(shown.stdout.split("\n").sort()).to.deep.equal(lines.sort());

    const [first, second] = ids as [string, string];
    const dropped = await redrive("--drop", first);
    expect(dropped).to.deep.equal({ code: 0, stdout: `Dropped ${first} ${about}\n`, stderr: "" });
    expect(left()).to.deep.equal([second]);

    const unknown = await redrive("--drop", first);
    const sentence = `There is no failed event ${first}; --dry-run shows the ids.\n`;
    expect(unknown).to.deep.equal({ code: 1, stdout: "", stderr: sentence });
    expect(JSON.parse((await redrive("--dry-run", "--json")).stdout)).to.deep.include({ found: 1, sent: 0 });
    expect(JSON.parse((await redrive("--drop", second, "--json")).stdout)).to.deep.include({
      dropped: second,
    });
    expect((await redrive("--dry-run")).stdout).to.equal("There are no failed events.\n");
  }

  it("shows and drops failed events of this machine, whoever is signed in", async () => {
    const manifest = sourceManifest();
    writeFolder(dir, { version: 2, source: "spotify", seed: 1, start: 0, now: 0, manifest });
    files.send("in-flight", JSON.stringify({ functionArn: "arn:f", event: {} }));
    await showAndDrop(["--out", dir]);
    expect(files.list("in-flight")).to.have.length(1);
  });

  it("shows and drops failed events of a stack", async () => {
    const server = await serveJson(sqsOperations([queue], files));
    const bin = path.join(dir, "bin");
    fs.mkdirSync(bin);
    deployedStack(bin, { failureQueueUrls: { transform: `http://${server.address}/${queue}` } });
    try {
      await showAndDrop(["--stack", "dev"], {
        PATH: `${bin}:${process.env.PATH}`,
        AWS_ENDPOINT_URL_SQS: `http://${server.address}`,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      });
    } finally {
      await server.close();
    }
  });

  it("asks for a sign-in only if an event that reads Spotify waits", async () => {
    const manifest = sourceManifest();
    writeFolder(dir, { version: 2, source: "spotify", seed: 1, start: 0, now: 0, manifest });
    expect(files.hasEventFor("extract")).to.equal(false);
    const reading = files.send("extract-failures-1a2b", failureOf("extract")).id;
    const { code, stderr } = await run("redrive", ["--out", dir]);
    expect([code, stderr]).to.deep.equal([
      1,
      `${dir} holds a real account's data; sign in with npx spotify-lake login, or choose another folder with --out.\n`,
    ]);
    expect((await run("redrive", ["--out", dir, "--drop", reading])).code).to.equal(0);
    expect(files.hasEventFor("extract")).to.equal(false);
  });

  it("says what is wrong: no lake, two wishes at once", async () => {
    const none = path.join(dir, "none");
    for (const flags of [[], ["--dry-run"], ["--drop", "x"]]) {
      const { code, stderr } = await run("redrive", ["--out", none, ...flags]);
      const sentence = `There is no lake in ${none} yet; make one with npm start -- --out ${none}.\n`;
      expect([code, stderr]).to.deep.equal([1, sentence]);
    }
    const both = await run("redrive", ["--dry-run", "--drop", "x"]);
    expect([both.code, both.stderr]).to.deep.equal([
      1,
      "Option '--drop <id>' cannot be used with option '--dry-run'.\n",
    ]);
  });
});
