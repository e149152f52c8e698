import { createHash } from "node:crypto";
import { copyFile, cp, mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { ObjectFiles } from "../../../cloud/s3/objects";
import { newFolder, rejection, removeFolders } from "./help";

describe("ObjectFiles", () => {
  let root: string;
  let files: ObjectFiles;

  beforeEach(async () => {
    root = await newFolder();
    files = new ObjectFiles({ root, clock: { now: () => 1000 } });
    await files.createBucket("raw");
  });
  after(removeFolders);

  const md5 = (text: string) => createHash("md5").update(text).digest("hex");
  const put = (key: string, text: string, metadata = {}) =>
    files.put("raw", key, Buffer.from(text), { metadata });
  const read = async (key: string) => {
    const opened = await files.get("raw", key);
    const text = opened && (await opened.file.readFile()).toString();
    await opened?.file.close();
    return text;
  };
  const byHand = async (key: string, text: string) => {
    await mkdir(dirname(join(root, "raw", key)), { recursive: true });
    await writeFile(join(root, "raw", key), text);
  };
  const keys = async () => (await files.list("raw")).objects.map(({ key }) => key);

  it("keeps an opened version readable while the object is overwritten and deleted", async () => {
    await put("x", "one");
    const opened = await files.get("raw", "x");
    await put("x", "two");
    await files.delete("raw", "x");
    expect((await opened!.file.readFile()).toString()).to.equal("one");
    expect(opened!.info.etag).to.equal(`"${md5("one")}"`);
    await opened!.file.close();
  });

  it("lists nothing but objects", async () => {
    await put("a/b", "x");
    await mkdir(join(root, "raw", "empty", "deeper"), { recursive: true });
    expect(await keys()).to.deep.equal(["a/b"]);
  });

  it("leaves nothing behind when the body fails", async () => {
    async function* failing() {
      yield Buffer.from("half");
      throw new Error("connection lost");
    }
    expect((await rejection(files.put("raw", "x", failing()))).message).to.equal("connection lost");
    expect(await readdir(join(root, ".tmp"))).to.be.empty;
    expect(await files.head("raw", "x")).to.be.undefined;
  });

  it("keeps two objects apart whose names meet where sidecars lie", async () => {
    await put("a", "one");
    await put("a.json/b", "two");
    await put("x".repeat(255), "three");
    expect([await read("a"), await read("a.json/b"), await read("x".repeat(255))]).to.deep.equal([
      "one",
      "two",
      "three",
    ]);
  });

  it("lets a key take the place of folders that hold no file", async () => {
    await mkdir(join(root, "raw", "a", "b", "c"), { recursive: true });
    await put("a", "file");
    expect(await read("a")).to.equal("file");
  });

  it("refuses names without an object behind them", async () => {
    await put("a/b", "x");
    expect(await files.head("raw", "a")).to.be.undefined;
    expect(await files.get("raw", "a/b/c")).to.be.undefined;
    expect(await files.delete("raw", "a")).to.be.false;
    expect((await rejection(files.list("none"))).code).to.equal("NoSuchBucket");
    expect((await rejection(files.head("..", "x"))).code).to.equal("NoSuchBucket");
  });

  describe("a file that the endpoint did not write", () => {
    it("is an object, with the ETag of its bytes", async () => {
      await byHand("copied/in.csv", "by hand");
      const info = await files.head("raw", "copied/in.csv");
      expect(info).to.deep.include({ etag: `"${md5("by hand")}"`, size: 7, metadata: {}, headers: {} });
      expect(await keys()).to.deep.equal(["copied/in.csv"]);
      expect(await read("copied/in.csv")).to.equal("by hand");
    });

    it("is hashed once", async () => {
      await byHand("x", "by hand");
      const before = await files.head("raw", "x");
      const sidecar = join(root, ".meta", "raw", (await readdir(join(root, ".meta", "raw")))[0]!);
      const written = await readFile(sidecar, "utf8");
      await writeFile(sidecar, written.replaceAll(before!.md5, "0".repeat(32)));
      expect((await files.head("raw", "x"))!.md5).to.equal("0".repeat(32));
    });

    it("meets conditions by that ETag", async () => {
      await byHand("x", "by hand");
      const wrong = files.put("raw", "x", Buffer.from("new"), { condition: { ifMatch: '"0"' } });
      expect((await rejection(wrong)).code).to.equal("PreconditionFailed");
      await files.put("raw", "x", Buffer.from("new"), { condition: { ifMatch: `"${md5("by hand")}"` } });
      expect(await read("x")).to.equal("new");
    });

    it("replaces what was known of the object before, whether overwritten or exchanged", async () => {
      await put("x", "one", { v: "1" });
      await byHand("x", "two");
      expect(await files.head("raw", "x")).to.deep.include({ etag: `"${md5("two")}"`, metadata: {} });

      await put("x", "one", { v: "1" });
      await rm(join(root, "raw", "x"));
      await byHand("x", "three");
      await utimes(join(root, "raw", "x"), 7, 7);
      expect(await files.head("raw", "x")).to.deep.include({ etag: `"${md5("three")}"`, lastModified: 7000 });
    });

    it("may be where a deleted object was", async () => {
      await put("x", "one", { v: "1" });
      await rm(join(root, "raw", "x"));
      expect(await files.head("raw", "x")).to.be.undefined;
      expect(await keys()).to.deep.equal([]);
    });
  });

  describe("a sidecar that is gone", () => {
    for (const damage of ["removed", "empty", "cut short", "emptied"])
      it(`costs the metadata, not the object: ${damage}`, async () => {
        await put("x", "body", { v: "1" });
        const [name] = await readdir(join(root, ".meta", "raw"));
        const sidecar = join(root, ".meta", "raw", name!);
        if (damage === "removed") await rm(join(root, ".meta"), { recursive: true });
        if (damage === "empty") await writeFile(sidecar, "");
        if (damage === "emptied") await writeFile(sidecar, "{}");
        if (damage === "cut short") await writeFile(sidecar, (await readFile(sidecar, "utf8")).slice(0, 40));
        expect(await files.head("raw", "x")).to.deep.include({ etag: `"${md5("body")}"`, metadata: {} });
        await put("x", "again", { v: "2" });
        expect((await files.head("raw", "x"))!.metadata).to.deep.equal({ v: "2" });
      });
  });

  it("keeps all metadata when the whole root is copied", async () => {
    await put("x", "body", { v: "1" });
    const copy = await newFolder();
    await cp(root, copy, { recursive: true });
    const info = await new ObjectFiles({ root: copy }).head("raw", "x");
    expect(info).to.deep.include({ etag: `"${md5("body")}"`, metadata: { v: "1" }, lastModified: 1000 });
  });

  it("does not give one object's metadata to a copy under another key", async () => {
    await put("x", "body", { v: "1" });
    await copyFile(join(root, "raw", "x"), join(root, "raw", "y"));
    expect((await files.head("raw", "y"))!.metadata).to.deep.equal({});
  });
});
