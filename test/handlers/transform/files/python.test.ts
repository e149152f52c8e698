import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeTable } from "../../../../handlers/transform/files/encode";
import { tables, type Cell, type ColumnType, type Row, type TableSpec } from "../../../../schemas";

/** Python with pyarrow, fastparquet and pandas; PYTHON may name another one. */
const python = process.env.PYTHON ?? "python3";
const readers = { pyarrow: "pq.read_table(file).to_pandas()", fastparquet: "ParquetFile(file).to_pandas()" };

/** Prints the columns of all files as JSON, times as ms since 1970. */
const script = (read: string) => `
import json, sys
import pandas as pd, pyarrow.parquet as pq
from fastparquet import ParquetFile
def cell(value):
    if pd.isna(value): return None
    if hasattr(value, "isoformat"): return round(pd.Timestamp(value).timestamp() * 1000)
    return value.item() if hasattr(value, "item") else value
def columns(file):
    frame = ${read}
    return {name: [cell(value) for value in frame[name]] for name in frame.columns}
print(json.dumps([columns(file) for file in sys.argv[1:]]))`;

const samples: Record<ColumnType, Cell[]> = {
  string: ["é \\N 静", ""],
  int: [-5, 7],
  bigint: [2 ** 53 - 1, -1],
  double: [0.25, -1e-9],
  boolean: [true, false],
  timestamp: [Date.UTC(2026, 2, 4, 5, 6, 7, 89), 0],
  date: ["2026-03-04", "1970-01-01"],
};

/** Rows whose cells are all NULL, are all there, and change: 40, since a writer may treat few in another way. */
function rowsOf({ columns }: TableSpec, present: (index: number) => boolean): Row[] {
  return Array.from({ length: 40 }, (_, index) =>
    Object.fromEntries(
      columns.map(({ name, type }) => [name, present(index) ? samples[type][index % 2]! : null]),
    ),
  );
}

/** The columns as the script prints them. */
function printed({ columns }: TableSpec, rows: Row[]): Record<string, unknown[]> {
  const cell = (type: ColumnType, value: Cell) =>
    type === "date" && value !== null ? Date.parse(`${value as string}T00:00:00Z`) : value;
  return Object.fromEntries(
    columns.map(({ name, type }) => [name, rows.map((row) => cell(type, row[name]!))]),
  );
}

describe("table files in Python", function () {
  this.timeout(120_000);
  let folder: string;
  before(function () {
    if (spawnSync(python, ["-c", "import pandas, pyarrow, fastparquet"]).status !== 0) {
      console.log(`      ${python} lacks pandas, pyarrow or fastparquet; set PYTHON to one that has them.`);
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "python-"));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  const fillings = [() => false, () => true, (index: number) => index % 3 > 0];
  for (const [reader, read] of Object.entries(readers))
    it(`are read cell by cell by ${reader}, whatever is NULL in them`, async () => {
      const cases = tables.flatMap((spec) =>
        [...fillings.map((present) => rowsOf(spec, present)), []].map((rows) => ({ spec, rows })),
      );
      const files = cases.map(({ spec }, index) => join(folder, `${spec.name}-${index}.parquet`));
      for (const [index, { spec, rows }] of cases.entries())
        writeFileSync(files[index]!, await encodeTable(spec, rows, "parquet", "d1"));
      const { stdout, stderr } = spawnSync(python, ["-c", script(read), ...files], { encoding: "utf8" });
      expect(stdout, stderr).not.to.equal("");
      const found = JSON.parse(stdout) as unknown[];
      for (const [index, { spec, rows }] of cases.entries())
        expect(found[index], files[index]).to.deep.equal(printed(spec, rows));
    });
});
