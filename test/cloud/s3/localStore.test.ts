import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import { localStore } from "../../../cloud/s3/localStore";
import { ObjectFiles } from "../../../cloud/s3/objects";
import { isConflict, readText } from "../../../handlers/shared/store";
import type { ObjectEvent } from "../../../cloud/types";

describe("localStore", () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "local-store-"));
  const events: ObjectEvent[] = [];
  const files = new ObjectFiles({ root, onChange: (event) => events.push(event) });
  const store = localStore(files, "raw");
  const fresh = { ifNoneMatch: "*" } as const;
  const put = (key: string, body = key) => store.put(key, Buffer.from(body), fresh);

  before(() => files.createBucket("raw"));
  after(() => fs.rmSync(root, { recursive: true }));

  it("gives back what was put, with its version, and tells of it as of a request", async () => {
    const metadata = { digest: "d" };
    const etag = await store.put("a/b", Buffer.from("text"), fresh, { contentType: "text/plain", metadata });
    expect(await store.head("a/b"))
      .to.include({ etag })
      .and.to.deep.include({ metadata });
    const found = await store.get("a/b");
    expect(found).to.deep.include({ etag, metadata, size: 4 });
    expect((await buffer(found!.body)).toString()).to.equal("text");
    expect(await files.head("raw", "a/b")).to.deep.include({ headers: { "content-type": "text/plain" } });
    expect(events.map(({ name, key }) => [name, key])).to.deep.equal([["ObjectCreated:Put", "a/b"]]);
  });

  it("returns undefined for what is not there", async () => {
    expect(await store.head("none")).to.equal(undefined);
    expect(await store.get("none")).to.equal(undefined);
  });

  it("refuses a write whose condition does not hold, with an error as the SDK's", async () => {
    const etag = await put("once");
    const error = await put("once", "other").catch((caught: unknown) => caught);
    expect(isConflict(error)).to.equal(true);
    expect((error as Error).message).to.match(
      /^S3 refused PutObject of once in bucket raw \(412 PreconditionFailed\): /,
    );
    await store.put("once", Buffer.from("new"), { ifMatch: etag });
    expect((await readText(store, "once"))!.text).to.equal("new");
    const lost = store.put("once", Buffer.from("late"), { ifMatch: etag });
    expect(isConflict(await lost.catch((caught: unknown) => caught))).to.equal(true);
  });

  it("lists keys and folders, more than a page of them, and removes objects", async () => {
    const keys = Array.from({ length: 1005 }, (_, index) => `many/${String(index).padStart(4, "0")}/x`);
    for (const key of keys) await put(key);
    expect(await store.list("many/")).to.deep.equal(keys);
    expect(await store.folders("many/"))
      .to.have.lengthOf(1005)
      .and.to.include("1004");
    await store.remove([...keys.slice(1), "none"]);
    expect(await store.list("many/")).to.deep.equal(keys.slice(0, 1));
  });
});
