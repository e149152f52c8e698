import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { codeOf } from "../../../handlers/shared/errors";
import { isSealEvent, seal } from "../../../handlers/transform/seal";
import {
  beginSeal,
  dueSeal,
  dueThrough,
  markerKey,
  readMarker,
  sealAfterDays,
} from "../../../handlers/transform/sealedMonths";
import { transform } from "../../../handlers/transform/transform";
import { verify } from "../../../cli/verify/verify";
import type { TableFormat } from "../../../schemas/formats";
import { rowsIn } from "../../../cli/verify/table-file";
import { tables } from "../../../schemas";
import { close, header, object, page, playlist, rawObject } from "../../support/rawObjects";
import { eventOf, world } from "../../support/transformWorld";

const dayMs = 86_400_000;
const month = "2026-03";
/** The last day of March, and the first moment at which all of it is due. */
const lastDay = "2026-03-31";
const due = Date.UTC(2026, 3, 1) + sealAfterDays * dayMs;

const settings = (format: TableFormat = "csv") => ({ stack: "dev", format, lakeBucket: "lake" });

const onDay = <T extends { key: string }>(one: T, day: string): T => ({
  ...one,
  key: one.key.replace(/snapshot_date=[^/]+/, `snapshot_date=${day}`),
});

/** A read of two playlists on a day of March. */
const readOn = (date: number) => {
  const read_seq = date;
  return onDay(
    rawObject("playlists", 0, [
      header({ read_seq }),
      page([playlist(`a${date}`), playlist(`b${date}`)], { read_seq }),
      close(2, { read_seq }),
    ]),
    `2026-03-${String(date).padStart(2, "0")}`,
  );
};
const profile = onDay(
  rawObject("profile", 0, [header({ stream: "profile" }), object({ id: "una" })]),
  "2026-03-31",
);
const objects = [readOn(1), readOn(2), readOn(30), profile];
const april = onDay(readOn(4), "2026-04-01");

async function worldOf(sources = objects, format: TableFormat = "csv") {
  const here = world();
  const add = async (...more: typeof objects) => {
    for (const { key, body } of more) here.raw.objects.set(key, { body, etag: "e", metadata: {} });
    return transform(here.deps, settings(format), eventOf(...more.map(({ key }) => key)));
  };
  await add(...sources);
  here.clock.ms = due;
  const partitions = async (table: string) =>
    new Map(
      [...here.partitions]
        .filter(([key]) => key.startsWith(`${table}/`))
        .map(([key, { location }]) => [key.split("/")[1]!, location]),
    );
  /** What readers see of a table: all rows in the location of its partition. */
  const visible = async (name: string) => {
    const table = tables.find((one) => one.name === name)!;
    const prefix = here.partitions.get(`${name}/${month}`)!.location.replace("s3://lake/", "");
    const files = [...here.lake.objects].filter(([key]) => key.startsWith(prefix));
    return (await Promise.all(files.map(([, { body }]) => rowsIn(body, table, format)))).flat();
  };
  return {
    ...here,
    add,
    visible,
    seal: () => seal(here.deps, settings(format)),
    problems: async () =>
      (await verify({ ...here, partitions, progress: () => undefined }, { format })).problems,
    keys: (part: string) => [...here.lake.objects.keys()].filter((key) => key.startsWith(part)),
  };
}

