import * as fs from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import * as s3 from "@aws-sdk/client-s3";
import { expect } from "chai";
import { serveJson } from "../../../cloud/aws/json";
import { QueueFiles } from "../../../cloud/aws/queues";
import { sqsOperations } from "../../../cloud/aws/sqs";
import { realClock } from "../../../cloud/clock";
import { writeFolder } from "../../../cloud/localState";
import { versionedBucket } from "../../../cli/forget/bucket";
import { S3Server } from "../../../cloud/s3/server";
import { deployedStack } from "../../support/deployedStack";
import { run } from "../../support/commandLine";
import { dataIn } from "../../support/reportPage";
import { sourceManifest } from "../../../cloud/memory/sourceManifest";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const clientOf = (endpoint: string) =>
  new s3.S3Client({ endpoint, forcePathStyle: true, region: "us-east-1", credentials, maxAttempts: 1 });

/** Starts the server and puts one object of each listener into a raw and a lake bucket; returns its address. */
async function fill(server: S3Server): Promise<string> {
  for (const bucket of ["raw-1", "lake-1"]) await server.createBucket(bucket);
  const address = await server.start();
  const client = clientOf(address);
  for (const name of ["me", "ann"]) {
    const put = (Bucket: string, Key: string) =>
      client.send(new s3.PutObjectCommand({ Bucket, Key, Body: "some bytes" }));
    await put("raw-1", `raw/${name}/profile/snapshot_date=2026-11-20/r.jsonl.gz`);
    await put("lake-1", `g1/profiles/snapshot_date=2026-11-20/${name}-profile.parquet`);
  }
  return address;
}

const objectsIn = (root: string) =>
  fs
    .readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(gz|parquet)$/.test(name))
    .sort();

describe("spotify-lake forget", function () {
  this.timeout(60_000);
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "forget-"))));
  afterEach(() => fs.rmSync(dir, { recursive: true }));

  const left = [
    "lake-1/g1/profiles/snapshot_date=2026-11-20/ann-profile.parquet",
    "raw-1/raw/ann/profile/snapshot_date=2026-11-20/r.jsonl.gz",
  ];

  it("deletes a listener's data in a local lake, and events that name it", async () => {
    const manifest = sourceManifest();
    writeFolder(dir, { version: 2, source: "simulated", seed: 1, start: 0, now: 0, manifest });
    const server = new S3Server({ root: path.join(dir, "s3") });
    await fill(server);
    await server.close();
    const queue = path.join(dir, "queues", "transform-failures");
    fs.mkdirSync(queue, { recursive: true });
    for (const name of ["me", "ann"])
      fs.writeFileSync(path.join(queue, `${name}.json`), `{"key":"raw/${name}/profile/x"}`);
    const here = ["--listener", "me", "--out", dir];

    const unasked = await run("forget", here);
    expect([unasked.code, unasked.stderr]).to.deep.equal([
      1,
      "Without a terminal nobody can be asked; add --yes to delete it.\n",
    ]);
    expect(unasked.stdout).to.include("raw: 1 objects and 0 old versions");
    expect(objectsIn(path.join(dir, "s3"))).to.have.length(4);

    const page = path.join(dir, "report.html");
    fs.writeFileSync(page, "what me heard");
    const { code, stdout, stderr } = await run("forget", [...here, "--yes", "--json"]);
    expect(dataIn(page).answers["top_artists/28"]!.rows).to.deep.equal([]);
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(JSON.parse(stdout)).to.deep.equal({
      listener: "me",
      raw: { objects: 1, old: 0, bytes: 10 },
      lake: { objects: 1, old: 0, bytes: 10 },
      first_day: "2026-11-20",
      last_day: "2026-11-20",
    });
    expect(objectsIn(path.join(dir, "s3"))).to.deep.equal(left);
    expect(fs.readdirSync(queue)).to.deep.equal(["ann.json"]);

    const again = await run("forget", [...here, "--yes"]);
    expect([again.code, again.stderr]).to.deep.equal([1, `${dir} holds nothing of a listener me.\n`]);
  });

  it("deletes a listener's data in a stack, and says what is left to do", async () => {
    const bin = fs.mkdtempSync(path.join(dir, "bin-"));
    const queues = new QueueFiles(dir, realClock);
    for (const name of ["me", "ann"]) queues.send("failures", `{"key":"raw/${name}/profile/x"}`);
    const sqs = await serveJson(sqsOperations(["failures"], queues));
    deployedStack(bin, {
      ...{ rawBucketName: "raw-1", lakeBucketName: "lake-1" },
      failureQueueUrls: { transform: `http://${sqs.address}/failures` },
    });
    const server = new S3Server({ root: path.join(dir, "s3") });
    const address = await fill(server);
    try {
      const { code, stdout, stderr } = await run("forget", ["--listener", "me", "--stack", "dev", "--yes"], {
        PATH: `${bin}:${process.env.PATH}`,
        AWS_ENDPOINT_URL_S3: address,
        AWS_ENDPOINT_URL_SQS: `http://${sqs.address}`,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      });
      expect([code, stderr]).to.deep.equal([0, ""]);
      expect(stdout).to.include("Take me out of the setting listeners");
      expect(objectsIn(path.join(dir, "s3"))).to.deep.equal(left);
      expect(queues.list("failures").map(({ body }) => body)).to.deep.equal(['{"key":"raw/ann/profile/x"}']);
    } finally {
      await Promise.all([server.close(), sqs.close()]);
    }
  });

  it("refuses what is no listener's name, and a folder without a lake", async () => {
    expect((await run("forget", ["--listener", "../me"])).stderr).to.include("is no listener's name");
    expect((await run("forget", ["--listener", "me", "--out", path.join(dir, "x")])).stderr).to.equal(
      `There is no lake in ${path.join(dir, "x")}.\n`,
    );
  });
});

