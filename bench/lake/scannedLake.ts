/** What an engine reads of a lake for a statement, from DuckDB's plan and the files' own footers. */
import { statSync } from "node:fs";
import * as path from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { filesAt } from "../../cloud/glue/crawler/folders";
import { readPartitions } from "../../cloud/glue/partitions";
import { inDependencyOrder, type Manifest } from "../../cloud/lake/manifest";
import type { ColumnType } from "../../schemas";

/** What a statement reads. */
export interface Scan {
  /** Partitions and files that are left when filters on partitions have been applied. */
  partitions: number;
  files: number;
  /** Bytes of the chunks of the columns that the plan reads, and of the footers. */
  parquet: number;
  /** Requests for them: one for each footer and for each run of adjacent columns. */
  gets: number;
}

/** One partition of a table. */
interface PartitionFilesRead {
  files: string[];
  rowGroups: number;
  /** Compressed chunks by column, in bytes. */
  columns: Record<string, number>;
  footers: number;
}

/** A table's partitions by value. */
interface ScannedTable {
  /** Name of the partition's column. */
  key: string;
  /** Columns in the order of the files. */
  order: string[];
  partitions: Map<string, PartitionFilesRead>;
}

/** An operator of DuckDB's plan, as `explain (format json)` prints it. */
interface Operator {
  name: string;
  children: Operator[];
  extra_info: Record<string, string | string[]>;
}

const duckTypes: Record<ColumnType, string> = {
  ...{ string: "varchar", int: "integer", bigint: "bigint", double: "double" },
  ...{ boolean: "boolean", timestamp: "timestamp", date: "date" },
};

/** A lake of Parquet files, in whose plans each scan tells its table. */
export class ScannedLake {
  private readonly tables = new Map<string, ScannedTable>();

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  /** Opens the lake in a local cloud's folder. */
  static async open(manifest: Manifest, dir: string): Promise<ScannedLake> {
    const instance = await DuckDBInstance.create(":memory:");
    const lake = new ScannedLake(instance, await instance.connect());
    await lake.connection.run("set integer_division = true; set timezone = 'UTC'");
    const partitions = readPartitions(dir, manifest.database);
    for (const { name, columns } of manifest.tables) {
      const own = partitions.filter(({ table }) => table === name);
      const order = columns.map((column) => column.name);
      const table: ScannedTable = { key: keyOf(own[0]?.descriptor.Location), order, partitions: new Map() };
      for (const { values, descriptor } of own) {
        const files = filesAt(descriptor.Location!, path.join(dir, "s3"));
        if (files.length > 0) table.partitions.set(values[0]!, await lake.partitionOf(files));
      }
      lake.tables.set(name, table);
      await lake.connection.run(`create view ${name} as ${viewOf(name, columns, table)}`);
    }
    for (const { name, sql } of inDependencyOrder(manifest.views))
      await lake.connection.run(`create view ${name} as ${sql}`);
    return lake;
  }

  /** Returns what a statement's plan reads; a table that is scanned twice is read twice. */
  async scan(sql: string): Promise<Scan> {
    return (await this.scansOf(sql)).reduce(
      (sum, { partitions, columns, order }) => {
        for (const { files, rowGroups, columns: sizes, footers } of partitions) {
          sum.files += files.length;
          sum.parquet += columns.reduce((bytes, column) => bytes + (sizes[column] ?? 0), footers);
          sum.gets += files.length + rowGroups * runsIn(columns, order);
        }
        return { ...sum, partitions: sum.partitions + partitions.length };
      },
      { partitions: 0, files: 0, parquet: 0, gets: 0 },
    );
  }

