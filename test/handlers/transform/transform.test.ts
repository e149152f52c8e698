import { expect } from "chai";
import { gunzipSync } from "node:zlib";
import { codeOf } from "../../../handlers/shared/errors";
import { transform, type S3Event } from "../../../handlers/transform/transform";
import { programVersion } from "../../../schemas";
import type { TableFormat } from "../../../schemas/formats";
import { s3Error } from "../../../cloud/memory/memoryStore";
import { close, day, header, object, page, rawObject, run, track } from "../../support/rawObjects";
import { eventOf, fiveObjects, lakeBytes, world } from "../../support/transformWorld";

const settings = { stack: "dev", format: "csv" as TableFormat, lakeBucket: "lake-bucket" };
const tableNames = ["playlists", "skips", "quality_results", "container_reads"];
const fiveKeys = fiveObjects.map(({ key }) => key);

/** A world with these raw objects. */
function worldWith(objects = fiveObjects) {
  const made = world();
  for (const { key, body } of objects) {
    made.raw.objects.set(key, { body, etag: "e", metadata: {} });
  }
  return made;
}

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => Promise.reject(new Error("did not fail")),
    (error: unknown) => error as Error,
  );
}

describe("transform", () => {
  it("writes every table of the stream-day and registers it, container_reads last", async () => {
    const here = worldWith();
    const [result] = await transform(here.deps, settings, eventOf(fiveKeys[0]!));
    expect(result).to.deep.equal({
      listener: "me",
      slug: "playlists",
      day,
      attempts: 1,
      // Nothing is in quarantine, so there is no file of it.
      written: tableNames.map((table) => `g1/${table}/snapshot_month=2026-03/me-playlists-${day}.csv.gz`),
      rows: { playlists: 4, skips: 2, quality_results: 14, container_reads: 2 },
      quarantined: 0,
      blocked: 0,
    });
    expect([...here.lake.objects.keys()]).to.deep.equal(result!.written);
    expect(here.registrations).to.deep.equal(tableNames);
    const descriptor = here.partitions.get("container_reads/2026-03")!;
    expect(descriptor.location).to.equal("s3://lake-bucket/g1/container_reads/snapshot_month=2026-03/");
    const body = gunzipSync(here.lake.objects.get(result!.written.at(-1)!)!.body).toString("utf8");
    expect(body.split("\n").map((line) => line.split("\t").slice(0, 3))).to.deep.equal([
      ["listener_id", "read_seq", "stream"],
      ["me", "1", "playlists"],
      ["me", "2", "playlists"],
      [""],
    ]);
  });

  it("tells digest and program version in the object's metadata", async () => {
    const here = worldWith();
    const [result] = await transform(here.deps, settings, eventOf(fiveKeys[0]!));
    for (const key of result!.written) {
      const { body, metadata } = here.lake.objects.get(key)!;
      expect(metadata["program-version"]).to.equal(String(programVersion));
      expect(metadata.digest).to.match(/^[0-9a-f]{64}$/);
      expect(body.includes(metadata.digest!)).to.equal(true);
    }
  });

  for (const format of ["csv", "parquet"] as const) {
    describe(`with five raw objects, as ${format}`, () => {
      const formatted = { ...settings, format };
      let expected: [string, string][];

      before(async () => {
        const here = worldWith();
        await transform(here.deps, formatted, eventOf(...fiveKeys));
        expected = lakeBytes(here);
        expect(expected).to.have.length(4);
      });

      it("writes the same bytes if each event comes twice", async () => {
        const here = worldWith();
        for (const key of [...fiveKeys, ...fiveKeys]) await transform(here.deps, formatted, eventOf(key));
        expect(lakeBytes(here)).to.deep.equal(expected);
      });

      it("writes the same bytes if all events come at once", async () => {
        const here = worldWith();
        await Promise.all(
          [...fiveKeys, ...fiveKeys].map((key) => transform(here.deps, formatted, eventOf(key))),
        );
        expect(lakeBytes(here)).to.deep.equal(expected);
      });

      it("writes the same bytes in whatever order the objects come", async function () {
        const orders = permutations(fiveObjects);
        expect(orders).to.have.length(120);
        // Every order in one format; in the other, which shares all but the encoding, some.
        for (const order of format === "csv" ? orders : orders.filter((_, index) => index % 12 === 0)) {
          const here = world();
          for (const { key, body } of order) {
            await here.raw.put(key, body, { ifNoneMatch: "*" });
            await transform(here.deps, formatted, eventOf(key));
          }
          expect(lakeBytes(here)).to.deep.equal(expected);
        }
      });
    });
  }

  it("builds nothing if all targets have the digest, but registers the partitions", async () => {
    const here = worldWith();
    await transform(here.deps, settings, eventOf(fiveKeys[0]!));
    here.registrations.length = 0;
    here.raw.get = () => Promise.reject(new Error("was read"));
    const [result] = await transform(here.deps, settings, eventOf(fiveKeys[1]!));
    expect(result).to.deep.include({ written: [], rows: {} });
    expect(here.registrations).to.deep.equal(tableNames);
  });

  it("does not register again for a file that it only replaces, unless the partition is new to this process", async () => {
    for (const hasRegistered of [true, false]) {
      const first = fiveObjects[3];
      const here = worldWith([first!]);
      here.deps.catalog.hasRegistered = () => hasRegistered;
      const [made] = await transform(here.deps, settings, eventOf(first!.key));
      expect(here.registrations, "new files").to.have.length(made!.written.length).above(0);
      const before = here.registrations.splice(0);
      for (const { key, body } of fiveObjects) here.raw.objects.set(key, { body, etag: "e", metadata: {} });
      const [replaced] = await transform(here.deps, settings, eventOf(first!.key));
      const added = replaced!.written.filter((key) => !made!.written.includes(key));
      expect(here.registrations).to.have.length(hasRegistered ? added.length : replaced!.written.length);
      here.registrations.length = 0;
      await transform(here.deps, settings, eventOf(first!.key));
      expect(here.registrations, "a replay").to.have.length(replaced!.written.length);
      expect(here.registrations).to.include.members(before);
    }
  });

  it("writes only what is missing or stale", async () => {
    const here = worldWith();
    const [first] = await transform(here.deps, settings, eventOf(fiveKeys[0]!));
    const whole = lakeBytes(here);
    here.lake.objects.delete(first!.written[1]!);
    const [result] = await transform(here.deps, settings, eventOf(fiveKeys[0]!));
    expect(result!.written).to.deep.equal([first!.written[1]]);
    expect(lakeBytes(here)).to.deep.equal(whole);
  });

  it("writes files anew that an older program wrote", async () => {
    const here = worldWith();
    await transform(here.deps, settings, eventOf(fiveKeys[0]!));
    const [object] = here.lake.objects.values();
    object!.metadata = { digest: "of the older program", "program-version": "0" };
    const [result] = await transform(here.deps, settings, eventOf(fiveKeys[0]!));
    expect(result!.written).to.have.length(1);
    expect(object!.metadata["program-version"]).to.equal("0");
    expect([...here.lake.objects.values()][0]!.metadata["program-version"]).to.equal(String(programVersion));
  });

  it("leaves the stream-day alone if a newer program wrote there", async () => {
    const here = worldWith();
    await transform(here.deps, settings, eventOf(fiveKeys[0]!));
    here.registrations.length = 0;
    const [, target] = here.lake.objects.values();
    target!.metadata = { digest: "newer", "program-version": String(programVersion + 1) };
    const before = lakeBytes(here);
    const error = await failureOf(transform(here.deps, settings, eventOf(fiveKeys[0]!)));
    expect(codeOf(error)).to.equal("newer_program");
    expect(lakeBytes(here)).to.deep.equal(before);
    expect(here.registrations).to.deep.equal([]);
  });

  it("takes several records, decodes keys, and ignores what is none of its", async () => {
    const runs = rawObject("extract_runs", 0, [run()]);
    const here = worldWith([...fiveObjects, runs]);
    const event = eventOf(runs.key, ...fiveKeys, "state/extract.json");
    event.Records.push({ s3: { object: { key: "raw/%zz" } } });
    event.Records.push({ s3: { object: { key: "raw/me/profile/snapshot_date=2026-13-45/x.jsonl.gz" } } });
    expect(event.Records[0]!.s3.object.key).to.include("snapshot_date%3D");
    const results = await transform(here.deps, settings, event);
    expect(results.map(({ slug }) => slug)).to.deep.equal(["extract_runs", "playlists"]);
    const ignored = here.logged.filter(({ message }) => String(message).startsWith("ignored"));
    expect(ignored.map(({ key }) => key)).to.deep.equal([
      "state%2Fextract.json",
      "raw/%zz",
      "raw/me/profile/snapshot_date=2026-13-45/x.jsonl.gz",
    ]);
  });

  it("does nothing on S3's test event", async () => {
    expect(await transform(world().deps, settings, { Event: "s3:TestEvent" } as S3Event)).to.deep.equal([]);
  });

  it("writes nothing for a stream-day with a bad raw object, but does the others, and fails", async () => {
    const bad = rawObject("profile", 0, [header({ stream: "profile" }), object({ id: "una" }), "{cut"]);
    const here = worldWith([bad, ...fiveObjects]);
    const error = await failureOf(transform(here.deps, settings, eventOf(bad.key, fiveKeys[0]!)));
    expect(codeOf(error)).to.equal("bad_raw_object");
    expect(error.message).to.include(`${bad.key}, line 3`);
    expect(here.lake.objects.size).to.equal(4);
    expect(here.partitions.has("profiles/2026-03")).to.equal(false);
    expect(here.logged[0]).to.include({ message: "not transformed", slug: "profile" });
  });

  it("takes listener and stream names as keys spell them", async () => {
    const stream = "playlist:37i9dQZF1DX";
    const source = rawObject(stream, 0, [
      header({ stream, container: "37i9dQZF1DX" }),
      object({ id: "37i9dQZF1DX", name: "x" }),
      page([{ item: track("t1") }]),
      close(1, { container: "37i9dQZF1DX" }),
    ]);
    const here = worldWith([source]);
    const [result] = await transform(here.deps, settings, eventOf(source.key));
    expect(result!.rows).to.include({ playlists: 1, playlist_items: 1, tracks: 1, container_reads: 1 });
    expect(result!.written.at(-1)).to.match(
      /^g1\/container_reads\/snapshot_month=2026-03\/me-playlist_37i9dqzf1dx-[0-9a-f]{8}-2026-03-04\.csv\.gz$/,
    );
  });

  it("makes and registers nothing if there are no raw objects", async () => {
    const here = world();
    const [result] = await transform(here.deps, settings, eventOf(fiveKeys[0]!));
    expect(result).to.deep.include({ attempts: 1, written: [] });
    expect([here.lake.objects.size, here.registrations]).to.deep.equal([0, []]);
  });

  for (const format of ["csv", "parquet"] as const)
    it(`empties the ${format} files of a stream-day whose raw objects were deleted, and makes none`, async () => {
      const here = worldWith();
      const formatted = { ...settings, format };
      const [first] = await transform(here.deps, formatted, eventOf(fiveKeys[0]!));
      const [gone, ...left] = first!.written;
      here.lake.objects.delete(gone!);
      here.raw.objects.clear();
      here.registrations.length = 0;
      const [result] = await transform(here.deps, formatted, eventOf(fiveKeys[0]!));
      expect(result!.written).to.deep.equal(left);
      expect(Object.values(result!.rows)).to.deep.equal([0, 0, 0, 0]);
      expect([...here.lake.objects.keys()].sort()).to.deep.equal([...left].sort());
      expect(here.registrations).to.deep.equal(tableNames.slice(1));
      const emptied = lakeBytes(here);
      expect(await transform(here.deps, formatted, eventOf(fiveKeys[1]!))).to.have.nested.property(
        "[0].written",
      ).that.is.empty;
      expect(lakeBytes(here)).to.deep.equal(emptied);
      // Raw that comes later brings everything back.
      for (const { key, body } of fiveObjects) here.raw.objects.set(key, { body, etag: "e", metadata: {} });
      await transform(here.deps, formatted, eventOf(fiveKeys[0]!));
      const again = worldWith();
      await transform(again.deps, formatted, eventOf(fiveKeys[0]!));
      expect(lakeBytes(here)).to.deep.equal(lakeBytes(again));
    });

  it("starts over after a lost race, and gives up after many", async () => {
    for (const [losses, status, name] of [
      [1, 412, "PreconditionFailed"],
      [2, 409, "ConditionalRequestConflict"],
      [3, 404, "NoSuchKey"],
    ] as const) {
      const here = worldWith();
      const { put } = here.lake;
      let left: number = losses;
      here.lake.put = (...input) => (left-- > 0 ? Promise.reject(s3Error(name, status)) : put(...input));
      const [result] = await transform(here.deps, settings, eventOf(fiveKeys[0]!));
      expect(result!.attempts).to.equal(losses + 1);
    }
    const here = worldWith();
    const waits: number[] = [];
    here.deps.sleep = async (ms) => void waits.push(ms);
    here.deps.random = () => 0.25;
    here.lake.put = () => Promise.reject(s3Error("Race", 412));
    const error = await failureOf(transform(here.deps, settings, eventOf(fiveKeys[0]!)));
    expect(codeOf(error)).to.equal("busy");
    // Longer each time, and a pure function of `random`, so that a seed repeats them.
    expect(waits).to.deep.equal([50, 100, 200, 400, 800, 1600, 3200]);
    expect(here.registrations).to.deep.equal([]);
  });

  it("lets other errors of the store through at once", async () => {
    const here = worldWith();
    here.lake.put = () => Promise.reject(s3Error("AccessDenied", 403));
    const error = await failureOf(transform(here.deps, settings, eventOf(fiveKeys[0]!)));
    expect(error.message).to.equal("AccessDenied");
  });
});

function permutations<T>(values: T[]): T[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((value, index) =>
    permutations(values.filter((_, other) => other !== index)).map((rest) => [value, ...rest]),
  );
}