describe("seal", () => {
  it("knows its event, and which months are due", () => {
    expect(isSealEvent(dueSeal)).to.equal(true);
    expect(isSealEvent(eventOf("raw/x"))).to.equal(false);
    for (const [last, month, day] of [
      [0, "2026-03", 15],
      [15, "2026-03", 31],
      [15, "2026-02", 28],
      [15, "2024-02", 29],
      [15, "2025-12", 31],
    ] as const) {
      const at = Date.parse(`${month}-01T00:00:00Z`) + (day + sealAfterDays) * dayMs;
      expect([dueThrough(month, at - 1), dueThrough(month, at)], month).to.deep.equal([last, day]);
    }
    expect(dueThrough("2026-03", due)).to.equal(31);
  });

  for (const format of ["csv", "parquet"] as const) {
    it(`makes one ${format} file per table and stream of a month that is over, with the same rows`, async () => {
      const here = await worldOf([...objects, april], format);
      const before = await here.visible("playlists");
      expect(before).to.have.length(6);
      expect(await here.seal()).to.deep.equal({ sealed: [lastDay], removed: [], left: [], written: 5 });
      const extension = format === "csv" ? "csv.gz" : "parquet";
      expect(here.keys("sealed/")).to.have.members([
        "sealed/g1/2026-03.json",
        ...["playlists", "quality_results", "container_reads"].map(
          (table) => `sealed/g1/${table}/snapshot_month=2026-03/31/me-playlists.${extension}`,
        ),
        ...["profiles", "quality_results"].map(
          (table) => `sealed/g1/${table}/snapshot_month=2026-03/31/me-profile.${extension}`,
        ),
      ]);
      expect(await here.visible("playlists")).to.deep.equal(before);
      expect(here.partitions.get("playlists/2026-04")!.location).to.match(/^s3:\/\/lake\/g1\/playlists\//);
      expect(await here.problems()).to.deep.equal([]);
    });
  }

  it("moves container_reads last, and removes the day files a day later", async () => {
    const here = await worldOf();
    here.registrations.length = 0;
    await here.seal();
    expect(here.registrations).to.deep.equal(["profiles", "playlists", "quality_results", "container_reads"]);
    here.clock.ms = due + dayMs - 1;
    expect(await here.seal()).to.deep.equal({ sealed: [], removed: [], left: [], written: 0 });
    expect(here.keys("g1/")).to.have.length(11);
    here.clock.ms += 1;
    expect(await here.seal())
      .to.include({ written: 0 })
      .and.to.deep.include({ removed: [month] });
    expect(here.keys("g1/")).to.deep.equal([]);
    expect(await here.visible("playlists")).to.have.length(6);
    expect(await here.problems()).to.deep.equal([]);
    const { objects: left } = here.lake;
    const untouched = [...left];
    here.registrations.length = 0;
    await here.seal();
    expect([[...left], here.registrations]).to.deep.equal([untouched, []]);
  });

  it("does nothing before a part of a month is due", async () => {
    const here = await worldOf();
    here.clock.ms = Date.UTC(2026, 2, 16 + sealAfterDays) - 1;
    expect(await here.seal()).to.deep.equal({ sealed: [], removed: [], left: [], written: 0 });
    expect(here.keys("sealed/")).to.deep.equal([]);
  });

  it("takes in what lands in a sealed month, without day files", async () => {
    const here = await worldOf();
    await here.seal();
    here.clock.ms += dayMs;
    await here.seal();
    const [result] = await here.add(readOn(15));
    expect(result!.written).to.deep.equal(
      ["playlists", "quality_results", "container_reads"].map(
        (table) => `sealed/g1/${table}/snapshot_month=2026-03/31/me-playlists.csv.gz`,
      ),
    );
    expect(here.keys("g1/")).to.deep.equal([]);
    const rows = await here.visible("container_reads");
    expect(rows.map(({ read_seq }) => read_seq)).to.deep.equal([1, 2, 15, 30]);
    expect(await here.problems()).to.deep.equal([]);
  });

  it("takes in a stream that is new in a sealed month, with its tables' partitions", async () => {
    const here = await worldOf([readOn(1)]);
    await here.seal();
    await here.add(profile);
    expect(here.partitions.get("profiles/2026-03")!.location).to.equal(
      "s3://lake/sealed/g1/profiles/snapshot_month=2026-03/31/",
    );
    expect(await here.visible("profiles")).to.have.length(1);
    expect(await here.problems()).to.deep.equal([]);
  });

  it("lets new partitions lead to the days until the whole month has moved", async () => {
    const here = await worldOf([readOn(1)]);
    // As if the transform had been killed before it registered them.
    here.partitions.clear();
    await beginSeal(here.lake, month, 31, undefined);
    await here.add(readOn(15));
    const locations = [...here.partitions.values()].map(({ location }) => location);
    expect(locations.filter((location) => !location.startsWith("s3://lake/g1/"))).to.deep.equal([]);
    const seqs = async (table: string) => (await here.visible(table)).map(({ read_seq }) => read_seq);
    expect(new Set(await seqs("playlists"))).to.deep.equal(new Set(await seqs("container_reads")));
    await here.seal();
    expect(await seqs("container_reads")).to.deep.equal([1, 15]);
    expect(await here.problems()).to.deep.equal([]);
  });

  it("stops when the time is up, and goes on the next time", async () => {
    const here = await worldOf();
    let left = 130_000;
    here.deps.remainingMs = () => (left -= 20_000);
    const first = await seal(here.deps, settings());
    expect(first).to.deep.equal({ sealed: [], removed: [], left: [lastDay], written: 0 });
    expect((await readMarker(here.lake, month))!.moved_at).to.equal(null);
    expect(await here.visible("playlists")).to.have.length(6);
    expect(await here.problems()).to.deep.equal([]);
    here.deps.remainingMs = () => 900_000;
    expect(await here.seal()).to.deep.include({ sealed: [lastDay], written: 5 });
  });

  it("seals the other months if one has a bad raw object, and fails", async () => {
    const bad = onDay(rawObject("profile", 1, ["{cut"]), "2026-02-10");
    const here = await worldOf();
    here.raw.objects.set(bad.key, { body: bad.body, etag: "e", metadata: {} });
    const stray = "g1/profiles/snapshot_month=2026-02/me-profile-2026-02-09.csv.gz";
    here.lake.objects.set(stray, { body: bad.body, etag: "e", metadata: {} });
    const error = await here.seal().catch((reason: unknown) => reason);
    expect(codeOf(error)).to.equal("bad_raw_object");
    expect((await readMarker(here.lake, month))!.moved_at).not.to.equal(null);
    expect(here.logged.find(({ message }) => message === "not sealed")).to.include({ month: "2026-02" });
  });

  it("moves a partition again that a crawler moved back, before it removes the day files", async () => {
    const here = await worldOf();
    await here.seal();
    const [name, moved] = ["playlists/2026-03", here.partitions.get("playlists/2026-03")!];
    here.partitions.set(name, { ...moved, location: "s3://lake/g1/playlists/snapshot_month=2026-03/" });
    expect((await here.problems()).map(({ kind }) => kind)).to.deep.equal(["not_registered"]);
    here.clock.ms += dayMs;
    await here.seal();
    expect(here.partitions.get(name)).to.deep.equal(moved);
    expect(await here.visible("playlists")).to.have.length(6);
  });

  it("makes month files anew that an older program wrote", async () => {
    const here = await worldOf();
    await here.seal();
    const key = "sealed/g1/profiles/snapshot_month=2026-03/31/me-profile.csv.gz";
    const made = here.lake.objects.get(key)!;
    here.lake.objects.set(key, { ...made, metadata: { digest: "older", "program-version": "0" } });
    expect((await here.problems()).map(({ kind, key: at }) => [kind, at])).to.deep.equal([["outdated", key]]);
    await here.add(profile);
    expect(here.lake.objects.get(key)).to.deep.equal(made);
  });

  it("notes in the marker when the partitions had moved", async () => {
    const here = await worldOf();
    await here.seal();
    const { body } = here.lake.objects.get(markerKey(month))!;
    expect(JSON.parse(body.toString())).to.deep.equal({
      through: 31,
      before: 0,
      moved_at: new Date(due).toISOString(),
    });
    const [file] = here.keys("sealed/g1/container_reads/");
    expect(gunzipSync(here.lake.objects.get(file!)!.body).toString().split("\n")).to.have.length(5);
  });

  it("seals a young month part by part: the days that are over have one file, the others one each", async () => {
    const here = await worldOf([readOn(1), readOn(2)]);
    const days = [1, 2];
    const add = async (date: number) => {
      days.push(date);
      const [result] = await here.add(readOn(date));
      return result!.written.filter((key) => key.includes("/playlists/"));
    };
    const sealOn = async (date: number) => {
      here.clock.ms = Date.UTC(2026, 2, date);
      const { sealed, removed } = await here.seal();
      const rows = (await here.visible("container_reads")).map(({ read_seq }) => Number(read_seq));
      expect(rows.sort((left, right) => left - right)).to.deep.equal([...days].sort((a, b) => a - b));
      expect(await here.visible("playlists")).to.have.length(2 * days.length);
      expect(await here.problems()).to.deep.equal([]);
      return { sealed, removed };
    };
    const files = () => here.keys("").filter((key) => key.includes("/playlists/"));
    const place = (day: string, date = "") =>
      `sealed/g1/playlists/snapshot_month=2026-03/${day}/me-playlists${date}.csv.gz`;

    await add(17);
    expect(await sealOn(18)).to.deep.equal({ sealed: ["2026-03-15"], removed: [] });
    expect(await add(18)).to.deep.equal([place("15", "-2026-03-18")]);
    expect(await add(5)).to.deep.equal([place("15")]);
    expect(await sealOn(19)).to.deep.equal({ sealed: [], removed: [month] });
    expect(files()).to.have.members([place("15"), place("15", "-2026-03-17"), place("15", "-2026-03-18")]);

    expect(await add(22)).to.deep.equal([place("15", "-2026-03-22")]);
    expect(await sealOn(31 + 3)).to.deep.equal({ sealed: [lastDay], removed: [] });
    expect(await add(3)).to.deep.equal([place("31")]);
    expect(await sealOn(31 + 4)).to.deep.equal({ sealed: [], removed: [month] });
    expect(files()).to.deep.equal([place("31")]);
    expect(here.keys("g1/")).to.deep.equal([]);
  });

  it("seals no part of a month that has no days in it", async () => {
    const here = await worldOf([readOn(16), readOn(17)]);
    here.clock.ms = Date.UTC(2026, 2, 20);
    expect(await here.seal()).to.deep.equal({ sealed: [], removed: [], left: [], written: 0 });
    expect(here.keys("sealed/")).to.deep.equal([]);
    await here.add(readOn(15));
    expect(await here.seal()).to.deep.include({ sealed: ["2026-03-15"] });
    expect(await here.problems()).to.deep.equal([]);
  });

  it("seals a month further only a day after it was sealed before", async () => {
    const here = await worldOf([readOn(1)]);
    const sealAt = async (date: number, hour: number) => {
      here.clock.ms = Date.UTC(2026, 2, date, hour);
      const { sealed, removed } = await here.seal();
      return [...sealed, ...removed];
    };
    expect(await sealAt(33, 12)).to.deep.equal(["2026-03-15"]);
    expect(await sealAt(34, 11)).to.deep.equal([]);
    expect(await sealAt(34, 12)).to.deep.equal([lastDay, month]);
    expect(await here.problems()).to.deep.equal([]);
  });

  it("ends a part that it had begun before it begins the next one", async () => {
    const here = await worldOf([readOn(1), readOn(9)]);
    await beginSeal(here.lake, month, 15, undefined);
    expect(await here.seal()).to.deep.include({ sealed: ["2026-03-15"] });
    here.clock.ms += dayMs;
    expect(await here.seal()).to.deep.include({ sealed: [lastDay], removed: [month] });
    expect(await here.visible("playlists")).to.have.length(4);
  });
});
