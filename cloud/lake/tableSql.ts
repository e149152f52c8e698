/** The statements with which DuckDB reads the partitions of tables. */
import * as path from "node:path";
import type { StorageDescriptor } from "@aws-sdk/client-glue";
import type { ColumnType } from "../../schemas";
import { formatOf, type TableFormat } from "../../schemas/formats";
import { filesAt } from "../glue/crawler/folders";
import { duckType } from "../glue/crawler/hive-types";
import { PartitionFiles } from "../glue/partitions";
import type { CatalogTable } from "../glue/tables";
import type { LakeTable } from "./manifest";

/** A column, its type as DuckDB names it. */
interface DuckColumn {
  name: string;
  type: string;
}

/** Partitions that one call of a reader reads: of one format, with the same columns. */
interface FileGroup {
  format: TableFormat;
  columns: DuckColumn[];
  /** Values of the partition keys, if the folders' names do not tell them as `key=value`. */
  values: string[] | undefined;
  files: string[];
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

/**
 * Returns the statement that reads a declared table's registered partitions in the cloud's folder `dir`. `byName` says
 * that Parquet files may lack columns that their partition has: it opens every file to see which.
 */
export function tableSql(
  database: string,
  { name, columns, keys }: LakeTable,
  dir: string,
  byName: boolean,
): string {
  const typed = duckColumns(columns);
  const groups = groupsOf(database, name, keys, dir);
  return groups.map((group) => branch(typed, keys, group, byName)).join(" union all ") || none(typed, keys);
}

/** Returns a statement with a declared table's columns and no rows. */
export function emptySql({ columns, keys }: LakeTable): string {
  return none(duckColumns(columns), keys);
}

/** Returns a statement with the columns of a table that a crawler made, and no rows. */
export function discoveredEmptySql({ descriptor, keys }: CatalogTable): string {
  return none(columnsOf(descriptor, duckType), keys);
}

function duckColumns(columns: LakeTable["columns"]): DuckColumn[] {
  return columns.map(({ name, type }) => ({ name, type: duckTypes[type] }));
}

function groupsOf(database: string, table: string, keys: string[], dir: string): FileGroup[] {
  const groups = new Map<string, FileGroup>();
  for (const { Values, StorageDescriptor: descriptor = {} } of new PartitionFiles(dir).list(
    database,
    table,
  )) {
    const files = filesAt(descriptor.Location!, path.join(dir, "s3"));
    if (files.length === 0) continue;
    const format = formatOf(descriptor.InputFormat);
    const columns = columnsOf(descriptor, (type) => duckTypes[type as ColumnType]);
    const values = isHivePath(descriptor, keys, Values) ? undefined : Values;
    const shape = JSON.stringify([format, columns, values]);
    const group = groups.get(shape) ?? { format, columns, values, files: [] };
    group.files.push(...files);
    groups.set(shape, group);
  }
  return [...groups.values()];
}

/**
 * True if there are folders named `key=value` in a partition's location, as Hive names them: DuckDB then opens only those
 * that a filter leaves. Of a sealed month there is one more folder behind them.
 */
function isHivePath({ Location }: StorageDescriptor, keys: string[], values: string[]): boolean {
  const names = keys.map((key, at) => `${key}=${values[at]}/`);
  return Location!.replace(/\/?$/, "/").includes(`/${names.join("")}`);
}

function branch(
  columns: DuckColumn[],
  keys: string[],
  { format, columns: own, values, files }: FileGroup,
  byName: boolean,
): string {
  const has = (name: string) => own.some((column) => column.name === name);
  const cells = columns.map(({ name, type }) => cast(has(name) ? identifier(name) : "null", name, type));
  const partition = keys.map((key, at) =>
    cast(values === undefined ? identifier(key) : text(values[at]!), key, "varchar"),
  );
  const hive = `hive_partitioning = ${values === undefined}, hive_types_autocast = false`;
  const dialect =
    "auto_detect = false, header = true, delim = '\t', quote = '', escape = '', nullstr = '\\N', null_padding = true";
  const source =
    format === "parquet"
      ? `read_parquet(${list(files)}, union_by_name = ${byName}, ${hive})`
      : `read_csv(${list(files)}, ${dialect}, columns = {${typesOf(own)}}, ${hive})`;
  return `select ${[...cells, ...partition].join(", ")} from ${source}`;
}

/** Returns the statement that reads the JSON lines of a table that a crawler made. */
export function discoveredSql({ database, name, keys, descriptor }: CatalogTable, dir: string): string {
  const files = new PartitionFiles(dir)
    .list(database, name)
    .flatMap((partition) => filesAt(partition.StorageDescriptor!.Location!, path.join(dir, "s3")));
  const columns = columnsOf(descriptor, duckType);
  if (files.length === 0) return none(columns, keys);
  return `select * from read_json(${list(files)}, format = 'newline_delimited',
    columns = {${typesOf(columns)}}, hive_partitioning = true, hive_types_autocast = false)`;
}

function columnsOf({ Columns }: StorageDescriptor, typeOf: (glueType: string) => string): DuckColumn[] {
  return (Columns ?? []).map(({ Name, Type }) => ({ name: Name!, type: typeOf(Type!) }));
}

function none(columns: DuckColumn[], keys: string[]): string {
  const all = [...columns, ...keys.map((name) => ({ name, type: "varchar" }))];
  return `select ${all.map(({ name, type }) => cast("null", name, type)).join(", ")} where false`;
}

function cast(value: string, name: string, type: string): string {
  return `cast(${value} as ${type}) as ${identifier(name)}`;
}

function typesOf(columns: DuckColumn[]): string {
  return columns.map(({ name, type }) => `${text(name)}: ${text(type)}`).join(", ");
}

function list(files: string[]): string {
  return `[${files.map(text).join(", ")}]`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** Returns a name as SQL quotes it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
