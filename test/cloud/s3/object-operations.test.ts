import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { DeleteObjectCommand, type PutObjectCommandInput } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { temporaryFilesIn, refusal, rejection } from "./help";
import { now, objectServer } from "./objectServer";

describe("object operations", () => {
  const { root, s3, put, get, head, text } = objectServer();
  const quoted = (body: string | Buffer) => `"${createHash("md5").update(body).digest("hex")}"`;

  describe("PutObject and GetObject", () => {
    it("keep body, headers and user metadata", async () => {
      const answer = await put("a/b.jsonl.gz", "hello", {
        ContentType: "application/gzip",
        ContentEncoding: "gzip",
        CacheControl: "no-store",
        Metadata: { digest: "1f", "run-id": "r 1" },
      });
      expect(answer.ETag).to.equal(quoted("hello"));
      expect(answer.ChecksumCRC32).to.equal("NhCmhg==");

      const read = await get("a/b.jsonl.gz");
      expect(await read.Body!.transformToString()).to.equal("hello");
      expect(read).to.include({
        ETag: quoted("hello"),
        ContentLength: 5,
        ContentType: "application/gzip",
        ContentEncoding: "gzip",
        CacheControl: "no-store",
        ChecksumCRC32: "NhCmhg==",
        ChecksumType: "FULL_OBJECT",
      });
      expect(read.Metadata).to.deep.equal({ digest: "1f", "run-id": "r 1" });
      expect(read.LastModified).to.deep.equal(new Date(Math.floor(now / 1000) * 1000));
    });

    it("lay the body down as a plain file", async () => {
      await put("raw/day=1/x.csv", "a\tb\n");
      expect(await readFile(join(root(), "raw", "raw", "day=1", "x.csv"), "utf8")).to.equal("a\tb\n");
    });

    it("replace body and metadata together", async () => {
      await put("replaced", "one", { Metadata: { v: "1" } });
      await put("replaced", "two!", { Metadata: { v: "2" } });
      const read = await get("replaced");
      expect(await read.Body!.transformToString()).to.equal("two!");
      expect(read.Metadata).to.deep.equal({ v: "2" });
    });

    it("take streams, which the SDK frames as aws-chunked with a trailing checksum", async () => {
      const body = randomBytes(300_000);
      const chunks = () =>
        Readable.from([body.subarray(0, 10), body.subarray(10, 200_000), body.subarray(200_000)]);
      await put("streamed", chunks(), { ContentLength: body.length });
      await put("streamed-sha", chunks(), {
        ContentLength: body.length,
        ChecksumAlgorithm: "SHA256",
        ContentEncoding: "gzip",
      });
      for (const key of ["streamed", "streamed-sha"]) {
        const read = await get(key);
        expect(Buffer.from(await read.Body!.transformToByteArray()).equals(body), key).to.be.true;
      }
      expect((await head("streamed-sha")).ContentEncoding).to.equal("gzip");
    });

    it("pass large bodies through the disk", async () => {
      const body = randomBytes(12 * 1024 * 1024);
      await put("large", body);
      expect((await buffer((await get("large")).Body as Readable)).equals(body)).to.be.true;
      expect(await temporaryFilesIn(root())).to.equal(0);
    });

    it("take empty bodies", async () => {
      await put("empty", Buffer.alloc(0));
      expect(await text("empty")).to.equal("");
      expect((await head("empty")).ContentLength).to.equal(0);
    });

    for (const key of [
      "sp ace/a+b=c&d.txt",
      "100%/%2F%20",
      "ü/日本/😀",
      "quote'\"<>",
      "dot./.hidden",
      "tab\tand\nline",
    ])
      it(`take the key ${JSON.stringify(key)}`, async () => {
        await put(key, key);
        expect(await text(key)).to.equal(key);
        expect(await readFile(join(root(), "raw", ...key.split("/")), "utf8")).to.equal(key);
        await s3().send(new DeleteObjectCommand({ Bucket: "raw", Key: key }));
        expect(await refusal(get(key))).to.deep.equal(["NoSuchKey", 404]);
      });

    it("refuse buckets and keys that are not there", async () => {
      expect(await refusal(get("none"))).to.deep.equal(["NoSuchKey", 404]);
      expect(await refusal(head("none"))).to.deep.equal(["NotFound", 404]);
      expect(await refusal(put("x", "x", { Bucket: "nowhere" }))).to.deep.equal(["NoSuchBucket", 404]);
      expect(await refusal(get("x", { Bucket: ".meta" }))).to.deep.equal(["NoSuchBucket", 404]);
    });

    it("answer an early refusal although the body is large", async () => {
      const body = Buffer.alloc(20 * 1024 * 1024);
      expect(await refusal(put("x", body, { Bucket: "nowhere" }))).to.deep.equal(["NoSuchBucket", 404]);
    });
  });

  describe("keys that cannot be files", () => {
    const cases: Record<string, string> = {
      "a//b": "is empty",
      "folder/": "is empty",
      "a/./b": 'is "."',
      "../../escape": 'is ".."',
      [`a/${"é".repeat(128)}`]: "longer than 255 bytes",
      "with\0nul": "NUL",
    };
    for (const [key, reason] of Object.entries(cases))
      it(`are refused: ${JSON.stringify(key.slice(0, 20))}`, async () => {
        const error = await rejection(put(key, "x"));
        expect(error.$metadata?.httpStatusCode).to.equal(400);
        expect(error.message).to.contain(reason);
      });

    it("are not there to be read", async () => {
      for (const key of Object.keys(cases)) {
        expect(await refusal(get(key)), key).to.deep.equal(["NoSuchKey", 404]);
        expect(await refusal(head(key)), key).to.deep.equal(["NotFound", 404]);
      }
    });

    it("are refused if they are longer than S3 allows", async () => {
      expect(await refusal(put("a/".repeat(512) + "a", "x"))).to.deep.equal(["KeyTooLongError", 400]);
    });

    it("are refused inside, or around, the key of another object, which stays as it is", async () => {
      await put("k/file", "file");
      const inside = await rejection(put("k/file/child", "x"));
      const around = await rejection(put("k", "x"));
      expect(inside.$metadata?.httpStatusCode).to.equal(400);
      expect(inside.message).to.contain("a part of it is the key of another object");
      expect(around.$metadata?.httpStatusCode).to.equal(400);
      expect(around.message).to.contain("other objects have keys that begin with it");
      expect(await text("k/file")).to.equal("file");
      expect(await refusal(get("k"))).to.deep.equal(["NoSuchKey", 404]);
      expect(await refusal(get("k/file/child"))).to.deep.equal(["NoSuchKey", 404]);
    });
  });

  describe("conditional writes", () => {
    it("If-None-Match: * writes only where nothing is", async () => {
      await put("first", "1", { IfNoneMatch: "*" });
      expect(await refusal(put("first", "2", { IfNoneMatch: "*" }))).to.deep.equal([
        "PreconditionFailed",
        412,
      ]);
      expect(await text("first")).to.equal("1");
    });

    it("If-Match writes only over that version", async () => {
      const { ETag } = await put("matched", "1");
      await put("matched", "2", { IfMatch: ETag });
      expect(await refusal(put("matched", "3", { IfMatch: ETag }))).to.deep.equal([
        "PreconditionFailed",
        412,
      ]);
      expect(await refusal(put("missing", "3", { IfMatch: ETag }))).to.deep.equal(["NoSuchKey", 404]);
      expect(await text("matched")).to.equal("2");
    });

    it("let exactly one of many racing writers win", async () => {
      const race = async (name: string, condition: Partial<PutObjectCommandInput>) => {
        const writers = Array.from({ length: 12 }, (_, i) => put("raced", `${name} ${i}`, condition));
        const ended = await Promise.allSettled(writers);
        const winners = ended.flatMap((end, i) => (end.status === "fulfilled" ? [i] : []));
        expect(winners).to.have.length(1);
        expect(await text("raced")).to.equal(`${name} ${winners[0]}`);
        return quoted(`${name} ${winners[0]}`);
      };
      const etag = await race("first", { IfNoneMatch: "*" });
      await race("second", { IfMatch: etag });
    });

    it("refuse If-None-Match with an ETag, as S3 does", async () => {
      expect(await refusal(put("first", "1", { IfNoneMatch: '"0"' }))).to.deep.equal(["NotImplemented", 501]);
    });
  });

  describe("DeleteObject", () => {
    const remove = (Key: string, IfMatch?: string) =>
      s3().send(new DeleteObjectCommand({ Bucket: "raw", Key, IfMatch }));

    it("deletes, and does not mind if there is nothing", async () => {
      await put("gone/deep/x", "x");
      await remove("gone/deep/x");
      await remove("gone/deep/x");
      expect(await refusal(get("gone/deep/x"))).to.deep.equal(["NoSuchKey", 404]);
    });

    it("leaves no folder in the way of a key", async () => {
      await put("way/deep/x", "x");
      await remove("way/deep/x");
      await put("way", "now a file");
      expect(await text("way")).to.equal("now a file");
    });

    it("takes the id of the one version, and no other", async () => {
      const removeVersion = (VersionId: string) =>
        s3().send(new DeleteObjectCommand({ Bucket: "raw", Key: "versioned", VersionId }));
      await put("versioned", "1");
      expect(await refusal(removeVersion("1"))).to.deep.equal(["NotImplemented", 501]);
      expect(await text("versioned")).to.equal("1");
      await removeVersion("null");
      expect(await refusal(get("versioned"))).to.deep.equal(["NoSuchKey", 404]);
    });

    it("keeps its condition", async () => {
      const { ETag } = await put("kept", "1");
      expect(await refusal(remove("kept", '"0"'))).to.deep.equal(["PreconditionFailed", 412]);
      await remove("kept", ETag);
      expect(await refusal(remove("kept", ETag))).to.deep.equal(["NoSuchKey", 404]);
    });
  });

  it("refuses more user metadata than S3 takes", async () => {
    expect(await refusal(put("m", "x", { Metadata: { big: "x".repeat(2100) } }))).to.deep.equal([
      "MetadataTooLarge",
      400,
    ]);
  });
});
