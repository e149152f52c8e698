import { expect } from "chai";
import { gunzipSync, gzipSync } from "node:zlib";
import { transform } from "../../../handlers/transform/transform";
import { programVersion } from "../../../schemas";
import type { TableFormat } from "../../../schemas/formats";
import { verify } from "../../../cli/verify/verify";
import { close, day, header, page, rawObject, run, track } from "../../support/rawObjects";
import { eventOf, fiveObjects, world } from "../../support/transformWorld";

const items = (read_seq: number, entries: unknown[], positions = entries.length) => {
  const read = { stream: "playlist_items", container: "p1", read_seq };
  return rawObject("playlist_items", read_seq, [
    header(read),
    page(entries, { read_seq }),
    close(positions, { read_seq, container: "p1" }),
  ]);
};
const objects = [
  ...fiveObjects,
  items(1, [{ item: track("t1") }, { item: track("t2", { duration_ms: -5 }) }, { item: track("t3") }]),
  // Rejected, since most of its positions are not there.
  items(2, [{ item: track("t1") }], 9),
  rawObject("extract_runs", 0, [run()]),
];

const settings = (format: TableFormat) => ({ stack: "dev", format, lakeBucket: "lake" });

/** A lake that transform has made, and its result. */
async function made(format: TableFormat = "csv") {
  const here = world();
  for (const { key, body } of objects) here.raw.objects.set(key, { body, etag: "e", metadata: {} });
  await transform(here.deps, settings(format), eventOf(...objects.map(({ key }) => key)));
  const check = async () => {
    const partitions = async (table: string) =>
      new Map(
        [...here.partitions]
          .filter(([key]) => key.startsWith(`${table}/`))
          .map(([key, { location }]) => [key.split("/")[1]!, location]),
      );
    const { raw, lake } = here;
    return verify({ raw, lake, partitions, progress: () => undefined }, { format });
  };
  const lakeKey = (part: string) => [...here.lake.objects.keys()].find((key) => key.includes(part))!;
  return { ...here, check, lakeKey };
}

const problemsOf = async (here: Awaited<ReturnType<typeof made>>) =>
  (await here.check()).problems.map(({ kind, key }) => [kind, key]);

