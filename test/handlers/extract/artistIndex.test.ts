import { expect } from "chai";
import { ArtistIndex, artistIndexKey } from "../../../handlers/extract/artistIndex";
import { openRawWriter } from "../../../handlers/raw/writer";
import { failureOf } from "../../support/extractWorld";
import { ids } from "../../support/libraries";
import { memoryStore } from "../../../cloud/memory/memoryStore";
import { header, page } from "../../support/rawObjects";

const day = "2026-03-04";
const idOf = (name: string) => name.padEnd(22, "0");
const named = (...names: string[]) => names.map((name) => ({ uri: `spotify:artist:${idOf(name)}` }));

/** An index over a bucket, and what it says: names instead of ids. */
function open(bucket = memoryStore(), store = bucket) {
  const index = new ArtistIndex(store, "me");
  const plain = openRawWriter({ store, listener: "me", run: "run", beforePut: async () => undefined });
  const writer = index.watch(plain);
  return {
    bucket,
    index,
    see: async (...names: string[]) => {
      await writer.addToRead(header(), day, JSON.stringify(page(named(...names))));
      await writer.flush();
    },
    writer,
    due: async (before = day) => (await index.due(before)).map((id) => id.replace(/0+$/, "")),
    stored: () => JSON.parse(bucket.objects.get(artistIndexKey("me"))!.body.toString()) as unknown,
  };
}

describe("the index of artists", () => {
  it("knows every artist of what is written, in the next run too", async () => {
    const one = open();
    await one.writer.addToRead(header(), day, JSON.stringify(page(named("b", "a", "b"))));
    expect(one.bucket.objects.size, "nothing is stored before raw is written").to.equal(0);
    await one.writer.flush();
    expect([...one.bucket.objects.keys()].map((key) => key.slice(0, 6))).to.deep.equal(["raw/me", "state/"]);
    expect(await one.due()).to.deep.equal(["b", "a"]);
    expect(await open(one.bucket).due()).to.deep.equal(["b", "a"]);
  });

  it("gives those that were never read, then the oldest, none that was read since", async () => {
    const one = open();
    await one.see("a", "b", "c", "d");
    one.index.markRead([idOf("a")], "2026-02-02");
    one.index.markRead([idOf("b")], "2026-01-01");
    one.index.markRead([idOf("c")], day);
    await one.see();
    expect(await one.due()).to.deep.equal(["d", "b", "a"]);
    expect(one.stored()).to.deep.equal({
      format: 1,
      unread: [idOf("d")],
      read: { "2026-02-02": [idOf("a")], "2026-01-01": [idOf("b")], [day]: [idOf("c")] },
    });
  });

  it("is written only if it changed", async () => {
    const one = open();
    await one.see("a");
    const before = one.bucket.objects.get(artistIndexKey("me"));
    await one.see("a");
    await open(one.bucket).see("a");
    expect(one.bucket.objects.get(artistIndexKey("me"))).to.equal(before);
  });

  it("keeps what another attempt has written meanwhile, and never goes back to an older day", async () => {
    const one = open();
    await one.see("a");
    const other = open(one.bucket);
    other.index.markRead([idOf("a")], day);
    await other.see("b");
    one.index.markRead([idOf("a")], "2026-01-01");
    await one.see("c");
    expect(await one.due()).to.deep.equal(["b", "c"]);
    expect(await open(one.bucket).due()).to.deep.equal(["b", "c"]);
  });

  it("survives a lost answer, and names a store that does not take it", async () => {
    const bucket = memoryStore();
    let failures = 1;
    const put: typeof bucket.put = async (...args) => {
      const made = await bucket.put(...args);
      if (args[0].startsWith("state/") && failures-- > 0) throw new Error("socket hang up");
      return made;
    };
    const one = open(bucket, { ...bucket, put });
    await one.see("a");
    expect(await one.due()).to.deep.equal(["a"]);
    const broken = open(memoryStore(), {
      ...memoryStore(),
      put: async (key) => {
        if (key.startsWith("state/")) throw new Error("no");
        return "etag";
      },
    });
    expect(await failureOf(broken.see("a"))).to.include({ code: "storage" });
  });

  for (const body of ["{", "[]", "null", '{"format":2}'])
    it(`refuses a stored object that it did not write: ${body}`, async () => {
      const one = open();
      await one.bucket.put(artistIndexKey("me"), Buffer.from(body), { ifNoneMatch: "*" });
      const error = await failureOf(one.see("a"));
      expect(error).to.include({ code: "state_unknown" });
      expect(error.message).to.contain("state/artist_details/me.json");
    });

  it("holds a library of 10,000 artists in less than 300 kB", async () => {
    const one = open();
    const names = ids("a", 10_000);
    await one.see(...names);
    one.index.markRead(names.map(idOf), day);
    await one.see();
    expect(one.bucket.objects.get(artistIndexKey("me"))!.body.length).to.be.below(300_000);
  });
});
