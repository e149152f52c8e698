import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { expect } from "chai";
import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { parquetMetadata } from "hyparquet";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { makeRow } from "../../../../handlers/transform/rows/cells";
import { TableRows } from "../../../../handlers/transform/rows/tableRows";
import { digestOf, encodeTable, tableWriter } from "../../../../handlers/transform/files/encode";
import { programVersion, tables, type ColumnType, type Row } from "../../../../schemas";
import { extensions, type TableFormat } from "../../../../schemas/formats";
import { optional, required, type TableSpec } from "../../../../schemas/spec";

const types: Record<ColumnType, string> = {
  string: "VARCHAR",
  int: "INTEGER",
  bigint: "BIGINT",
  double: "DOUBLE",
  boolean: "BOOLEAN",
  timestamp: "TIMESTAMP",
  date: "DATE",
};
const formats: TableFormat[] = ["csv", "parquet"];

const table: TableSpec = {
  name: "things",
  grain: "",
  key: ["n"],
  dedupe: "",
  columns: [
    required("n", "int", ""),
    optional("s", "string", ""),
    optional("i", "int", ""),
    optional("b", "bigint", ""),
    optional("f", "boolean", ""),
    optional("t", "timestamp", ""),
    optional("d", "date", ""),
    optional("last", "string", ""),
  ],
};