describe("verify", () => {
  for (const format of ["csv", "parquet"] as const) {
    it(`finds nothing wrong with what transform wrote as ${format}`, async () => {
      const result = await (await made(format)).check();
      expect(result.problems).to.deep.equal([]);
      expect(result).to.include({ stream_days: 3 });
      expect(result.rows).to.be.above(30);
    });

    it(`finds a ${format} file that is cut`, async () => {
      const here = await made(format);
      const key = here.lakeKey("/playlist_items/snapshot");
      const object = here.lake.objects.get(key)!;
      here.lake.objects.set(key, { ...object, body: object.body.subarray(0, object.body.length - 20) });
      expect(await problemsOf(here)).to.deep.include(["unreadable", key]);
    });

    it(`finds a row of a ${format} file that was changed`, async () => {
      const here = await made(format);
      const key = here.lakeKey("/tracks/snapshot");
      const other = await made(format);
      other.raw.objects.clear();
      const changed = items(1, [{ item: track("t1", { name: "changed" }) }, { item: track("t3") }]);
      other.raw.objects.set(changed.key, { body: changed.body, etag: "e", metadata: {} });
      other.lake.objects.clear();
      await transform(other.deps, settings(format), eventOf(changed.key));
      const { metadata } = here.lake.objects.get(key)!;
      here.lake.objects.set(key, { ...other.lake.objects.get(key)!, metadata });
      const [problem, ...more] = (await here.check()).problems;
      expect(more).to.deep.equal([]);
      expect(problem).to.include({ kind: "different", key });
      expect(problem!.message).to.include('"name":"changed"').and.to.include('"name":"Track t1"');
    });
  }

  it("finds a file that is gone, and the reads that it showed", async () => {
    const here = await made();
    const key = here.lakeKey("/container_reads/snapshot_month=2026-03/me-playlist_items-2026-03-04");
    here.lake.objects.delete(key);
    expect(await problemsOf(here)).to.deep.equal([
      ["missing", key],
      ["read_not_accounted", `raw/me/playlist_items/snapshot_date=${day}/`],
    ]);
  });

  it("finds quarantine that was emptied", async () => {
    const here = await made();
    const key = here.lakeKey("quarantine/playlist_items");
    const object = here.lake.objects.get(key)!;
    expect(gunzipSync(object.body).toString().trimEnd().split("\n")).to.have.length(2);
    here.lake.objects.set(key, { ...object, body: gzipSync("") });
    expect(await problemsOf(here)).to.deep.equal([["different", key]]);
  });

  it("finds a file of an older program, and raw that came after", async () => {
    const here = await made();
    const key = here.lakeKey("/extract_runs/snapshot");
    const object = here.lake.objects.get(key)!;
    const older = { digest: "older", "program-version": String(programVersion - 1) };
    here.lake.objects.set(key, { ...object, metadata: older });
    expect(await problemsOf(here)).to.deep.equal([["outdated", key]]);
    const late = items(3, [{ item: track("t9") }]);
    here.raw.objects.set(late.key, { body: late.body, etag: "e", metadata: {} });
    expect((await problemsOf(here)).filter(([kind]) => kind === "outdated")).to.have.length.above(5);
  });

  it("finds files that no raw leads to, and keys of raw that are none", async () => {
    const here = await made();
    const body = gzipSync("");
    const stray = [
      `g1/plays/snapshot_month=2026-03/me-recently_played-${day}.csv.gz`,
      "quarantine/plays/x.jsonl.gz",
    ];
    for (const key of stray) here.lake.objects.set(key, { body, etag: "e", metadata: {} });
    here.raw.objects.set("raw/notes.txt", { body, etag: "e", metadata: {} });
    expect(await problemsOf(here)).to.have.deep.members(
      [...stray, "raw/notes.txt"].map((key) => ["stray", key]),
    );
  });

  for (const format of ["csv", "parquet"] as const)
    it(`accepts ${format} files that are empty since their raw objects were deleted, until then not`, async () => {
      const here = await made(format);
      const bad = rawObject("playlists", 8, ["{cut"]);
      here.raw.objects.set(bad.key, { body: bad.body, etag: "e", metadata: {} });
      expect(await problemsOf(here)).to.deep.equal([
        ["bad_raw_object", `raw/me/playlists/snapshot_date=${day}/`],
      ]);
      // As docs/faults.md advises: delete the object, then send its event again.
      for (const key of [bad.key, ...fiveObjects.map((one) => one.key)]) here.raw.objects.delete(key);
      const strays = (await here.check()).problems;
      expect(strays.map(({ key, kind }) => [kind, key])).to.have.deep.members(
        [...here.lake.objects.keys()]
          .filter((key) => key.includes("/me-playlists-"))
          .map((key) => ["stray", key]),
      );
      expect(strays[0]!.message).to.match(/^No raw object leads to this file; delete it /);
      await transform(here.deps, settings(format), eventOf(bad.key));
      expect(await problemsOf(here)).to.deep.equal([]);
    });

  it("finds nothing wrong after a listener was forgotten, even if an event comes late", async () => {
    const here = await made();
    const [first] = here.raw.objects.keys();
    here.raw.objects.clear();
    here.lake.objects.clear();
    await transform(here.deps, settings("csv"), eventOf(first!));
    expect([here.lake.objects.size, await problemsOf(here)]).to.deep.equal([0, []]);
  });

  it("finds a file that claims to be empty, and is not", async () => {
    const here = await made();
    for (const { key } of fiveObjects) here.raw.objects.delete(key);
    const key = here.lakeKey("g1/playlists/");
    const full = here.lake.objects.get(key)!;
    await transform(here.deps, settings("csv"), eventOf(fiveObjects[0]!.key));
    const { metadata } = here.lake.objects.get(key)!;
    here.lake.objects.set(key, { ...full, metadata });
    expect(await problemsOf(here)).to.deep.equal([["stray", key]]);
  });

  it("finds a partition that the catalog does not know", async () => {
    const here = await made();
    here.partitions.delete("tracks/2026-03");
    expect(await problemsOf(here)).to.deep.equal([["not_registered", "tracks/snapshot_month=2026-03"]]);
  });

  it("finds raw that cannot be used, and a closing record without its pages", async () => {
    const here = await made();
    const bad = rawObject("playlists", 8, ["{cut"]);
    here.raw.objects.set(bad.key, { body: bad.body, etag: "e", metadata: {} });
    const cut = rawObject("playlist_items", 9, [
      header({ stream: "playlist_items", container: "p2", read_seq: 9 }),
      close(5, { read_seq: 9, container: "p2" }),
    ]);
    here.raw.objects.set(cut.key, { body: cut.body, etag: "e", metadata: {} });
    const kinds = (await problemsOf(here)).map(([kind]) => kind);
    expect(kinds).to.include("bad_raw_object").and.to.include("incomplete_read");
  });

  it("is satisfied again once transform has run", async () => {
    const here = await made();
    here.lake.objects.clear();
    await transform(here.deps, settings("csv"), eventOf(...objects.map(({ key }) => key)));
    expect(await problemsOf(here)).to.deep.equal([]);
  });
});
