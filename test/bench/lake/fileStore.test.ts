import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import { fileStore } from "../../../bench/lake/fileStore";
import { isConflict } from "../../../handlers/shared/store";

describe("a bucket as plain files", () => {
  let root: string;
  beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "file-store-"))));
  afterEach(() => fs.rmSync(root, { recursive: true }));

  it("gives back what was put, with its metadata, and lists keys by prefix", async () => {
    const store = fileStore(root);
    await store.put("a/b/1", Buffer.from("one"), { ifNoneMatch: "*" }, { metadata: { digest: "d" } });
    await store.put("a/c", Buffer.from("two"), { ifNoneMatch: "*" });
    expect((await store.head("a/b/1"))!.metadata).to.deep.equal({ digest: "d" });
    expect(String(await buffer((await store.get("a/b/1"))!.body))).to.equal("one");
    expect(await store.list("a/")).to.deep.equal(["a/b/1", "a/c"]);
    expect(await store.list("a/b")).to.deep.equal(["a/b/1"]);
    expect(await store.folders("a/")).to.deep.equal(["b"]);
    await store.remove(["a/c", "a/x"]);
    expect(await store.list("a/")).to.deep.equal(["a/b/1"]);
    expect([await store.head("x"), await store.get("x"), await store.list("x/")]).to.deep.equal([
      undefined,
      undefined,
      [],
    ]);
  });

  it("writes on conditions only, also over a file that was there before", async () => {
    fs.writeFileSync(path.join(root, "key"), "old");
    const store = fileStore(root);
    const conflict = async (put: Promise<string>) => isConflict(await put.catch((error: unknown) => error));
    const { etag } = (await store.head("key"))!;
    expect(await conflict(store.put("key", Buffer.from("new"), { ifNoneMatch: "*" }))).to.equal(true);
    expect(await conflict(store.put("key", Buffer.from("new"), { ifMatch: '"other"' }))).to.equal(true);
    expect(await conflict(store.put("none", Buffer.from("new"), { ifMatch: etag }))).to.equal(true);
    await store.put("key", Buffer.from("new"), { ifMatch: etag });
    expect(fs.readFileSync(path.join(root, "key"), "utf8")).to.equal("new");
  });
});
