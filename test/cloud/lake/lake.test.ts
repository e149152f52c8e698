import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { encodeTable } from "../../../handlers/transform/files/encode";
import { PartitionFiles } from "../../../cloud/glue/partitions";
import { Lake } from "../../../cloud/lake/lake";
import type { LakeTable, Manifest } from "../../../cloud/lake/manifest";
import { partitionKey, required, type Column, type Row, type TableSpec } from "../../../schemas/spec";
import { glueDescriptor, type TableFormat } from "../../../schemas/formats";

const columns: Column[] = [
  required("id", "string", "Id."),
  required("n", "bigint", "Number."),
  required("at", "timestamp", "Time."),
];
const at = Date.parse("2026-01-02T03:04:05.678Z");

describe("Lake", () => {
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "lake-"))));
  afterEach(() => fs.rmSync(dir, { recursive: true }));

  /** Writes a partition as transform would, with these columns, and registers it if asked to. */
  async function partition(day: string, format: TableFormat, own: Column[], rows: Row[], registered = true) {
    const table = specOf(own);
    const prefix = `lake/g1/things/snapshot_month=${day}`;
    fs.mkdirSync(path.join(dir, "s3", prefix), { recursive: true });
    const file = path.join(dir, "s3", prefix, `me-x.${format === "csv" ? "csv.gz" : "parquet"}`);
    fs.writeFileSync(file, await encodeTable(table, rows, format, "digest"));
    if (!registered) return;
    const glue = glueDescriptor(table, format, `s3://${prefix}/`);
    new PartitionFiles(dir).put("test", "things", {
      Values: [day],
      CreationTime: 0,
      StorageDescriptor: {
        Location: glue.location,
        InputFormat: glue.inputFormat,
        Columns: glue.columns.map(({ name, type }) => ({ Name: name, Type: type })),
      },
    });
  }

  const specOf = (own: Column[]): TableSpec => ({
    ...{ name: "things", grain: "A thing.", key: ["id"], dedupe: "", columns: own },
  });

  const manifest = (own: Column[]): Manifest => ({
    database: "test",
    rawBucket: "raw",
    lakeBucket: "lake",
    tableFormat: "parquet",
    tables: [
      { name: "things", columns: own.map(({ name, type }) => ({ name, type })), keys: [partitionKey.name] },
    ],
    views: [],
    queries: [],
  });

  async function answer(own: Column[], sql: string) {
    const lake = await Lake.open(manifest(own), dir);
    try {
      return (await lake.query(sql)).rows;
    } finally {
      lake.close();
    }
  }

  it("is empty, and typed, before any partition is there", async () => {
    expect(await answer(columns, "select count(*) as n, max(snapshot_month) as d from things")).to.deep.equal(
      [{ n: 0, d: null }],
    );
  });

  it("answers with exact numbers, and with intervals in words", async () => {
    const sql = `select 9007199254740993 as big, -12345678901234567890123::hugeint as huge, 7::bigint as n,
      'nan'::double as nan, 1.50::decimal(10, 2) as d, interval 25 hour as i, null::interval as none`;
    expect(await answer(columns, sql)).to.deep.equal([
      {
        ...{ big: "9007199254740993", huge: "-12345678901234567890123", n: 7, nan: "NaN", d: 1.5 },
        ...{ i: "25:00:00", none: null },
      },
    ]);
  });

  describe("of tables and views that read one another", () => {
    const own = [required("id", "string", "Id.")].map(({ name, type }) => ({ name, type }));
    const table = (name: string) => ({ name, columns: own, keys: ["snapshot_month"] });
    const [one, two, three] = ["one", "two", "three"].map(table) as [LakeTable, LakeTable, LakeTable];
    const before = { database: "test_g1", tables: [one, two], views: [{ name: "pair", sql: "from one" }] };
    const many = {
      ...{ ...manifest(columns), tables: [one, two, three], earlier: [before] },
      views: [
        { name: "pair", sql: 'select * from one union all select * from "two"' },
        { name: "named", sql: "with three as (select * from pair) select 'three' as id from three" },
      ],
    };
    let lake: Lake;
    beforeEach(async () => (lake = await Lake.open(many, dir)));
    afterEach(() => lake.close());

    async function opens(sql: string, ...names: string[]) {
      await lake.query(sql);
      expect(lake.openNames.sort()).to.deep.equal(names.sort());
    }

    it("opens nothing before a statement names it", () => opens("select 1 as one"));
    it("opens one table", () => opens("select (select count(*) from ONE as two) as three", "test.one"));
    it("opens the tables of a quoted view", () =>
      opens('select * from "pair"', "test.pair", "test.one", "test.two"));
    it("opens what a view of views reads, not what its subqueries are called", () =>
      opens("select * from named", "test.named", "test.pair", "test.one", "test.two"));
    it("takes the name of a subquery for itself", () =>
      opens("with two as (select * from three) select * from two", "test.three"));
    it("opens an earlier generation's table by its full name, and what its view reads", async () => {
      await opens("select * from test_g1.two", "test_g1.two");
      await opens("select * from test_g1.pair", "test_g1.two", "test_g1.pair", "test_g1.one");
      await opens("select * from pair", ...["test.pair", "test.one", "test.two"], ...lake.openNames);
    });
    it("opens what is read by other words than select", async () => {
      await opens("describe one", "test.one");
      await opens("from query_table('two')", "test.one", "test.two");
      await opens("create temp table kept as from three", "test.one", "test.two", "test.three");
    });
    it("leaves a view that a statement made in a table's place", async () => {
      await lake.query("create view two as select 'mine' as id, '2026-01' as snapshot_month");
      expect((await lake.query("select id from pair")).rows).to.deep.equal([{ id: "mine" }]);
      await opens("from two", "test.pair", "test.one");
    });
    it("keeps what is open", async () => {
      await opens("from one", "test.one");
      await opens("from one, two", "test.one", "test.two");
    });
    it("opens all for a statement that lists them", async () => {
      const names = async (sql: string) => (await lake.query(sql)).rows.map(({ name }) => name);
      expect(await names("show tables")).to.deep.equal(["named", "one", "pair", "three", "two"]);
      expect(lake.openNames).to.have.length(8);
    });
    it("says which name is unknown, and suggests none of DuckDB's own", async () => {
      const error = await lake.query("select * from one, nothing").catch((reason: Error) => reason);
      expect(String(error)).to.match(/^Error: The query failed: .*Table with name nothing does not exist!\n/);
      expect(String(error)).not.to.contain("Did you mean");
    });
  });

  it("reads a partition by its values if its folder does not tell them", async () => {
    await partition("2026-01-02", "parquet", columns, [{ id: "a", n: 1, at }]);
    const files = new PartitionFiles(dir);
    const [stored] = files.list("test", "things");
    files.put("test", "things", { ...stored!, Values: ["it's 2025"] });
    expect(await answer(columns, "select snapshot_month as d from things order by d")).to.deep.equal([
      { d: "2026-01-02" },
      { d: "it's 2025" },
    ]);
  });

  for (const first of ["a", "z"])
    it(`reads a partition whose ${first === "a" ? "first" : "last"} Parquet file lacks a column`, async () => {
      const more = [...columns, required("extra", "int", "New.")];
      await partition("2026-01-02", "parquet", columns, [{ id: "a", n: 1, at }]);
      const folder = path.join(dir, "s3/lake/g1/things/snapshot_month=2026-01-02");
      fs.renameSync(path.join(folder, "me-x.parquet"), path.join(folder, `${first}.parquet`));
      await partition("2026-01-02", "parquet", more, [{ id: "b", n: 2, at, extra: 7 }]);
      expect(await answer(more, "select id, extra from things order by id")).to.deep.equal([
        { id: "a", extra: null },
        { id: "b", extra: 7 },
      ]);
    });

  describe("with a view", () => {
    const over: Manifest = {
      ...manifest(columns),
      views: [{ name: "seen", sql: "select id, n from things" }],
    };
    const bad = () => path.join(dir, "s3/lake/g1/things/snapshot_month=2026-01-02/me-x.parquet");

    it("refuses a table whose file is damaged and the view over it, until the file is whole", async () => {
      await partition("2026-01-02", "parquet", columns, [{ id: "a", n: 1, at }]);
      const whole = fs.readFileSync(bad());
      fs.writeFileSync(bad(), "damaged");
      const lake = await Lake.open(over, dir);
      for (const name of ["seen", "seen", "things", "query_table('things')"]) {
        const error = await lake.query(`select count(*) as n from ${name}`).catch((reason: Error) => reason);
        expect(String(error), name).to.match(/^Error: The query failed: .*me-x\.parquet/);
      }
      fs.writeFileSync(bad(), whole);
      expect((await lake.query("select count(*) as n from seen")).rows).to.deep.equal([{ n: 1 }]);
      lake.close();
    });

    for (const keepsViews of [false, true])
      it(`answers several questions at once, ${keepsViews ? "keeping" : "not keeping"} its rows`, async () => {
        const more = [...columns, required("extra", "int", "New.")];
        await partition("2026-01-02", "parquet", more, [{ id: "a", n: 1, at, extra: 7 }]);
        await partition("2026-01-03", "parquet", more, [{ id: "b", n: 2, at, extra: 8 }]);
        // A column less than its partition has.
        fs.writeFileSync(
          bad(),
          await encodeTable(specOf(columns), [{ id: "a", n: 1, at }], "parquet", "digest"),
        );
        const views = [{ name: "seen", sql: "select id, extra from things" }];
        const lake = await Lake.open({ ...manifest(more), views }, dir, { keepsViews });
        const asked = ["seen", "things", "seen"].map((name) =>
          lake.query(`select id, extra from ${name} order by id`),
        );
        const rows = [
          { id: "a", extra: null },
          { id: "b", extra: 8 },
        ];
        for (const one of await Promise.all(asked)) expect(one.rows).to.deep.equal(rows);
        lake.close();
      });
  });

  it("keeps some rows of an answer, and counts all", async () => {
    const lake = await Lake.open(manifest(columns), dir);
    const sql = "select range as n from range(5000) order by n -- all";
    expect(await lake.sample(sql, 2)).to.deep.equal({
      ...{ answer: { columns: ["n"], kinds: ["number"], rows: [{ n: 0 }, { n: 1 }] }, count: 5000 },
    });
    const { answer, count } = await lake.sample(sql, 2, "last");
    expect({ rows: answer.rows, count }).to.deep.equal({ rows: [{ n: 4998 }, { n: 4999 }], count: 5000 });
    expect(await lake.count(sql)).to.equal(5000);
    lake.close();
  });

  for (const format of ["csv", "parquet"] as const) {
    it(`reads registered ${format} partitions only`, async () => {
      await partition("2026-01-02", format, columns, [{ id: "it's", n: 2 ** 40, at }]);
      await partition("2026-01-03", format, columns, [{ id: "b", n: 2, at }], false);
      expect(await answer(columns, 'select id, n, "at", snapshot_month from things')).to.deep.equal([
        { id: "it's", n: 2 ** 40, at: "2026-01-02 03:04:05.678", snapshot_month: "2026-01-02" },
      ]);
    });

    it(`reads old ${format} partitions beside ones with a column more`, async () => {
      const more = [...columns, required("extra", "int", "New.")];
      await partition("2026-01-02", format, columns, [{ id: "a", n: 1, at }]);
      await partition("2026-01-03", format, more, [{ id: "b", n: 2, at, extra: 7 }]);
      expect(await answer(more, "select id, extra from things order by id")).to.deep.equal([
        { id: "a", extra: null },
        { id: "b", extra: 7 },
      ]);
    });
  }
});
