import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { encodeTable } from "../../../handlers/transform/files/encode";
import { PartitionFiles } from "../../../cloud/glue/partitions";
import { Lake } from "../../../cloud/lake/lake";
import type { Manifest } from "../../../cloud/lake/manifest";
import { required, type Column, type Row, type TableSpec } from "../../../schemas/spec";
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
    const table: TableSpec = { name: "things", grain: "A thing.", key: ["id"], dedupe: "", columns: own };
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

  const manifest = (own: Column[]): Manifest => ({
    database: "test",
    rawBucket: "raw",
    lakeBucket: "lake",
    tableFormat: "parquet",
    tables: [{ name: "things", columns: own.map(({ name, type }) => ({ name, type })) }],
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
