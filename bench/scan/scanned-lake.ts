import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import * as path from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { views } from "../../infra/sql";
import { inDependencyOrder } from "../../cloud/lake/manifest";
import { tables } from "../../schemas";
import type { ColumnType } from "../../schemas";

/** Bytes that a statement reads in either format. */
export interface Scan {
  parquet: number;
  csv: number;
}

/** Sizes of one table's files of one day, in bytes. */
interface DaySizes {
  /** Compressed chunks by column. */
  columns: Record<string, number>;
  footers: number;
  csv: number;
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

/** The tables of `<dir>/parquet` and `<dir>/csv`, in whose plans each scan tells its table. */
export class ScannedLake {
  private readonly sizes = new Map<string, Map<string, DaySizes>>();

  private constructor(
    private readonly dir: string,
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  static async open(dir: string): Promise<ScannedLake> {
    const instance = await DuckDBInstance.create(":memory:");
    const lake = new ScannedLake(dir, instance, await instance.connect());
    await lake.connection.run("set integer_division = true; set timezone = 'UTC'");
    for (const { name, columns } of tables) {
      const files = path.join(dir, "parquet", name, "*", "*.parquet");
      lake.sizes.set(name, await lake.sizesOf(name, files));
      // The file's name is no column of the file: it costs nothing, and the filter on it stands in the plan.
      const cells = columns.map((column) => `"${column.name}"`).join(", ");
      const none = columns.map((column) => `null::${duckTypes[column.type]} as "${column.name}"`).join(", ");
      const options = `hive_partitioning = true, hive_types_autocast = false, filename = '${name}_file'`;
      await lake.connection.run(
        lake.sizes.get(name)!.size > 0
          ? `create view ${name} as select ${cells}, snapshot_date from read_parquet('${files}', ${options}) where ${name}_file <> ''`
          : `create view ${name} as select ${none}, null::varchar as snapshot_date where false`,
      );
    }
    for (const { name, sql } of inDependencyOrder(views())) {
      await lake.connection.run(`create view ${name} as ${sql}`);
    }
    return lake;
  }

  /** What a statement's plan reads; a table that is scanned twice is read twice. */
  async scan(sql: string): Promise<Scan> {
    const reader = await this.connection.runAndReadAll(`explain (format json) ${sql}`);
    const plan = JSON.parse(String(reader.getRows()[0]![1])) as Operator[];
    const scan: Scan = { parquet: 0, csv: 0 };
    for (const operator of plan.flatMap(scansIn)) {
      const filters = [operator.extra_info.Filters ?? []].flat().join(" ");
      const table = /\b(\w+)_file\s*!=\s*''/.exec(filters)?.[1];
      const days = table === undefined ? undefined : this.sizes.get(table);
      if (!table || !days) throw new Error(`A scan does not tell its table: ${JSON.stringify(operator)}`);
      const read = [[operator.extra_info.Projections ?? []].flat().join("\n"), filters].join("\n");
      const left = await this.daysLeft([...days.keys()], operator.extra_info["File Filters"]);
      for (const day of left) {
        const { columns, footers, csv } = days.get(day)!;
        const used = Object.entries(columns).filter(([column]) => new RegExp(`\\b${column}\\b`).test(read));
        scan.parquet += used.reduce((sum, [, bytes]) => sum + bytes, footers);
        scan.csv += csv;
      }
    }
    return scan;
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  /** The days that a filter on partitions leaves. */
  private async daysLeft(days: string[], filters: string | string[] | undefined): Promise<string[]> {
    if (filters === undefined || days.length === 0) return days;
    const values = days.map((day) => `('${day}')`).join(", ");
    const sql = `select snapshot_date from (values ${values}) as days(snapshot_date) where ${[filters].flat().join(" and ")}`;
    return (await this.connection.runAndReadAll(sql)).getRows().map(([day]) => String(day));
  }

  private async sizesOf(table: string, files: string): Promise<Map<string, DaySizes>> {
    const sizes = new Map<string, DaySizes>();
    const folder = path.join(this.dir, "parquet", table);
    if (!existsSync(folder)) return sizes;
    for (const name of readdirSync(folder).sort()) {
      const footers = filesIn(path.join(folder, name)).map(footerSize);
      const csv = filesIn(path.join(this.dir, "csv", table, name)).map((file) => statSync(file).size);
      sizes.set(name.replace("snapshot_date=", ""), { columns: {}, footers: sum(footers), csv: sum(csv) });
    }
    const reader = await this.connection.runAndReadAll(
      `select regexp_extract(file_name, 'snapshot_date=([^/]+)', 1), path_in_schema, sum(total_compressed_size)::double
       from parquet_metadata('${files}') where path_in_schema is not null group by 1, 2`,
    );
    for (const [day, column, bytes] of reader.getRows())
      sizes.get(String(day))!.columns[String(column)] = Number(bytes);
    return sizes;
  }
}

function scansIn(operator: Operator): Operator[] {
  const own = operator.name.trim() === "READ_PARQUET" ? [operator] : [];
  return [...own, ...operator.children.flatMap(scansIn)];
}

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((file) => path.join(folder, file)) : [];
}

/** The footer, its length and the magic number, which every reader begins with. */
function footerSize(file: string): number {
  const descriptor = openSync(file, "r");
  const tail = Buffer.alloc(8);
  readSync(descriptor, tail, 0, 8, statSync(file).size - 8);
  closeSync(descriptor);
  return tail.readUInt32LE(0) + 8;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
