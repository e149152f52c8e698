import type { PartitionInput, StorageDescriptor } from "@aws-sdk/client-glue";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A partition as it is stored: Glue's input, and when it was created (in seconds since 1970, as in Glue's answers). */
export interface StoredPartition extends PartitionInput {
  Values: string[];
  CreationTime: number;
}

/**
 * The partitions of a Glue Data Catalog in files, `<cloud's folder>/glue/<database>/<table>/<values>.json`. Every method
 * is synchronous, and a crash never leaves half a file.
 */
export class PartitionFiles {
  private readonly root: string;

  /** @param dir the cloud's folder */
  constructor(dir: string) {
    this.root = path.join(dir, "glue");
  }

  /** The partition of a table with these values, or undefined. */
  get(database: string, table: string, values: string[]): StoredPartition | undefined {
    const file = this.file(database, table, values);
    return existsSync(file) ? readJson(file) : undefined;
  }

  /** All partitions of a table, by their values. */
  list(database: string, table: string): StoredPartition[] {
    const folder = path.join(this.root, database, table);
    return names(folder, ".json").map((name) => readJson(path.join(folder, name)));
  }

  /** Writes a partition; replaces one with the same values. */
  put(database: string, table: string, partition: StoredPartition): void {
    const file = this.file(database, table, partition.Values);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.tmp`, JSON.stringify(partition, null, 2));
    renameSync(`${file}.tmp`, file);
  }

  /** Names of the tables of a database that ever had a partition. */
  tables(database: string): string[] {
    return names(path.join(this.root, database));
  }

  private file(database: string, table: string, values: string[]): string {
    return path.join(this.root, database, table, `${values.map(encodeURIComponent).join(",")}.json`);
  }
}

/** A registered partition, for queries of the lake. */
export interface Partition {
  table: string;
  /** Of the table's partition keys, in their order. */
  values: string[];
  descriptor: StorageDescriptor;
}

/** Returns all partitions of a database, ordered by table and values. `dir` is the cloud's folder. */
export function readPartitions(dir: string, database: string): Partition[] {
  const files = new PartitionFiles(dir);
  return files.tables(database).flatMap((table) =>
    files.list(database, table).map((partition) => ({
      table,
      values: partition.Values,
      descriptor: partition.StorageDescriptor ?? {},
    })),
  );
}

function names(folder: string, ending = ""): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort();
}

function readJson(file: string): StoredPartition {
  return JSON.parse(readFileSync(file, "utf8")) as StoredPartition;
}