describe("a versioned bucket", () => {
  /** An S3 that answers with these bodies, in turn, and keeps what it was asked. */
  async function withAnswers(bodies: string[], use: (client: s3.S3Client) => Promise<void>) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        asked.push(`${request.method} ${request.url}${body && ` ${body}`}`);
        const answer =
          bodies.shift() ?? "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>";
        response.writeHead(answer.startsWith("<Error>") ? 403 : 200, { "content-type": "application/xml" });
        response.end(answer);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      await use(clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    } finally {
      server.close();
      server.closeAllConnections();
    }
    return asked;
  }
  const version = (kind: string, key: string, id: string, isLatest: boolean) =>
    `<${kind}><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>${isLatest}</IsLatest>${kind === "Version" ? "<Size>7</Size>" : ""}</${kind}>`;
  const page = (inner: string) => `<ListVersionsResult>${inner}</ListVersionsResult>`;

  it("lists all versions and delete markers, page by page", async () => {
    const next =
      "<IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>v1</NextVersionIdMarker>";
    const pages = [
      page(next + version("Version", "a", "v2", true) + version("Version", "a", "v1", false)),
      page(version("DeleteMarker", "b", "v4", true) + version("Version", "b", "v3", false)),
    ];
    const asked = await withAnswers(pages, async (client) => {
      expect(await versionedBucket(s3, client, "raw").versions("raw/me/")).to.deep.equal([
        { key: "a", versionId: "v2", size: 7, isCurrent: true },
        { key: "a", versionId: "v1", size: 7, isCurrent: false },
        { key: "b", versionId: "v3", size: 7, isCurrent: false },
        { key: "b", versionId: "v4", size: 0, isCurrent: false },
      ]);
    });
    expect(asked[1]).to.include("key-marker=a").and.to.include("version-id-marker=v1");
  });

  const versions = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      key: `k${index}`,
      versionId: `v${index}`,
      size: 1,
      isCurrent: false,
    }));

  it("deletes versions by their id, a thousand at once", async () => {
    const done = "<DeleteResult></DeleteResult>";
    const asked = await withAnswers([done, done], (client) =>
      versionedBucket(s3, client, "raw").remove(versions(1001)),
    );
    expect(asked.map((one) => one.match(/<VersionId>/g)!.length)).to.deep.equal([1000, 1]);
    expect(asked[1]).to.include("<Key>k1000</Key>").and.to.include("<VersionId>v1000</VersionId>");
  });

  it("says which object stays, and that it may not do this", async () => {
    const errors =
      "<DeleteResult><Error><Key>k0</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error></DeleteResult>";
    await withAnswers([errors], async (client) => {
      const bucket = versionedBucket(s3, client, "raw");
      expect(await bucket.remove(versions(2)).catch((error: Error) => error.message)).to.equal(
        "1 objects of bucket raw could not be deleted, k0 first (AccessDenied: Access Denied); run this again once they can.",
      );
      expect(await bucket.versions("").catch((error: Error) => error.message)).to.equal(
        "Bucket raw does not let this be done: Access Denied",
      );
    });
  });
});
