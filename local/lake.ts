import * as fs from "node:fs";
import * as path from "node:path";
import { DuckDBInstance, type DuckDBConnection, type Json } from "@duckdb/node-api";
import type { ColumnType } from "../schemas";
import { readPartitions, type Partition } from "./aws/partitions";
import { UserError } from "./errors";
import type { Manifest } from "./manifest";

/** An answer: column names in order, and rows of JSON values (64-bit integers as numbers, timestamps as text in UTC). */
export interface Answer {
  columns: string[];
  rows: Record<string, Json>[];
}

const duckTypes: Record<ColumnType, string> = {
  string: "varchar",
  int: "integer",
  bigint: "bigint",
  double: "double",
  boolean: "boolean",
  timestamp: "timestamp",
  date: "date",
};

/** The lake of a local cloud, read by DuckDB as Athena would: registered partitions only, tables and views by name. */
export class Lake {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  /** Opens the lake of the local cloud in `dir`. The data is read at each query, never copied. */
  static async open(manifest: Manifest, dir: string): Promise<Lake> {
    const partitions = readPartitions(dir, manifest.database);
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    // Integer division and UTC as on Athena; docs/decisions.md lists where the two engines differ.
    await connection.run(
      `set integer_division = true; set timezone = 'UTC'; create schema ${manifest.database}`,
    );
    await connection.run(`set schema = '${manifest.database}'`);
    for (const table of manifest.tables) {
      const own = partitions.filter((partition) => partition.table === table.name);
      await connection.run(
        `create view ${table.name} as ${tableSql(table.columns, own, path.join(dir, "s3"))}`,
      );
    }
    for (const view of manifest.views) await connection.run(`create view ${view.name} as ${view.sql}`);
    return new Lake(instance, connection);
  }

  /** Runs one statement; throws a `UserError` with the engine's sentence if it cannot. */
  async query(sql: string): Promise<Answer> {
    try {
      const reader = await this.connection.runAndReadAll(sql);
      const columns = reader.columnNames();
      const whole = reader
        .columnTypes()
        .map((type) => /^(BIGINT|HUGEINT|UBIGINT|UHUGEINT)$/.test(String(type)));
      const rows = reader
        .getRowsJson()
        .map((row) =>
          Object.fromEntries(
            row.map((value, at) => [columns[at], whole[at] && value !== null ? Number(value) : value]),
          ),
        );
      return { columns, rows };
    } catch (error) {
      throw new UserError(`The query failed: ${(error as Error).message.trim()}`);
    }
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

type Columns = Manifest["tables"][number]["columns"];

/** Files that were written with the same columns, in the same format. */
interface FileGroup {
  format: "csv" | "parquet";
  columns: Columns;
  files: string[];
}

/** The statement that reads a table's partitions: one branch for each set of columns that files were written with. */
function tableSql(columns: Columns, partitions: Partition[], s3Root: string): string {
  const groups = new Map<string, FileGroup>();
  for (const { descriptor } of partitions) {
    const format = descriptor.InputFormat?.includes("parquet") ? "parquet" : "csv";
    const own = (descriptor.Columns ?? []).map(({ Name, Type }) => ({
      name: Name!,
      type: Type as ColumnType,
    }));
    const shape = JSON.stringify([format, own]);
    const group = groups.get(shape) ?? { format, columns: own, files: [] };
    group.files.push(...filesAt(descriptor.Location!, s3Root));
    groups.set(shape, group);
  }
  const branches = [...groups.values()]
    .filter(({ files }) => files.length > 0)
    .map((group) => branch(columns, group));
  const none = columns.map(({ name, type }) => `cast(null as ${duckTypes[type]}) as "${name}"`).join(", ");
  return branches.join(" union all ") || `select ${none}, cast(null as varchar) as snapshot_date where false`;
}

function branch(columns: Columns, { format, columns: own, files }: FileGroup): string {
  const has = (name: string) => own.some((column) => column.name === name);
  const cells = columns.map(
    ({ name, type }) => `cast(${has(name) ? `"${name}"` : "null"} as ${duckTypes[type]}) as "${name}"`,
  );
  const list = `[${files.map(quote).join(", ")}]`;
  const hive = "hive_partitioning = true, hive_types_autocast = false";
  const dialect =
    "auto_detect = false, header = true, delim = '\t', quote = '', escape = '', nullstr = '\\N'";
  const typed = own.map(({ name, type }) => `${quote(name)}: ${quote(duckTypes[type])}`).join(", ");
  const source =
    format === "parquet"
      ? `read_parquet(${list}, union_by_name = true, ${hive})`
      : `read_csv(${list}, ${dialect}, columns = {${typed}}, ${hive})`;
  return `select ${cells.join(", ")}, snapshot_date from ${source}`;
}

/** The files at a location as any engine would see them: names that begin with "." or "_" do not count. */
function filesAt(location: string, s3Root: string): string[] {
  const folder = path.join(s3Root, location.replace(/^s3:\/\//, ""));
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((file) => !/^[._]/.test(file))
    .sort()
    .map((file) => path.join(folder, file));
}

function quote(text: string): string {
  return `'${text.replace(/'/g, "''")}'`;
}
