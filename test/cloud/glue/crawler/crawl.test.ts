import { mkdirSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { glueCatalog } from "../../../../handlers/transform/glueCatalog";
import { PartitionFiles, readPartitions } from "../../../../cloud/glue/partitions";
import { TableFiles } from "../../../../cloud/glue/tables";
import { CrawlerWorld, descriptor } from "./crawlerWorld";

const nothing = { tablesAdded: 0, tablesUpdated: 0, partitionsAdded: 0, partitionsUpdated: 0 };

describe("crawlers", () => {
  const world = new CrawlerWorld();
  beforeEach(() => world.start());
  afterEach(() => world.stop());

  const days = () => readPartitions(world.dir, "lake").map(({ values }) => values[0]);
  const changes = async (name: string) => (await world.crawlers.start(name)).changes;

  describe("over the catalog", () => {
    it("registers what was copied in by hand, once, for everyone who asks", async () => {
      world.putThings("snapshot_month=2026-01-01");
      world.putThings("snapshot_month=2026-01-02");
      expect(await world.query("select * from things")).to.deep.equal([]);
      expect(await changes("lake")).to.deep.equal({ ...nothing, partitionsAdded: 2 });
      expect(await world.query("select id, n, snapshot_month from things order by 3")).to.deep.equal([
        { id: "a", n: 1, snapshot_month: "2026-01-01" },
        { id: "a", n: 1, snapshot_month: "2026-01-02" },
      ]);
      expect(await changes("lake")).to.deep.equal(nothing);
    });

    it("skips hidden names, folders of another shape and empty ones", async () => {
      world.putThings("snapshot_month=2026-01-01");
      for (const folder of ["_tmp", ".hidden=1", "2026-01-02", "day=2026-01-02", "snapshot_month=", "a=b=c"])
        world.putThings(folder);
      world.putThings("snapshot_month=2026-01-03", "_SUCCESS");
      world.put("lake/g1/things/snapshot_month=2026-01-04/empty.csv.gz", "");
      mkdirSync(path.join(world.dir, "s3/lake/g1/things/snapshot_month=2026-01-05"));
      world.putThings("snapshot_month=2026-01-06/deeper");
      await world.crawlers.start("lake");
      expect(days()).to.deep.equal(["2026-01-01"]);
    });

    it("gives partitions that differ their table's columns, and takes none away", async () => {
      const catalog = glueCatalog(world.glue, "lake");
      const old = { ...descriptor, columns: descriptor.columns.slice(0, 1) };
      const at = (day: string) => `s3://lake/g1/things/snapshot_month=${day}/`;
      await catalog.register("things", "2026-01-01", { ...old, location: at("2026-01-01") }, 3);
      await catalog.register("things", "2026-01-02", { ...descriptor, location: at("2026-01-02") }, 3);
      world.put("lake/g1/things/snapshot_month=2026-01-01/x.csv.gz", gzipSync("id\na\n"));
      expect(await changes("lake")).to.deep.equal({ ...nothing, partitionsUpdated: 1 });
      const first = new PartitionFiles(world.dir).get("lake", "things", ["2026-01-01"])!;
      expect(first.StorageDescriptor!.Columns).to.have.length(2);
      expect(first.Parameters).to.deep.equal({ ...descriptor.tableParameters, program_version: "3" });
      expect(days()).to.deep.equal(["2026-01-01", "2026-01-02"]);
      expect(await world.query("select id, n from things")).to.deep.equal([{ id: "a", n: null }]);
    });

    it("leaves a partition of transform's at its location, which is elsewhere once the month is sealed", async () => {
      const catalog = glueCatalog(world.glue, "lake");
      const sealed = "s3://lake/sealed/g1/things/snapshot_month=2026-01/";
      await catalog.register("things", "2026-01", { ...descriptor, location: sealed }, 1);
      world.putThings("snapshot_month=2026-01");
      expect(await changes("lake")).to.deep.equal(nothing);
      const { StorageDescriptor } = new PartitionFiles(world.dir).get("lake", "things", ["2026-01"])!;
      expect(StorageDescriptor!.Location).to.equal(sealed);
    });

    it("gets along with a transform that registers the same partitions", async () => {
      const catalog = glueCatalog(world.glue, "lake");
      const all = Array.from({ length: 20 }, (_, index) => `2026-01-${String(index + 1).padStart(2, "0")}`);
      const registered = all.map((day) => {
        world.putThings(`snapshot_month=${day}`);
        const location = `s3://lake/g1/things/snapshot_month=${day}/`;
        return () => catalog.register("things", day, { ...descriptor, location }, 2);
      });
      const half = registered.length / 2;
      const early = registered.slice(0, half).map((register) => register());
      const crawl = world.crawlers.start("lake");
      await Promise.all([...early, crawl, ...registered.slice(half).map((register) => register())]);
      expect(days()).to.deep.equal(all);
      for (const day of all) {
        const { Parameters } = new PartitionFiles(world.dir).get("lake", "things", [day])!;
        expect(Parameters).to.deep.equal({ ...descriptor.tableParameters, program_version: "2" });
      }
      expect(await changes("lake")).to.deep.equal(nothing);
    });
  });

  describe("over raw", () => {
    const page = {
      kind: "page",
      read_seq: 1,
      body: { items: [{ id: "1", plays: 2, loud: true, at: "2026-01-01" }] },
    };

    it("makes a table of each stream, its columns read off the lines", async () => {
      world.putRaw("me/saved_tracks/snapshot_date=2026-01-01", { kind: "header", listener: "me" }, page);
      world.putRaw("me/plays/snapshot_date=2026-01-01", {
        kind: "gap",
        from: "2026-01-01T00:00:00Z",
        "odd:key": { "a:b": 1 },
      });
      world.put("raw/state/extract.json", "{}");
      expect(await changes("raw")).to.deep.equal({ ...nothing, tablesAdded: 2, partitionsAdded: 2 });
      const types = new TableFiles(world.dir)
        .list()
        .map(({ name, descriptor }) => [
          name,
          ...descriptor.Columns!.map(({ Name, Type }) => `${Name} ${Type}`),
        ]);
      expect(types).to.deep.equal([
        ["plays", "kind string", "from string", "odd:key string"],
        [
          ...["saved_tracks", "kind string", "listener string", "read_seq bigint"],
          "body struct<items:array<struct<id:string,plays:bigint,loud:boolean,at:string>>>",
        ],
      ]);
      expect(
        await world.query(
          "select kind, body.items[1].plays as plays, snapshot_date from lake_raw.saved_tracks order by kind",
        ),
      ).to.deep.equal([
        { kind: "header", plays: null, snapshot_date: "2026-01-01" },
        { kind: "page", plays: 2, snapshot_date: "2026-01-01" },
      ]);
    });

    it("changes nothing the second time, and follows a new shape", async () => {
      world.putRaw("me/plays/snapshot_date=2026-01-01", { kind: "page" });
      await world.crawlers.start("raw");
      expect(await changes("raw")).to.deep.equal(nothing);
      world.putRaw("me/plays/snapshot_date=2026-01-02", { kind: "page", more: 1.5 });
      const changed = { tablesUpdated: 1, partitionsAdded: 1, partitionsUpdated: 1 };
      expect(await changes("raw")).to.deep.equal({ ...nothing, ...changed });
      expect(await world.query("select max(more) as more, count(*) as n from lake_raw.plays")).to.deep.equal([
        { more: 1.5, n: 2 },
      ]);
    });

    it("keeps the tables of two listeners apart, whoever came first", async () => {
      world.putRaw("ben/plays/snapshot_date=2026-01-01", { n: 1 });
      await world.crawlers.start("raw");
      world.putRaw("ann/plays/snapshot_date=2026-01-01", { n: 2 });
      await world.crawlers.start("raw");
      const tables = new TableFiles(world.dir).list();
      expect(tables.map(({ descriptor }) => descriptor.Location)).to.have.members([
        "s3://raw/raw/ben/plays/",
        "s3://raw/raw/ann/plays/",
      ]);
      expect(tables.find(({ name }) => name === "plays")!.descriptor.Location).to.include("/ben/");
      expect(tables.find(({ name }) => name !== "plays")!.name).to.match(/^plays_[0-9a-f]{32}$/);
    });

    it("names what it cannot read, after it has read the rest", async () => {
      world.put("raw/raw/me/bad/snapshot_date=2026-01-01/a.jsonl.gz", "no gzip");
      world.putRaw("me/good/snapshot_date=2026-01-01", { n: 1 });
      const { error, changes: done } = await world.crawlers.start("raw");
      expect(error).to.match(/^s3:\/\/raw\/raw\/me\/bad\/ cannot be read: /);
      expect(done).to.deep.equal({ ...nothing, tablesAdded: 1, partitionsAdded: 1 });
    });
  });
});
