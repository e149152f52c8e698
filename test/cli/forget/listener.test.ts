import { expect } from "chai";
import { artistIndexKey } from "../../../handlers/extract/artistIndex";
import { stateKey } from "../../../handlers/state/session";
import { parseState } from "../../../handlers/state/extractState";
import type { Store } from "../../../handlers/shared/store";
import type { VersionedBucket } from "../../../cli/forget/bucket";
import { belongingsOf, forget, isNothing, summaryOf } from "../../../cli/forget/listener";
import { memoryStore } from "../../../cloud/memory/memoryStore";

/** A bucket that keeps what is written over: `old` holds `key@version`. */
function bucketOf(keys: string[]) {
  const store = memoryStore();
  const old = new Set<string>();
  const put: Store["put"] = async (key, ...rest) => {
    if (store.objects.has(key)) old.add(`${key}@${old.size}`);
    return store.put(key, ...rest);
  };
  const all = () => [
    ...[...store.objects].map(([key, { body }]) => ({
      key,
      versionId: "now",
      size: body.length,
      isCurrent: true,
    })),
    ...[...old].map((name) => {
      const [key, versionId] = name.split("@") as [string, string];
      return { key, versionId, size: 10, isCurrent: false };
    }),
  ];
  const versioned: VersionedBucket = {
    versions: async (prefix) => all().filter(({ key }) => key.startsWith(prefix)),
    async remove(versions) {
      for (const { key, versionId } of versions)
        if (versionId === "now") store.objects.delete(key);
        else old.delete(`${key}@${versionId}`);
    },
  };
  const keep = async () => {
    for (const key of keys) await store.put(key, Buffer.from("five!"), { ifNoneMatch: "*" });
  };
  return {
    store: { ...store, put },
    versioned,
    old,
    keep,
    keys: () => [...store.objects.keys(), ...old].sort(),
  };
}

const state = (listeners: string[], lease: object | null = null) => ({
  format: 1,
  counter: 7,
  nonce: "",
  lease,
  finished_events: [],
  budget: { day: "2026-11-22", reserved: 3 },
  read_seq: 9,
  not_before: null,
  items_path: "items",
  shares: Object.fromEntries(listeners.map((name) => [name, 1])),
  listeners: Object.fromEntries(listeners.map((name) => [name, { containers: {} }])),
});

const rawOf = (name: string) => [
  `raw/${name}/profile/snapshot_date=2026-11-20/r-000-aa.jsonl.gz`,
  `raw/${name}/streaming_history/snapshot_date=2019-01-01/import-000-bb.jsonl.gz`,
  artistIndexKey(name),
];
const lakeOf = (name: string) => [
  `g1/profiles/snapshot_month=2026-11/${name}-profile-2026-11-20.parquet`,
  `g0/playlists/snapshot_month=2026-11/${name}-playlist_x-0a1b2c3d-2026-11-21.csv.gz`,
  `sealed/g1/profiles/snapshot_month=2026-10/${name}-profile.parquet`,
  `quarantine/saved_tracks/${name}-saved_tracks.json`,
];

/** Listeners `me` and `me2`, each with old versions. */
async function world() {
  const raw = bucketOf([...rawOf("me"), ...rawOf("me2")]);
  const lake = bucketOf([...lakeOf("me"), ...lakeOf("me2")]);
  await raw.keep();
  await lake.keep();
  raw.old.add(`${rawOf("me")[0]}@old`);
  raw.old.add(`raw/me/gone/snapshot_date=2026-11-22/x@old`);
  raw.old.add(`${rawOf("me2")[0]}@old`);
  lake.old.add(`${lakeOf("me")[0]}@old`);
  const body = Buffer.from(JSON.stringify(state(["me", "me2"])));
  await raw.store.put(stateKey, body, { ifNoneMatch: "*" });
  raw.old.add(`${stateKey}@old`);
  const now = Date.parse("2026-11-22T04:00:00Z");
  const sleeps: number[] = [];
  const options = {
    store: raw.store as Store,
    now: () => now,
    sleep: async (ms: number) => void sleeps.push(ms),
    nonce: "abc",
    remainingMs: () => 900_000,
  };
  const buckets = { raw: raw.versioned, lake: lake.versioned };
  const stored = () => parseState(raw.store.objects.get(stateKey)!.body.toString());
  return { raw, lake, buckets, options, stored, sleeps };
}

