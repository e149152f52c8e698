import { text } from "node:stream/consumers";
import { expect } from "chai";
import { keptObjects } from "../../../handlers/raw/keptObjects";
import { memoryStore } from "../../../cloud/memory/memoryStore";

/** A store of objects of `sizes` bytes by key, what keeps them, and the keys that were read from the store. */
function world(sizes: Record<string, number>, tellsSize = true) {
  const store = memoryStore();
  for (const [key, size] of Object.entries(sizes))
    store.objects.set(key, { body: Buffer.alloc(size, key), etag: `"${key}"`, metadata: {} });
  const read: string[] = [];
  const get: typeof store.get = async (key) => {
    read.push(key);
    const found = await store.get(key);
    return found && { ...found, size: tellsSize ? sizes[key] : undefined };
  };
  const kept = keptObjects({ ...store, get }, { object: 10, total: 25 });
  const bodyOf = async (key: string) => text((await kept.get(key))!.body);
  return { kept, read, bodyOf };
}

describe("keptObjects", () => {
  it("reads a small object once, and gives the same bytes and ETag each time", async () => {
    const { kept, read, bodyOf } = world({ a: 10 });
    for (let round = 0; round < 3; round += 1) expect(await bodyOf("a")).to.equal("aaaaaaaaaa");
    expect((await kept.get("a"))!.etag).to.equal('"a"');
    expect(read).to.deep.equal(["a"]);
  });

  it("keeps no large object and none of unknown size", async () => {
    const large = world({ a: 11 });
    const unknown = world({ a: 1 }, false);
    for (const { read, bodyOf } of [large, unknown]) {
      await bodyOf("a");
      await bodyOf("a");
      expect(read).to.deep.equal(["a", "a"]);
    }
  });

  it("drops first what was not read for longest", async () => {
    const { read, bodyOf } = world({ a: 10, b: 10, c: 10 });
    for (const key of ["a", "b", "a", "c"]) await bodyOf(key);
    expect(read.splice(0)).to.deep.equal(["a", "b", "c"]);
    for (const key of ["a", "c", "b"]) await bodyOf(key);
    expect(read).to.deep.equal(["b"]);
  });

  it("remembers no missing object, and nothing after all were dropped", async () => {
    const { kept, read, bodyOf } = world({ a: 1 });
    expect(await kept.get("z")).to.equal(undefined);
    expect(await kept.get("z")).to.equal(undefined);
    await bodyOf("a");
    kept.drop();
    await bodyOf("a");
    expect(read).to.deep.equal(["z", "z", "a", "a"]);
  });
});
