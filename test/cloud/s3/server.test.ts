import { writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { join } from "node:path";
import fs = require("node:fs");
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketVersioningCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsCommand,
  ListPartsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { UserError } from "../../../cloud/errors";
import { S3Server } from "../../../cloud/s3/server";
import type { ObjectEvent } from "../../../cloud/types";
import { clientOf, temporaryFilesIn, newFolder, rejection, removeFolders } from "./help";

describe("S3Server", () => {
  let root: string;
  let server: S3Server;
  let url: string;
  let s3: S3Client;

  before(async () => {
    root = await newFolder();
    server = new S3Server({ root });
    await server.createBucket("raw");
    url = await server.start();
    s3 = clientOf(url);
  });
  after(async () => {
    s3.destroy();
    await server.close();
    await removeFolders();
  });

  const Bucket = "raw";
  const put = (Key: string, Body = "body") => s3.send(new PutObjectCommand({ Bucket, Key, Body }));

  describe("start", () => {
    it("answers on 127.0.0.1", () => {
      expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    });

    it("says that a port is in use", async () => {
      const other = new S3Server({ root: await newFolder() });
      const error = await rejection(other.start(Number(new URL(url).port)));
      expect(error).to.be.instanceOf(UserError);
      expect(error.message).to.match(/^Port \d+ is in use by another program: .*\.$/);
      await other.close();
    });

    it("says that a port is not one", async () => {
      const error = await rejection(new S3Server({ root: await newFolder() }).start(99_999));
      expect(error).to.be.instanceOf(UserError);
    });

    it("says that the root cannot be written to", async () => {
      const file = join(await newFolder(), "file");
      await writeFile(file, "");
      const other = new S3Server({ root: join(file, "below") });
      for (const attempt of [() => other.start(), () => other.createBucket("raw")]) {
        const error = await rejection(attempt());
        expect(error).to.be.instanceOf(UserError);
        expect(error.message).to.contain("choose one that can be written to");
      }
    });

    it("says that a bucket name is not allowed", async () => {
      for (const name of ["", "ab", "Upper", ".meta", "a..b", "a/b", "x".repeat(64)])
        expect(await rejection(server.createBucket(name)), name).to.be.instanceOf(UserError);
    });
  });

  it("finds what was written before a restart", async () => {
    await put("kept");
    const again = new S3Server({ root });
    const client = clientOf(await again.start());
    const read = await client.send(new GetObjectCommand({ Bucket, Key: "kept" }));
    expect(await read.Body!.transformToString()).to.equal("body");
    client.destroy();
    await again.close();
  });

  it("emits each change in order, with a growing sequencer", async () => {
    const events: ObjectEvent[] = [];
    const record = (event: ObjectEvent) => events.push(event);
    server.on("object", record);
    const { ETag } = await put("ev/ü +.txt");
    await put("ev/ü +.txt", "other");
    await put("ev/gone");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "ev/gone" }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "ev/gone" }));
    await server.files.put(Bucket, "ev/direct", Buffer.from("x"));
    server.off("object", record);

    expect(events.map(({ name, key }) => `${name} ${key}`)).to.deep.equal([
      "ObjectCreated:Put ev/ü +.txt",
      "ObjectCreated:Put ev/ü +.txt",
      "ObjectCreated:Put ev/gone",
      "ObjectRemoved:Delete ev/gone",
      "ObjectCreated:Put ev/direct",
    ]);
    expect(events[0]).to.include({ bucket: "raw", size: 4, etag: ETag });
    const sequencers = events.map(({ sequencer }) => sequencer);
    expect(new Set(sequencers).size).to.equal(events.length);
    expect(sequencers).to.deep.equal([...sequencers].sort());
  });

  describe("answers 501 with the operation's name for", () => {
    const Key = "kept";
    const UploadId = "u";
    const CopySource = "raw/kept";
    const now = new Date();
    const get = (input: Partial<GetObjectCommandInput>) => new GetObjectCommand({ Bucket, Key, ...input });
    const write = (input: Partial<PutObjectCommandInput>) =>
      new PutObjectCommand({ Bucket, Key, Body: "x", ...input });
    const refused: Record<string, object> = {
      ListBuckets: new ListBucketsCommand({}),
      CreateBucket: new CreateBucketCommand({ Bucket: "more" }),
      GetBucketAcl: new GetBucketAclCommand({ Bucket }),
      GetBucketVersioning: new GetBucketVersioningCommand({ Bucket }),
      GetBucketNotificationConfiguration: new GetBucketNotificationConfigurationCommand({ Bucket }),
      ListObjects: new ListObjectsCommand({ Bucket, Marker: "a" }),
      CopyObject: new CopyObjectCommand({ Bucket, Key, CopySource }),
      CreateMultipartUpload: new CreateMultipartUploadCommand({ Bucket, Key }),
      UploadPart: new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: "x" }),
      UploadPartCopy: new UploadPartCopyCommand({ Bucket, Key, UploadId, PartNumber: 1, CopySource }),
      CompleteMultipartUpload: new CompleteMultipartUploadCommand({ Bucket, Key, UploadId }),
      AbortMultipartUpload: new AbortMultipartUploadCommand({ Bucket, Key, UploadId }),
      ListMultipartUploads: new ListMultipartUploadsCommand({ Bucket }),
      ListParts: new ListPartsCommand({ Bucket, Key, UploadId }),
      PutObjectTagging: new PutObjectTaggingCommand({ Bucket, Key, Tagging: { TagSet: [] } }),
      GetObjectAttributes: new GetObjectAttributesCommand({ Bucket, Key, ObjectAttributes: ["ETag"] }),
      "GetObject with range": get({ Range: "bytes=0-3" }),
      "GetObject with if-match": get({ IfMatch: '"0"' }),
      "GetObject with if-none-match": get({ IfNoneMatch: '"0"' }),
      "GetObject with if-modified-since": get({ IfModifiedSince: now }),
      "GetObject with if-unmodified-since": get({ IfUnmodifiedSince: now }),
      "GetObject with versionId": get({ VersionId: "1" }),
      "GetObject with partNumber": get({ PartNumber: 1 }),
      "GetObject with response-content-type": get({ ResponseContentType: "x" }),
      "PutObject with x-amz-tagging": write({ Tagging: "a=b" }),
      "PutObject with x-amz-acl": write({ ACL: "private" }),
    };
    for (const [name, command] of Object.entries(refused))
      it(name, async () => {
        await put(Key);
        const error = await rejection(s3.send(command as GetObjectCommand));
        expect([error.name, error.$metadata?.httpStatusCode]).to.deep.equal(["NotImplemented", 501]);
        expect(error.message).to.equal(`${name} is not part of the embedded S3 endpoint.`);
      });

    it("HEAD requests, which have no body for it", async () => {
      const heads = [
        new HeadBucketCommand({ Bucket }),
        new HeadObjectCommand({ Bucket, Key, IfNoneMatch: '"0"' }),
        new HeadObjectCommand({ Bucket, Key, Range: "bytes=0-3" }),
      ];
      for (const command of heads) {
        const error = await rejection(s3.send(command as HeadObjectCommand));
        expect(error.$metadata?.httpStatusCode).to.equal(501);
      }
    });
  });

  it("answers what is no address of S3's with an error in XML", async () => {
    const status = async (path: string, method = "GET") => (await fetch(url + path, { method })).status;
    expect(await status("/raw/%ff")).to.equal(400);
    expect(await status("/raw/%ED%A0%80")).to.equal(400);
    expect(await status("/", "POST")).to.equal(501);
    expect(await status("/raw", "POST")).to.equal(501);
    expect(await status("/raw/kept", "PATCH")).to.equal(501);
    expect(await status("/raw/kept?what=1")).to.equal(501);
    const answer = await fetch(`${url}/raw/<none>`);
    expect(answer.headers.get("content-type")).to.equal("application/xml");
    expect(await answer.text()).to.contain("<Code>NoSuchKey</Code>");
  });

  it("takes a signed link", async () => {
    await put("linked");
    const answer = await fetch(`${url}/raw/linked?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0`);
    expect(await answer.text()).to.equal("body");
  });

  it("drops an upload that its client breaks off", async () => {
    await put("broken", "before");
    await new Promise<void>((done) => {
      const upload = request(`${url}/raw/broken`, {
        method: "PUT",
        headers: { "content-length": 1_000_000 },
      });
      upload.on("error", () => done());
      upload.write("half", () => upload.destroy(new Error("gone")));
    });
    // A restart of the endpoint waits for what is running.
    const read = await server.files.get(Bucket, "broken");
    expect((await read!.file.readFile()).toString()).to.equal("before");
    await read!.file.close();
  });

  it("keeps the old object and says so when the disk is full", async () => {
    await put("full", "before");
    const real = { writeSync: fs.writeSync, writeFileSync: fs.writeFileSync };
    for (const succeeding of [0, 1]) {
      let calls = 0;
      // The first file written is the body, the second the sidecar.
      const failing =
        <To>(write: (to: To, content: string) => unknown) =>
        (to: To, ...rest: unknown[]): unknown => {
          if (calls++ < succeeding) return (write as (...args: unknown[]) => unknown)(to, ...rest);
          write(to, "half of it");
          throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
        };
      Object.assign(fs, {
        writeSync: failing<number>(real.writeSync),
        writeFileSync: failing<string>(real.writeFileSync),
      });
      try {
        const error = await rejection(put("full", "after"));
        expect([error.name, error.$metadata?.httpStatusCode]).to.deep.equal(["InsufficientStorage", 507]);
        expect(error.message).to.contain("The disk is full");
      } finally {
        Object.assign(fs, real);
      }
      const read = await s3.send(new GetObjectCommand({ Bucket, Key: "full" }));
      expect(await read.Body!.transformToString()).to.equal("before");
      expect(await temporaryFilesIn(root)).to.equal(0);
    }
  });

  it("keeps the connection, whatever it answers", async () => {
    const agent = new Agent({ keepAlive: true });
    const ask = (method: string, key: string) =>
      new Promise<[number, boolean]>((done, fail) => {
        const sent = request(`${url}/raw/${key}`, { method, agent }, (answer) => {
          answer.resume().on("end", () => setImmediate(done, [answer.statusCode!, sent.reusedSocket]));
        });
        sent.on("error", fail).end();
      });
    await ask("PUT", "kept");
    for (const [method, key, status] of [
      ["HEAD", "kept", 200],
      ["HEAD", "missing", 404],
      ["GET", "missing", 404],
      ["GET", "?list-type=2", 200],
      ["PUT", "kept", 200],
      ["DELETE", "kept", 204],
      ["GET", "?acl", 501],
    ] as const)
      expect(await ask(method, key), `${method} ${key}`).to.deep.equal([status, true]);
    agent.destroy();
  });

  it("keeps serving after a broken read", async () => {
    await server.files.put(Bucket, "long", Buffer.alloc(8 * 1024 * 1024));
    const answer = await fetch(`${url}/raw/long`);
    await answer.body!.cancel();
    expect((await fetch(`${url}/raw/long`, { method: "HEAD" })).status).to.equal(200);
  });

  it("closes while requests are running, and before it was started", async () => {
    const other = new S3Server({ root: await newFolder() });
    await other.createBucket("raw");
    const endpoint = await other.start();
    const upload = request(`${endpoint}/raw/x`, { method: "PUT", headers: { "content-length": 10 } });
    const failed = new Promise((done) => upload.on("error", done));
    await new Promise((done) => upload.write("half", done));
    await other.close();
    await failed;
    expect(await other.files.head("raw", "x")).to.be.undefined;
    await new S3Server({ root }).close();
  });
});
