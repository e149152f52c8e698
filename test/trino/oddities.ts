import * as fs from "node:fs";
import * as path from "node:path";
import { makeRow } from "../../handlers/transform/rows/cells";
import type { Json } from "../../handlers/raw/json";
import { encodeTable } from "../../handlers/transform/files/encode";
import { PartitionFiles } from "../../cloud/glue/partitions";
import { UserError } from "../../cloud/errors";
import { readFolder } from "../../cloud/localState";
import { tables, type Column, type Row, type TableSpec } from "../../schemas";
import { extensions, type TableFormat } from "../../schemas/formats";

const texts = [
  "",
  " ",
  "\\N",
  "\\\\N",
  "N",
  "null",
  "NULL",
  "\t",
  "a\tb",
  "a\nb",
  "a\r\nb",
  "\u0000a\u0007",
  '"',
  '"a"',
  'a "b" c',
  "'",
  "it's",
  "\\",
  "a\\",
  "\\t\\n\\\\",
  "\u2028a\u2029",
  "\u0085",
  "\u00a0",
  // Not in front: DuckDB's client for Node takes it for a byte order mark there and drops it.
  "a\ufeffb",
  "🌊👩‍🚀",
  "\ud800",
  "e\u0301",
  "Żółć, Þrjú",
  "静かな灯台",
  "منارة",
  "a,b;c|d",
  "=1+1",
  "\u0001a\u0002",
  "#",
  "-- a",
  "/* a",
  "2026-02-30",
  "true",
  "1e5",
  "  padded  ",
];
const instants = [
  "2008-10-07T00:00:00.001Z",
  "2016-12-31T23:59:59.999Z",
  // Berlin's clocks go forward and back.
  "2025-03-30T00:59:59.999Z",
  "2025-03-30T01:00:00.000Z",
  "2025-10-26T00:30:00.500Z",
  "2025-10-26T01:30:00.050Z",
].map(Date.parse);
const days = [
  "1000-01-01",
  "1582-10-10",
  "1899-12-31",
  "1969-12-31",
  "1970-01-01",
  "2024-02-29",
  "9999-12-31",
];
const ints = [0, 1, -1, 100, 2_000_000_000, -2_000_000_000];
const doubles = [0, 1, -1, 0.5, 1 / 3, 1e-9, 1.5e17];
const bigints = [0, 1, -1, 2 ** 31, 2 ** 40, -(2 ** 40)];

/**
 * Adds to each table three partitions of long ago: one of rows that hold every odd text, NULL in every column that may
 * be NULL; one whose file and descriptor lack the last column, as if that had been added since; and one whose file has
 * no rows. Each is registered as transform registered another of that table.
 */
export async function addOddPartitions(dir: string, format: TableFormat): Promise<void> {
  const { database } = readFolder(dir)!.manifest;
  const partitions = new PartitionFiles(dir);
  for (const table of tables) {
    const [known] = partitions.list(database, table.name);
    if (!known) throw new UserError(`The table ${table.name} got no partition; it needs data to be tested.`);
    const shorter = { ...table, columns: table.columns.slice(0, -1) };
    const rows = oddRows(table);
    for (const [month, spec, some] of [
      ["2001-01", table, rows.slice(0, -1)],
      ["2001-02", shorter, rows.slice(-1)],
      ["2001-03", table, []],
    ] as [string, TableSpec, Row[]][]) {
      const Location = known.StorageDescriptor!.Location!.replace(known.Values[0]!, month);
      const folder = path.join(dir, "s3", Location.replace("s3://", ""));
      fs.mkdirSync(folder, { recursive: true });
      const file = path.join(folder, `odd.${extensions[format]}`);
      fs.writeFileSync(file, await encodeTable(spec, some, format, "odd"));
      const Columns = spec.columns.map(({ name, type }) => ({ Name: name, Type: type }));
      const StorageDescriptor = { ...known.StorageDescriptor, Location, Columns };
      partitions.put(database, table.name, { ...known, Values: [month], StorageDescriptor });
    }
  }
}

/** Rows as the program would make them: one of NULLs, then one for each odd text. Their keys are all different. */
function oddRows(table: TableSpec): Row[] {
  return [-1, ...texts.keys()].map((at) => {
    const isEmpty = (column: Column) => at === -1 && column.nullable;
    const cells: Json = Object.fromEntries(
      table.columns.map((column, index) => [
        column.name,
        isEmpty(column) ? null : oddCell(column, at + 1, at + 1 + index, table.key.includes(column.name)),
      ]),
    );
    return makeRow(table, {}, cells).row!;
  });
}

function oddCell({ name, type }: Column, row: number, at: number, isKey: boolean): unknown {
  const pick = <T>(values: T[]) => values[at % values.length]!;
  if (name === "read_seq") return 1_000_000 + row;
  switch (type) {
    case "string":
      return isKey ? `${row}-${pick(texts)}` : pick(texts);
    case "boolean":
      return at % 2 === 0;
    case "int":
      return pick(ints);
    case "bigint":
      return pick(bigints);
    case "double":
      return pick(doubles);
    case "timestamp":
      return pick(instants) + row;
    case "date":
      return pick(days);
  }
}