  /** Returns the partitions that a statement's plan reads, by table and value. */
  async partitionsRead(sql: string): Promise<{ table: string; value: string }[]> {
    const scans = await this.scansOf(sql);
    return scans.flatMap(({ table, values }) => values.map((value) => ({ table, value })));
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  private async scansOf(sql: string) {
    const reader = await this.connection.runAndReadAll(`explain (format json) ${sql}`);
    const plan = JSON.parse(String(reader.getRows()[0]![1])) as Operator[];
    const scans = [];
    for (const operator of plan.flatMap(scansIn)) {
      const filters = [operator.extra_info.Filters ?? []].flat().join(" ");
      const name = /\b(\w+)_file\s*!=\s*''/.exec(filters)?.[1];
      const table = name === undefined ? undefined : this.tables.get(name);
      if (!name || !table) throw new Error(`A scan does not tell its table: ${JSON.stringify(operator)}`);
      const read = [[operator.extra_info.Projections ?? []].flat().join("\n"), filters].join("\n");
      const columns = table.order.filter((column) => new RegExp(`\\b${column}\\b`).test(read));
      const values = await this.valuesLeft(table, operator.extra_info["File Filters"]);
      const partitions = values.map((value) => table.partitions.get(value)!);
      scans.push({ table: name, values, partitions, columns, order: table.order });
    }
    return scans;
  }

  /** The partitions that a filter on their column leaves. */
  private async valuesLeft(
    { key, partitions }: ScannedTable,
    filters: string | string[] | undefined,
  ): Promise<string[]> {
    const all = [...partitions.keys()];
    if (filters === undefined || all.length === 0) return all;
    const values = all.map((value) => `('${value}')`).join(", ");
    const sql = `select ${key} from (values ${values}) as partitions(${key}) where ${[filters].flat().join(" and ")}`;
    return (await this.connection.runAndReadAll(sql)).getRows().map(([value]) => String(value));
  }

  private async partitionOf(files: string[]): Promise<PartitionFilesRead> {
    const list = files.map((file) => `'${file}'`).join(", ");
    const footers = `(select sum(footer_size + 8)::double from parquet_file_metadata([${list}]))`;
    const reader = await this.connection.runAndReadAll(
      `select path_in_schema, sum(total_compressed_size)::double, count(*)::double, ${footers}
       from parquet_metadata([${list}]) where path_in_schema is not null group by 1`,
    );
    const rows = reader.getRows();
    return {
      files,
      rowGroups: Math.max(0, ...rows.map((row) => Number(row[2]))),
      columns: Object.fromEntries(rows.map(([column, bytes]) => [String(column), Number(bytes)])),
      footers:
        rows.length > 0 ? Number(rows[0]![3]) : files.reduce((sum, file) => sum + statSync(file).size, 0),
    };
  }
}

/** The name in the folder `name=value` that a partition is in. */
function keyOf(location: string | undefined): string {
  return /\/([^/=]+)=[^/]*\/?$/.exec(location ?? "")?.[1] ?? "snapshot_date";
}

/** The file's name is no column of the file: it costs nothing, and the filter on it stands in the plan. */
function viewOf(name: string, columns: Manifest["tables"][number]["columns"], table: ScannedTable): string {
  const files = [...table.partitions.values()].flatMap((partition) => partition.files);
  const keys = table.order.includes(table.key) ? [] : [table.key];
  if (files.length === 0) {
    const none = columns.map((column) => `null::${duckTypes[column.type]} as "${column.name}"`);
    return `select ${[...none, ...keys.map((key) => `null::varchar as ${key}`)].join(", ")} where false`;
  }
  const cells = [...columns.map((column) => `"${column.name}"`), ...keys].join(", ");
  const options = `hive_partitioning = true, hive_types_autocast = false, filename = '${name}_file'`;
  const list = files.map((file) => `'${file}'`).join(", ");
  return `select ${cells} from read_parquet([${list}], ${options}) where ${name}_file <> ''`;
}

/** In how many pieces the columns lie one behind the other. */
function runsIn(columns: string[], order: string[]): number {
  const places = columns.map((column) => order.indexOf(column));
  return places.filter((place) => !places.includes(place - 1)).length;
}

function scansIn(operator: Operator): Operator[] {
  const own = operator.name.trim() === "READ_PARQUET" ? [operator] : [];
  return [...own, ...operator.children.flatMap(scansIn)];
}
