import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { S3Server } from "../../../cloud/s3/server";
import { s3Store } from "../../../handlers/shared/s3Store";
import { isConflict } from "../../../handlers/shared/store";

const credentials = { accessKeyId: "local", secretAccessKey: "local" };
const body = Buffer.from("x");

describe("s3Store", () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "s3-store-"));
  const server = new S3Server({ root });
  let client: S3Client;
  before(async () => {
    const endpoint = await server.start();
    client = new S3Client({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
    await server.createBucket("lake");
  });
  after(async () => {
    await server.close();
    fs.rmSync(root, { recursive: true });
  });
  const errorOf = (asked: Promise<unknown>) =>
    asked.then(
      () => expect.fail("it was answered"),
      (error: Error) => error,
    );

  it("takes a missing object for none, but not a missing bucket", async () => {
    const lake = s3Store(client, "lake");
    expect(await lake.head("a")).to.equal(undefined);
    expect(await lake.get("a")).to.equal(undefined);
    const { message } = await errorOf(s3Store(client, "gone").get("a"));
    expect(message).to.match(/^S3 refused GetObject of a in bucket gone \(404 NoSuchBucket\): /);
  });

  it("tells a lost race from a missing bucket", async () => {
    const lake = s3Store(client, "lake");
    await lake.put("b", body, { ifNoneMatch: "*" });
    const lost = await errorOf(lake.put("b", body, { ifNoneMatch: "*" }));
    expect(lost.message).to.match(/^S3 refused PutObject of b in bucket lake \(412 PreconditionFailed\): /);
    expect(isConflict(lost)).to.equal(true);
    expect(isConflict(await errorOf(lake.put("c", body, { ifMatch: '"e"' })))).to.equal(true);
    const missing = await errorOf(s3Store(client, "gone").put("b", body, { ifNoneMatch: "*" }));
    expect(missing.message).to.include("PutObject of b in bucket gone (404 NoSuchBucket)");
    expect(isConflict(missing)).to.equal(false);
  });

  it("names operation, key and bucket when nobody answers", async () => {
    const nowhere = new S3Client({
      ...{ endpoint: "http://127.0.0.1:1", region: "us-east-1", credentials, maxAttempts: 1 },
    });
    const store = s3Store(nowhere, "lake");
    for (const [asked, what] of [
      [store.head("k"), "HeadObject of k"],
      [store.list("raw/"), "ListObjectsV2 of raw/*"],
    ] as const) {
      const { message } = await errorOf(asked);
      expect(message).to.match(
        new RegExp(`^S3 did not answer ${what.replace("*", "\\*")} in bucket lake: .`),
      );
    }
  });
});
