import * as path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { PartitionFiles } from "../partitions";
import type { CatalogTable, TableFiles } from "../tables";
import type { Clock } from "../../types";
import { describeTable, findTables } from "./discover";
import { partitionFolders } from "./folders";
import { registerFolders, type Registered } from "./register";
import type { CrawlerSpec } from "./spec";

/** The folder and catalog of a crawler. */
export interface CrawlPlace {
  /** Folder of the local cloud. */
  dir: string;
  /** Tables that the program declares. */
  declared: CatalogTable[];
  /** Tables that crawlers made. */
  crawled: TableFiles;
  partitions: PartitionFiles;
  clock: Clock;
}

/** The changes of a crawl to the catalog. */
export interface Changes {
  tablesAdded: number;
  tablesUpdated: number;
  partitionsAdded: number;
  partitionsUpdated: number;
}

/**
 * Runs a crawler once and counts its changes in `changes`. Throws an Error that says what it could not find or read;
 * changes before that remain.
 */
export async function crawl(spec: CrawlerSpec, place: CrawlPlace, changes: Changes): Promise<void> {
  const count = ({ added, updated }: Registered) => {
    changes.partitionsAdded += added;
    changes.partitionsUpdated += updated;
  };
  for (const { databaseName, tables } of spec.catalogTargets) {
    for (const name of tables) {
      count(repair(databaseName, name, spec, place));
      // Lets other work of this process run between two tables.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  for (const target of spec.s3Targets) await discover(target, spec, place, changes, count);
}

/** Registers the partition folders at a declared table's location. */
function repair(database: string, name: string, spec: CrawlerSpec, place: CrawlPlace): Registered {
  const { declared, dir, partitions, clock } = place;
  const table = declared.find((one) => one.database === database && one.name === name);
  if (!table) throw new Error(`There is no table ${database}.${name}.`);
  const folders = partitionFolders(table.descriptor.Location!, path.join(dir, "s3"));
  const own = folders.filter(({ key }) => key === table.keys[0] && table.keys.length === 1);
  return registerFolders(table, own, partitions, spec.inheritsFromTable, clock);
}

/** Makes a table of each folder that has partition folders. Reads all of them before it throws for those that it cannot read. */
async function discover(
  target: CrawlerSpec["s3Targets"][number],
  spec: CrawlerSpec,
  { dir, crawled, partitions, clock }: CrawlPlace,
  changes: Changes,
  count: (registered: Registered) => void,
): Promise<void> {
  if (spec.tableLevel === undefined) throw new Error("The configuration has no TableLevelConfiguration.");
  const s3Root = path.join(dir, "s3");
  const known = crawled.list().filter(({ database }) => database === spec.database);
  const unread: string[] = [];
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    for (const found of findTables(target.path, spec.tableLevel, s3Root, known)) {
      try {
        const before = known.find(({ name }) => name === found.name);
        const seen = await describeTable(spec.database, found, target.sampleSize, s3Root, connection);
        const table = before && !spec.updatesTables ? before : seen;
        if (!before) changes.tablesAdded += 1;
        else if (JSON.stringify(before) !== JSON.stringify(table)) changes.tablesUpdated += 1;
        crawled.put(table);
        count(registerFolders(table, found.folders, partitions, spec.inheritsFromTable, clock));
      } catch (error) {
        unread.push(`${found.location} cannot be read: ${(error as Error).message}`);
      }
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  if (unread.length > 0) throw new Error(unread.join(" "));
}