describe("forgetting a listener", () => {
  it("is summarised before it is done: objects, old versions, bytes and days", async () => {
    const { buckets, options } = await world();
    const found = await belongingsOf("me", buckets, options.store);
    expect(summaryOf(found)).to.deep.equal({
      raw: { objects: 3, old: 2, bytes: 35 },
      lake: { objects: 4, old: 1, bytes: 30 },
      first_day: "2019-01-01",
      last_day: "2026-11-22",
    });
    expect(isNothing(found)).to.equal(false);
    expect(isNothing(await belongingsOf("m", buckets, options.store))).to.equal(true);
  });

  it("takes raw, lake and state, old versions included, and nothing of anybody else", async () => {
    const { raw, lake, buckets, options, stored } = await world();
    await forget("me", buckets, options);
    expect(raw.keys()).to.deep.equal([...rawOf("me2"), `${rawOf("me2")[0]}@old`, stateKey].sort());
    expect(lake.keys()).to.deep.equal(lakeOf("me2").sort());
    expect(stored()).to.deep.include({
      lease: null,
      listeners: { me2: { containers: {} } },
      shares: { me2: 1 },
      read_seq: 9,
      budget: { day: "2026-11-22", reserved: 3 },
    });
    expect(isNothing(await belongingsOf("me", buckets, options.store))).to.equal(true);
  });

  it("holds the lease meanwhile, and does nothing while another run has it", async () => {
    const { raw, buckets, options, stored } = await world();
    const leases: unknown[] = [];
    const watched = { ...buckets.lake, remove: async () => void leases.push(stored().lease) };
    await forget("me", { ...buckets, lake: watched }, options).catch(() => undefined);
    expect(leases[0]).to.deep.include({ event: "forget-abc" });

    const busy = await world();
    const lease = { event: "e", run: "r", expires: "2026-11-22T05:00:00Z" };
    const { etag } = (await busy.raw.store.head(stateKey))!;
    await busy.raw.store.put(stateKey, Buffer.from(JSON.stringify(state(["me"], lease))), { ifMatch: etag });
    const before = [...busy.raw.keys(), ...busy.lake.keys()];
    const error = await forget("me", busy.buckets, busy.options).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: "lease_taken" });
    expect([...busy.raw.keys(), ...busy.lake.keys()]).to.deep.equal(before);
    expect(raw.keys()).not.to.include(rawOf("me")[0]);
  });

  it("takes what a transform writes meanwhile", async () => {
    const { lake, buckets, options } = await world();
    let late = 1;
    const remove: VersionedBucket["remove"] = async (versions) => {
      await buckets.lake.remove(versions);
      if (late-- > 0)
        await lake.store.put("g1/plays/me-plays.parquet", Buffer.from("late"), { ifNoneMatch: "*" });
    };
    await forget("me", { ...buckets, lake: { ...buckets.lake, remove } }, options);
    expect(lake.keys()).to.deep.equal(lakeOf("me2").sort());
  });

  it("goes on where it broke off: the state forgets last", async () => {
    const { raw, lake, buckets, options, stored } = await world();
    const remove = () => Promise.reject(new Error("no"));
    const error = await forget("me", { ...buckets, lake: { ...buckets.lake, remove } }, options).catch(
      (thrown: Error) => thrown.message,
    );
    expect(error).to.equal("no");
    expect(stored().listeners).to.have.property("me");
    // Released, but not served.
    expect(stored()).to.deep.include({ lease: null, finished_events: [] });
    await forget("me", buckets, { ...options, nonce: "def" });
    expect([...raw.keys(), ...lake.keys()].filter((key) => /\bme\b/.test(key))).to.deep.equal([]);
    expect(stored().listeners).not.to.have.property("me");
  });
});
