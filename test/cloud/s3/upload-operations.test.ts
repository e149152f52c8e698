import { createHash, randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  type CompletedPart,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import type { ObjectEvent } from "../../../cloud/types";
import { S3Server } from "../../../cloud/s3/server";
import { clientOf, draftsIn, newFolder, refusal, removeFolders } from "./help";

describe("multipart uploads", () => {
  const MiB = 1024 * 1024;
  const body = randomBytes(12 * MiB);
  const slices = [body.subarray(0, 5 * MiB), body.subarray(5 * MiB, 10 * MiB), body.subarray(10 * MiB)];
  const hash = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest();
  const Bucket = "raw";
  let root: string;
  let server: S3Server;
  let s3: S3Client;

  before(async () => {
    root = await newFolder();
    server = new S3Server({ root });
    await server.createBucket(Bucket);
    s3 = clientOf(await server.start());
  });
  after(async () => {
    s3.destroy();
    await server.close();
    await removeFolders();
  });

  const begin = async (Key: string, more = {}) =>
    (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }))).UploadId!;
  const upload = async (
    Key: string,
    UploadId: string,
    PartNumber: number,
    Body: Buffer,
  ): Promise<CompletedPart> => {
    const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
    return { PartNumber, ETag };
  };
  const complete = (
    Key: string,
    UploadId: string,
    Parts: CompletedPart[],
    more: Partial<CompleteMultipartUploadCommandInput> = {},
  ) =>
    s3.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }),
    );
  const read = async (Key: string) => {
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
    return { ...answer, bytes: Buffer.from(await answer.Body!.transformToByteArray()) };
  };

  it("join 12 MB of parts, whatever order they came in", async () => {
    const events: ObjectEvent[] = [];
    server.once("object", (event) => events.push(event));
    const id = await begin("big", { Metadata: { v: "1" }, ContentType: "text/x" });
    const parts = await Promise.all([2, 0, 1].map((i) => upload("big", id, i + 1, slices[i]!)));
    expect(await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: "big" })))).to.deep.equal([
      "NotFound",
      404,
    ]);

    const answer = await complete("big", id, [parts[1]!, parts[2]!, parts[0]!]);
    const etag = `"${hash("md5", Buffer.concat(slices.map((slice) => hash("md5", slice)))).toString("hex")}-3"`;
    expect(answer.ETag).to.equal(etag);
    const object = await read("big");
    expect(object.bytes.equals(body)).to.be.true;
    expect(object).to.include({ ETag: etag, ContentType: "text/x" });
    expect(object.Metadata).to.deep.equal({ v: "1" });
    expect(events).to.have.length(1);
    expect(events[0]).to.include({ name: "ObjectCreated:CompleteMultipartUpload", size: body.length, etag });
    expect(await readdir(join(root, ".uploads"))).to.be.empty;
    expect(await draftsIn(root)).to.equal(0);
  });

  it("take the newest of two parts of one number", async () => {
    const id = await begin("again");
    const old = await upload("again", id, 1, Buffer.from("old"));
    const fresh = await upload("again", id, 1, Buffer.from("fresh"));
    expect(await refusal(complete("again", id, [old]))).to.deep.equal(["InvalidPart", 400]);
    await complete("again", id, [fresh]);
    expect((await read("again")).bytes.toString()).to.equal("fresh");
  });

  it("refuse to complete what does not fit, and can be completed afterwards", async () => {
    const id = await begin("picky");
    const parts = [
      await upload("picky", id, 1, slices[0]!),
      await upload("picky", id, 2, Buffer.from("end")),
    ];
    const [first, last] = parts as [CompletedPart, CompletedPart];
    const tries: [CompletedPart[], Partial<CompleteMultipartUploadCommandInput>, string, number][] = [
      [[last, first], {}, "InvalidPartOrder", 400],
      [[first, first], {}, "InvalidPartOrder", 400],
      [[{ ...first, ETag: last.ETag }], {}, "InvalidPart", 400],
      [[{ ...first, ETag: '"../../x"' }], {}, "InvalidPart", 400],
      [[first, { PartNumber: 3, ETag: last.ETag }], {}, "InvalidPart", 400],
      [[], {}, "MalformedXML", 400],
      [[{ ...first, ChecksumCRC32: "AAAAAA==" }, last], {}, "BadDigest", 400],
      [parts, { ChecksumSHA256: "AAAA" }, "BadDigest", 400],
      [parts, { ChecksumCRC32: "AAAAAA==-2" }, "NotImplemented", 501],
      [parts, { IfMatch: '"0"' }, "NoSuchKey", 404],
    ];
    for (const [named, more, code, status] of tries)
      expect(await refusal(complete("picky", id, named, more)), code).to.deep.equal([code, status]);

    const whole = Buffer.concat([slices[0]!, Buffer.from("end")]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(slices[0]!));
    await complete("picky", id, [{ ...first, ChecksumCRC32: sum.toString("base64") }, last], {
      ChecksumSHA256: hash("sha256", whole).toString("base64"),
    });
    expect((await read("picky")).bytes.equals(whole)).to.be.true;
  });

  it("refuse small parts before the last", async () => {
    const id = await begin("small");
    const parts = [
      await upload("small", id, 1, Buffer.from("a")),
      await upload("small", id, 2, Buffer.from("b")),
    ];
    expect(await refusal(complete("small", id, parts))).to.deep.equal(["EntityTooSmall", 400]);
  });

  it("keep write conditions", async () => {
    const ids = [await begin("one"), await begin("one")];
    const parts = await Promise.all(ids.map((id, i) => upload("one", id, 1, Buffer.from(`${i}`))));
    const ended = await Promise.allSettled(
      ids.map((id, i) => complete("one", id, [parts[i]!], { IfNoneMatch: "*" })),
    );
    expect(ended.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    const winner = ended.findIndex(({ status }) => status === "fulfilled");
    expect((await read("one")).bytes.toString()).to.equal(`${winner}`);
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket, Key: "one" }));
    await complete("one", ids[1 - winner]!, [parts[1 - winner]!], { IfMatch: ETag });
    expect((await read("one")).bytes.toString()).to.equal(`${1 - winner}`);
  });

  it("can be aborted", async () => {
    const id = await begin("dropped");
    const part = await upload("dropped", id, 1, Buffer.from("x"));
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "dropped", UploadId: id }));
    expect(await refusal(upload("dropped", id, 2, Buffer.from("x")))).to.deep.equal(["NoSuchUpload", 404]);
    expect(await refusal(complete("dropped", id, [part]))).to.deep.equal(["NoSuchUpload", 404]);
    expect(await refusal(s3.send(new HeadObjectCommand({ Bucket, Key: "dropped" })))).to.deep.equal([
      "NotFound",
      404,
    ]);
  });

  it("are known by bucket, key and id together", async () => {
    const id = await begin("mine");
    for (const [key, uploadId] of [
      ["yours", id],
      ["mine", "../raw"],
      ["mine", "0".repeat(36)],
    ] as const)
      expect(await refusal(upload(key, uploadId, 1, Buffer.from("x")))).to.deep.equal(["NoSuchUpload", 404]);
    expect(await refusal(upload("mine", id, 10_001, Buffer.from("x")))).to.deep.equal([
      "InvalidArgument",
      400,
    ]);
    expect(await refusal(begin("a//b"))).to.deep.equal(["InvalidArgument", 400]);
  });

  it("outlive a restart, their parts being files", async () => {
    const id = await begin("later");
    const part = await upload("later", id, 1, Buffer.from("x"));
    const restarted = new S3Server({ root });
    const client = clientOf(await restarted.start());
    await client.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key: "later",
        UploadId: id,
        MultipartUpload: { Parts: [part] },
      }),
    );
    client.destroy();
    await restarted.close();
    expect((await read("later")).bytes.toString()).to.equal("x");
  });
});
