import { createHash } from "node:crypto";
import * as sdk from "@aws-sdk/client-s3";
import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { versionedBucket } from "../../../cli/forget/bucket";
import { S3Server } from "../../../cloud/s3/server";
import { clientOf, newFolder, refusal, removeFolders } from "./help";

describe("bucket operations", () => {
  const now = Date.UTC(2026, 2, 1, 12, 0, 0, 250);
  let server: S3Server;
  let url: string;
  let s3: S3Client;

  before(async () => {
    server = new S3Server({ root: await newFolder(), clock: { now: () => now } });
    url = await server.start();
    s3 = clientOf(url);
  });
  after(async () => {
    s3.destroy();
    await server.close();
    await removeFolders();
  });

  const fill = async (bucket: string, keys: string[]) => {
    await server.createBucket(bucket);
    await Promise.all(keys.map((key) => server.files.put(bucket, key, Buffer.from(key))));
  };
  const list = (Bucket: string, more: Partial<ListObjectsV2CommandInput> = {}) =>
    s3.send(new ListObjectsV2Command({ Bucket, ...more }));
  const keysOf = (answer: { Contents?: { Key?: string }[] }) => (answer.Contents ?? []).map(({ Key }) => Key);
  const prefixesOf = (answer: { CommonPrefixes?: { Prefix?: string }[] }) =>
    (answer.CommonPrefixes ?? []).map(({ Prefix }) => Prefix);

  const many = Array.from({ length: 2500 }, (_, i) => `k/${i % 50}/${String(i).padStart(4, "0")}`);
  before(async () => {
    await fill("many", many);
    await fill("lists", ["b", "a/1", "a/2", "a-b", "c/d/e", "ü", "😀", "ﬀ", "sp ace+%&<"]);
  });

  describe("ListObjectsV2", () => {
    it("lists keys by their UTF-8 bytes, with what HEAD says of them", async () => {
      const answer = await list("lists");
      expect(keysOf(answer)).to.deep.equal(["a-b", "a/1", "a/2", "b", "c/d/e", "sp ace+%&<", "ü", "ﬀ", "😀"]);
      expect(answer).to.include({ KeyCount: 9, IsTruncated: false, MaxKeys: 1000, Name: "lists" });
      expect(answer.Contents?.[0]).to.deep.include({
        Size: 3,
        ETag: `"${createHash("md5").update("a-b").digest("hex")}"`,
        LastModified: new Date(now),
        StorageClass: "STANDARD",
      });
    });

    it("keeps to a prefix, a delimiter and a start", async () => {
      expect(keysOf(await list("lists", { Prefix: "a" }))).to.deep.equal(["a-b", "a/1", "a/2"]);
      expect(keysOf(await list("lists", { Prefix: "a/2" }))).to.deep.equal(["a/2"]);
      expect(keysOf(await list("lists", { Prefix: "nothing" }))).to.deep.equal([]);
      expect(keysOf(await list("lists", { StartAfter: "a/2" }))[0]).to.equal("b");
      const rolled = await list("lists", { Delimiter: "/" });
      expect(prefixesOf(rolled)).to.deep.equal(["a/", "c/"]);
      expect(keysOf(rolled)).to.deep.equal(["a-b", "b", "sp ace+%&<", "ü", "ﬀ", "😀"]);
      expect(rolled.KeyCount).to.equal(8);
      expect(prefixesOf(await list("lists", { Delimiter: "/", Prefix: "c/" }))).to.deep.equal(["c/d/"]);
    });

    it("encodes keys on request", async () => {
      const answer = await list("lists", { Prefix: "sp", EncodingType: "url" });
      expect(answer.EncodingType).to.equal("url");
      expect(keysOf(answer).map((key) => decodeURIComponent(key!))).to.deep.equal(["sp ace+%&<"]);
      expect(await refusal(list("lists", { EncodingType: "other" as "url" }))).to.deep.equal([
        "InvalidArgument",
        400,
      ]);
    });

    it("gives pages of one entry as it gives a whole", async () => {
      const entries: string[] = [];
      for await (const page of paginateListObjectsV2(
        { client: s3, pageSize: 1 },
        { Bucket: "lists", Delimiter: "/" },
      )) {
        expect(page.KeyCount).to.equal(1);
        entries.push(...[...keysOf(page), ...prefixesOf(page)].map(String));
      }
      expect(entries).to.deep.equal(["a-b", "a/", "b", "c/", "sp ace+%&<", "ü", "ﬀ", "😀"]);
    });

    it("gives nothing for max-keys=0 and refuses what is no number", async () => {
      expect(await list("lists", { MaxKeys: 0 })).to.include({ KeyCount: 0, IsTruncated: false });
      expect((await fetch(`${url}/lists?list-type=2&max-keys=many`)).status).to.equal(400);
    });

    it("pages through 2,500 keys", async () => {
      const seen: string[] = [];
      const sizes: number[] = [];
      for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket: "many", MaxKeys: 5000 })) {
        seen.push(...keysOf(page).map(String));
        sizes.push(page.KeyCount!);
      }
      expect(sizes).to.deep.equal([1000, 1000, 500]);
      expect(seen).to.deep.equal([...many].sort());
    });

    for (const token of ["", "b", "YQ", "not base64url!"])
      it(`refuses the continuation token ${JSON.stringify(token)}`, async () => {
        const address = `${url}/lists?list-type=2&continuation-token=${encodeURIComponent(token)}`;
        const answer = await fetch(address);
        expect(answer.status).to.equal(400);
        expect(await answer.text()).to.contain("<Code>InvalidArgument</Code>");
      });

    it("refuses a bucket that is not there", async () => {
      expect(await refusal(list("elsewhere"))).to.deep.equal(["NoSuchBucket", 404]);
    });
  });

  describe("ListObjectVersions", () => {
    it("has the one version of each key, which DeleteObjects takes", async () => {
      const bucket = versionedBucket(sdk, s3, "versions");
      await fill("versions", ["a", "b/1", "b/2"]);
      const found = await bucket.versions("b/");
      expect(found.map(({ key, versionId, isCurrent }) => [key, versionId, isCurrent])).to.deep.equal([
        ["b/1", "null", true],
        ["b/2", "null", true],
      ]);
      await bucket.remove(found);
      const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket: "versions", MaxKeys: 1 }));
      expect(Versions!.map(({ Key }) => Key)).to.deep.equal(["a"]);
      expect(await bucket.versions("")).to.have.length(1);
    });

    it("pages by key, common prefixes too", async () => {
      const entries: string[] = [];
      let markers: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
      while (markers) {
        const page: ListObjectVersionsCommandOutput = await s3.send(
          new ListObjectVersionsCommand({ Bucket: "lists", Delimiter: "/", MaxKeys: 3, ...markers }),
        );
        entries.push(...(page.Versions ?? []).map(({ Key }) => Key!), ...prefixesOf(page).map(String));
        markers = page.IsTruncated
          ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
          : undefined;
      }
      expect(entries).to.have.members(["a-b", "a/", "b", "c/", "sp ace+%&<", "ü", "ﬀ", "😀"]);
    });

    it("refuses a version that is not there, or has no key", async () => {
      const versionsFrom = (markers: { KeyMarker?: string; VersionIdMarker?: string }) =>
        s3.send(new ListObjectVersionsCommand({ Bucket: "lists", ...markers }));
      for (const markers of [{ VersionIdMarker: "null" }, { KeyMarker: "b", VersionIdMarker: "1" }])
        expect(await refusal(versionsFrom(markers))).to.deep.equal(["InvalidArgument", 400]);
      expect((await versionsFrom({ KeyMarker: "ﬀ" })).Versions?.map(({ Key }) => Key)).to.deep.equal(["😀"]);
    });

    it("pages through 2,500 keys, which DeleteObjects removes", async () => {
      const bucket = versionedBucket(sdk, s3, "many");
      const found = await bucket.versions("k/");
      expect(found.map(({ key }) => key)).to.deep.equal([...many].sort());
      await bucket.remove(found);
      expect(await bucket.versions("")).to.deep.equal([]);
    });
  });

  describe("DeleteObjects", () => {
    const remove = (Objects: { Key: string; ETag?: string; VersionId?: string }[], Quiet?: boolean) =>
      s3.send(new DeleteObjectsCommand({ Bucket: "deletes", Delete: { Objects, Quiet } }));

    it("deletes what it can and says why not for the rest", async () => {
      await fill("deletes", ["a&<>\"'", "line\r\nbreak", "ü 😀", "kept", "versioned"]);
      const answer = await remove([
        { Key: "a&<>\"'" },
        { Key: "line\r\nbreak" },
        { Key: "ü 😀" },
        { Key: "never was" },
        { Key: "a//b" },
        { Key: "kept", ETag: '"0"' },
        { Key: "versioned", VersionId: "1" },
      ]);
      expect(answer.Deleted?.map(({ Key }) => Key)).to.deep.equal([
        "a&<>\"'",
        "line\r\nbreak",
        "ü 😀",
        "never was",
      ]);
      expect(answer.Errors?.map(({ Key, Code }) => [Key, Code])).to.deep.equal([
        ["a//b", "InvalidArgument"],
        ["kept", "PreconditionFailed"],
        ["versioned", "NotImplemented"],
      ]);
      expect(keysOf(await list("deletes"))).to.deep.equal(["kept", "versioned"]);
      expect((await remove([{ Key: "kept" }], true)).Deleted).to.be.undefined;
    });

    it("takes a thousand keys, not more", async () => {
      await fill("deletes", []);
      const keys = Array.from({ length: 1001 }, (_, i) => ({ Key: `"${i}"` }));
      expect((await remove(keys.slice(1))).Deleted).to.have.length(1000);
      expect(await refusal(remove(keys))).to.deep.equal(["MalformedXML", 400]);
    });

    for (const body of ["", "no xml", "<Delete/>", "<Other><Object/></Other>", "<Delete><Object/></Delete>"])
      it(`refuses ${JSON.stringify(body)}`, async () => {
        await fill("deletes", []);
        const answer = await fetch(`${url}/deletes?delete`, { method: "POST", body });
        expect(answer.status).to.equal(400);
        expect(await answer.text()).to.contain("<Code>MalformedXML</Code>");
      });

    it("refuses a body that does not match its checksum", async () => {
      await fill("deletes", ["kept"]);
      const answer = await fetch(`${url}/deletes?delete`, {
        method: "POST",
        headers: { "x-amz-checksum-crc32": "AAAAAA==" },
        body: "<Delete><Object><Key>kept</Key></Object></Delete>",
      });
      expect(await answer.text()).to.contain("<Code>BadDigest</Code>");
      expect(keysOf(await list("deletes"))).to.include("kept");
    });
  });
});
