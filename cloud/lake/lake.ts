import * as path from "node:path";
import { DuckDBInstance, type DuckDBConnection, type Json } from "@duckdb/node-api";
import type { ColumnType } from "../../schemas";
import { formatOf, type TableFormat } from "../../schemas/formats";
import { partitionKey } from "../../schemas/spec";
import { readPartitions, type Partition } from "../glue/partitions";
import { TableFiles, type CatalogTable } from "../glue/tables";
import { filesAt } from "../glue/crawler/folders";
import { duckType } from "../glue/crawler/hive-types";
import { UserError } from "../errors";
import { exactNumber, intervalText, kindOf, type Answer } from "./cells";
import type { LakeDatabase, Manifest } from "./manifest";

export type { Answer } from "./cells";

/** An answer whose columns tell their types; each row has a cell for each column. */
export interface TypedAnswer {
  columns: { name: string; type: string }[];
  rows: Json[][];
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

  /**
   * Opens the lake of the local cloud in `dir`. The data is read at each query, never copied. Earlier generations are
   * there under their database's name, as on Athena: `select … from spotify_data_pipeline_local.current_tracks`.
   */
  static async open(manifest: Manifest, dir: string): Promise<Lake> {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    // Integer division and UTC as on Athena; docs/decisions.md lists where the two engines differ.
    await connection.run("set integer_division = true; set timezone = 'UTC'");
    // The current generation comes last, since its database stays the one that plain names mean.
    for (const generation of [...(manifest.earlier ?? []), manifest]) {
      await addDatabase(connection, generation, dir);
    }
    await addDiscovered(connection, dir);
    return new Lake(instance, connection);
  }

  /** Runs one statement; throws a `UserError` with the engine's sentence if it cannot. */
  async query(sql: string): Promise<Answer> {
    const { columns, rows } = await this.typedQuery(sql);
    return {
      columns: columns.map(({ name }) => name),
      kinds: columns.map(({ type }) => kindOf(type)),
      rows: rows.map((row) =>
        Object.fromEntries(row.map((value, at) => [columns[at]!.name, cell(value, columns[at]!.type)])),
      ),
    };
  }

  /** As {@link query}, with the columns' types as DuckDB names them, and wide numbers as text. */
  async typedQuery(sql: string): Promise<TypedAnswer> {
    try {
      const reader = await this.connection.runAndReadAll(sql);
      const types = reader.columnTypes();
      return {
        columns: reader.columnNames().map((name, at) => ({ name, type: String(types[at]) })),
        rows: reader.getRowsJson(),
      };
    } catch (error) {
      throw new UserError(`The query failed: ${(error as Error).message.trim()}`);
    }
  }

  /** Ends the statement that is running, which then fails. */
  interrupt(): void {
    this.connection.interrupt();
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

function cell(value: Json, type: string): Json {
  if (value === null) return null;
  if (type === "INTERVAL") return intervalText(value as Record<string, Json>);
  return typeof value === "string" && kindOf(type) === "number" ? exactNumber(value) : value;
}

/** Makes the tables and views of a database, and makes it the one that plain names mean. */
async function addDatabase(
  connection: DuckDBConnection,
  { database, tables, views }: LakeDatabase,
  dir: string,
): Promise<void> {
  const partitions = readPartitions(dir, database);
  await connection.run(`create schema ${database}`);
  await connection.run(`set schema = '${database}'`);
  for (const { name, columns } of tables) {
    const own = partitions.filter((partition) => partition.table === name);
    await connection.run(`create view ${name} as ${tableSql(columns, own, path.join(dir, "s3"))}`);
  }
  for (const { name, sql } of views) await connection.run(`create view ${name} as ${sql}`);
}

/** Makes the tables that crawlers found, each under its database's name. */
async function addDiscovered(connection: DuckDBConnection, dir: string): Promise<void> {
  for (const table of new TableFiles(dir).list()) {
    const own = readPartitions(dir, table.database).filter((partition) => partition.table === table.name);
    await connection.run(
      `create schema if not exists "${table.database}";
       create view "${table.database}"."${table.name}" as ${jsonTableSql(table, own, path.join(dir, "s3"))}`,
    );
  }
}

type Columns = Manifest["tables"][number]["columns"];

/** Files that were written with the same columns, in the same format. */
interface FileGroup {
  format: TableFormat;
  columns: Columns;
  files: string[];
}

/** The statement that reads a table's partitions: one branch for each set of columns that files were written with. */
function tableSql(columns: Columns, partitions: Partition[], s3Root: string): string {
  const groups = new Map<string, FileGroup>();
  for (const { descriptor } of partitions) {
    const format = formatOf(descriptor.InputFormat);
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
  return (
    branches.join(" union all ") ||
    `select ${none}, cast(null as varchar) as ${partitionKey.name} where false`
  );
}

function branch(columns: Columns, { format, columns: own, files }: FileGroup): string {
  const has = (name: string) => own.some((column) => column.name === name);
  const cells = columns.map(
    ({ name, type }) => `cast(${has(name) ? `"${name}"` : "null"} as ${duckTypes[type]}) as "${name}"`,
  );
  const list = `[${files.map(quote).join(", ")}]`;
  const hive = "hive_partitioning = true, hive_types_autocast = false";
  const dialect =
    "auto_detect = false, header = true, delim = '\t', quote = '', escape = '', nullstr = '\\N', null_padding = true";
  const typed = own.map(({ name, type }) => `${quote(name)}: ${quote(duckTypes[type])}`).join(", ");
  const source =
    format === "parquet"
      ? `read_parquet(${list}, union_by_name = true, ${hive})`
      : `read_csv(${list}, ${dialect}, columns = {${typed}}, ${hive})`;
  return `select ${cells.join(", ")}, ${partitionKey.name} from ${source}`;
}

/** The statement that reads the JSON lines of a table that a crawler made. */
function jsonTableSql({ keys, descriptor }: CatalogTable, partitions: Partition[], s3Root: string): string {
  const files = partitions.flatMap((partition) => filesAt(partition.descriptor.Location!, s3Root));
  const columns = (descriptor.Columns ?? []).map(({ Name, Type }) => ({
    name: Name!,
    type: duckType(Type!),
  }));
  if (files.length === 0) {
    const none = [...columns, ...keys.map((name) => ({ name, type: "varchar" }))];
    return `select ${none.map(({ name, type }) => `cast(null as ${type}) as "${name}"`).join(", ")} where false`;
  }
  const typed = columns.map(({ name, type }) => `${quote(name)}: ${quote(type)}`).join(", ");
  return `select * from read_json([${files.map(quote).join(", ")}], format = 'newline_delimited',
    columns = {${typed}}, hive_partitioning = true, hive_types_autocast = false)`;
}

function quote(text: string): string {
  return `'${text.replace(/'/g, "''")}'`;
}