describe("encodeTable", () => {
  let folder: string;
  let db: DuckDBConnection;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "encode-"));
    db = await (await DuckDBInstance.create(":memory:")).connect();
  });
  after(() => {
    db.closeSync();
    rmSync(folder, { recursive: true });
  });

  /** A SQL expression that reads the file which `rows` become. */
  async function fileOf(spec: TableSpec, rows: Row[], format: TableFormat): Promise<string> {
    const file = join(folder, `${spec.name}.${extensions[format]}`);
    writeFileSync(file, await encodeTable(spec, rows, format, "d1"));
    if (format === "parquet") return `read_parquet('${file}')`;
    const columns = spec.columns.map(({ name, type }) => `'${name}': '${types[type]}'`).join(", ");
    const dialect =
      "delim = '\t', quote = '', escape = '', nullstr = '\\N', header = true, auto_detect = false";
    return `read_csv('${file}', ${dialect}, columns = {${columns}})`;
  }

  /** What DuckDB reads back, as plain values; timestamps and dates as text. */
  async function readBack(spec: TableSpec, rows: Row[], format: TableFormat): Promise<unknown[]> {
    const columns = spec.columns.map(({ name, type }) =>
      type === "timestamp"
        ? `epoch_ms("${name}") AS "${name}"`
        : type === "date"
          ? `"${name}"::VARCHAR AS "${name}"`
          : `"${name}"`,
    );
    const result = await db.runAndReadAll(
      `SELECT ${columns.join(", ")} FROM ${await fileOf(spec, rows, format)}`,
    );
    return result
      .getRowObjects()
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [
            name,
            typeof value === "bigint" ? Number(value) : value,
          ]),
        ),
      );
  }

  const texts = [
    "tab\there",
    "two\r\nlines",
    '"Heroes"',
    'say "hi", then go',
    "C:\\new\\",
    "\\N",
    "\\\\N",
    "\\",
    "",
    " padded ",
    "a\u2028b\u2029c\u0085d",
    "nul\u0000l",
    "\ud800 alone",
    "😀 عربى 中文",
    "null",
    "#comment",
    null,
  ];
  const rows = texts.map((text, n) => makeRow(table, {}, { n, s: text, last: text }).row!);
  rows.push(
    makeRow(
      table,
      {},
      {
        n: 100,
        i: -(2 ** 31),
        b: 2 ** 53 - 1,
        f: false,
        t: Date.UTC(2026, 2, 4, 5, 6, 7, 89),
        d: "1971-01-01",
      },
    ).row!,
    makeRow(table, {}, { n: 101, i: 2 ** 31 - 1, b: -(2 ** 53 - 1), f: true, t: 1, d: "1000-01-01" }).row!,
    makeRow(table, {}, { n: 102, i: 0, b: 0, t: Date.UTC(9999, 11, 31, 23, 59, 59, 999), d: "9999-12-31" })
      .row!,
  );

  for (const format of formats) {
    it(`${format}: DuckDB reads back every cell`, async () => {
      expect(await readBack(table, rows, format)).to.deep.equal(rows);
    });

    it(`${format}: any text comes back`, async () => {
      const made = fc
        .sample(fc.string({ unit: "binary" }), 500)
        .map((text, n) => makeRow(table, {}, { n, s: text, last: text }).row!);
      expect(await readBack(table, made, format)).to.deep.equal(made);
    });

    it(`${format}: an empty table of every spec can be read, with the types of the spec`, async () => {
      for (const spec of tables) {
        const described = await db.runAndReadAll(`DESCRIBE SELECT * FROM ${await fileOf(spec, [], format)}`);
        expect(described.getRows().map(([name, type]) => [name, type])).to.deep.equal(
          spec.columns.map(({ name, type }) => [name, types[type]]),
        );
        expect(await readBack(spec, [], format)).to.deep.equal([]);
      }
    });

    it(`${format}: equal input gives equal bytes, another digest gives others`, async () => {
      const bytes = await encodeTable(table, rows, format, "d1");
      expect(await encodeTable(table, rows, format, "d1")).to.deep.equal(bytes);
      expect(await encodeTable(table, rows, format, "d2")).to.not.deep.equal(bytes);
    });
  }

  it("csv: is the dialect that LazySimpleSerDe reads", async () => {
    const bytes = await encodeTable(table, [rows[5]!, rows[8]!, rows.at(-3)!], "csv", "d1");
    expect(gunzipSync(bytes).toString("utf8").split("\n")).to.deep.equal([
      "n\ts\ti\tb\tf\tt\td\tlast",
      "5\t\\\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\\\N",
      "8\t\t\\N\t\\N\t\\N\t\\N\t\\N\t",
      "100\t\\N\t-2147483648\t9007199254740991\tfalse\t2026-03-04 05:06:07.089\t1971-01-01\t\\N",
      "",
    ]);
  });

  it("csv: has the lines that csv-stringify would write", async () => {
    const made = fc
      .sample(fc.tuple(fc.string({ unit: "binary" }), fc.integer(), fc.maxSafeInteger()), 500)
      .map(([s, i, b], n) => makeRow(table, {}, { n, s, i, b, f: n % 2 === 0, last: n % 3 ? s : null }).row!);
    const dialect = { header: true, delimiter: "\t", quote: "", escape: "", record_delimiter: "\n" } as const;
    const cells = made.map((row) => Object.values(row).map((cell) => (cell === null ? "\\N" : String(cell))));
    const columns = table.columns.map(({ name }) => name);
    const csv = gunzipSync(await encodeTable(table, made, "csv", "d1")).toString("utf8");
    expect(csv).to.equal(stringify(cells, { ...dialect, columns }));
  });

  it("csv: writes any time in UTC, to the millisecond", async () => {
    const times = fc.sample(fc.integer({ min: 1, max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) }), 500);
    const made = times.map((t, n) => makeRow(table, {}, { n, t }).row!);
    const csv = gunzipSync(await encodeTable(table, made, "csv", "d1")).toString("utf8");
    const written = csv
      .split("\n")
      .slice(1, -1)
      .map((line) => line.split("\t")[5]);
    expect(written).to.deep.equal(times.map((t) => new Date(t).toISOString().replace("T", " ").slice(0, -1)));
  });

  it("both: DuckDB reads back a table of several parts, packed or not", async () => {
    const many = Array.from(
      { length: 20_001 },
      (_, n) => makeRow(table, {}, { n, s: `s${n % 7}`, b: n % 5 }).row!,
    );
    for (const format of formats) {
      const packed = TableRows.of(table, many);
      expect(await encodeTable(table, packed, format, "d1")).to.deep.equal(
        await encodeTable(table, many, format, "d1"),
      );
      expect(await readBack(table, many, format)).to.deep.equal(many);
    }
  });

  it("both: rows that come in parts make the same file as all at once", async () => {
    const many = Array.from(
      { length: 10_003 },
      (_, n) => makeRow(table, {}, { n, s: `s${n % 7}`, d: "1971-01-01" }).row!,
    );
    for (const format of formats) {
      const writer = tableWriter(table, format, "d1");
      for (const [start, end] of [
        [0, 3],
        [3, 9000],
        [9000, 10_003],
      ])
        await writer.add(TableRows.of(table, many.slice(start, end)));
      expect(await writer.finish(), format).to.deep.equal(await encodeTable(table, many, format, "d1"));
    }
  });

  it("csv: names the digest, and no time or system, in the gzip header", async () => {
    const bytes = Buffer.from(await encodeTable(table, rows, "csv", "d1"));
    expect(bytes.subarray(0, 10).toString("hex")).to.equal("1f8b08080000000000ff");
    expect(bytes.subarray(10, 24).toString("latin1")).to.equal("things-d1.csv\0");
  });

  it("parquet: has the digest in its footer and only optional columns", async () => {
    const file = await fileOf(table, rows, "parquet");
    const metadata = await db.runAndReadAll(
      `SELECT decode(key), decode(value) FROM ${file.replace("read_parquet", "parquet_kv_metadata")}`,
    );
    expect(metadata.getRows()).to.deep.equal([["digest", "d1"]]);
    const schema = await db.runAndReadAll(
      `SELECT name, type, repetition_type, converted_type FROM ${file.replace("read_parquet", "parquet_schema")} WHERE name <> 'things'`,
    );
    expect(schema.getRows()).to.deep.equal([
      ["n", "INT32", "OPTIONAL", null],
      ["s", "BYTE_ARRAY", "OPTIONAL", "UTF8"],
      ["i", "INT32", "OPTIONAL", null],
      ["b", "INT64", "OPTIONAL", null],
      ["f", "BOOLEAN", "OPTIONAL", null],
      ["t", "INT64", "OPTIONAL", "TIMESTAMP_MILLIS"],
      ["d", "INT32", "OPTIONAL", "DATE"],
      ["last", "BYTE_ARRAY", "OPTIONAL", "UTF8"],
    ]);
  });

  it("parquet: lays booleans down plain, so that pages of nothing but NULL can be read anywhere", async () => {
    const n = Array.from({ length: 40 }, (_, index) => index);
    for (const f of [null, true]) {
      const bytes = await encodeTable(
        table,
        n.map((one) => ({ ...rows[0]!, n: one, f })),
        "parquet",
        "d1",
      );
      const { row_groups } = parquetMetadata(bytes.slice().buffer);
      const column = row_groups[0]!.columns.find(({ meta_data }) => meta_data!.path_in_schema[0] === "f")!;
      expect(column.meta_data!.encoding_stats!.map(({ encoding }) => encoding)).to.deep.equal(["PLAIN"]);
    }
  });

  it("parquet: filters find rows by their statistics", async () => {
    const file = await fileOf(table, rows, "parquet");
    for (const [where, n] of [
      ["s = '😀 عربى 中文'", 13],
      ["t = TIMESTAMP '2026-03-04 05:06:07.089'", 100],
      ["d = DATE '1971-01-01'", 100],
      ["b = 9007199254740991", 100],
    ] as const) {
      const found = await db.runAndReadAll(`SELECT n FROM ${file} WHERE ${where}`);
      expect(found.getRows(), where).to.deep.equal([[n]]);
    }
  });
});

describe("digestOf", () => {
  const digest = (
    changes: { spec?: TableSpec; format?: TableFormat; keys?: string[]; program?: number } = {},
  ) =>
    digestOf(
      changes.spec ?? table,
      changes.format ?? "csv",
      changes.keys ?? ["a", "b"],
      changes.program ?? programVersion,
    );

  it("changes with raw, program, spec and format, and with nothing else", () => {
    const [first, ...others] = table.columns;
    const all = [
      digest(),
      digest({ keys: ["a"] }),
      digest({ keys: ["a", "c"] }),
      digest({ program: programVersion + 1 }),
      digest({ format: "parquet" }),
      digest({ spec: { ...table, name: "other" } }),
      digest({ spec: { ...table, columns: others } }),
      digest({ spec: { ...table, columns: [{ ...first!, type: "bigint" }, ...others] } }),
    ];
    expect(new Set(all).size).to.equal(all.length);
    expect(digest({ spec: { ...table, columns: [{ ...first!, meaning: "reworded" }, ...others] } })).to.equal(
      digest(),
    );
  });
});
