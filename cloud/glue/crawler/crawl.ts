import * as path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { PartitionFiles } from "../partitions";
import type { CatalogTable, TableFiles } from "../tables";
import type { Clock } from "../../types";
import { describeTable, findTables } from "./discover";
import { filesAt, partitionFolders } from "./folders";
import { registerFolders, type Registered } from "./register";
import type { CrawlRights } from "./rights";
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
 * Runs a crawler once and counts its changes in `changes`. Throws an Error that says what it could not find or read, or
 * may not do; changes before that remain.
 */
export async function crawl(
  spec: CrawlerSpec,
  place: CrawlPlace,
  rights: CrawlRights,
  changes: Changes,
): Promise<void> {
  const count = ({ added, updated }: Registered) => {
    changes.partitionsAdded += added;
    changes.partitionsUpdated += updated;
  };
  rights.log();
  for (const { databaseName, tables } of spec.catalogTargets) {
    rights.openDatabase(databaseName);
    for (const name of tables) {
      count(repair(databaseName, name, spec, place, rights));
      // Lets other work of this process run between two tables.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  if (spec.s3Targets.length > 0) rights.openDatabase(spec.database);
  for (const target of spec.s3Targets) await discover(target, spec, place, rights, changes, count);
}

/** Registers the partition folders at a declared table's location. */
function repair(
  database: string,
  name: string,
  spec: CrawlerSpec,
  place: CrawlPlace,
  rights: CrawlRights,
): Registered {
  const { declared, dir, partitions, clock } = place;
  rights.table(database, name, "GetTable");
  const table = declared.find((one) => one.database === database && one.name === name);
  if (!table) throw new Error(`There is no table ${database}.${name}.`);
  const s3Root = path.join(dir, "s3");
  rights.list(table.descriptor.Location!);
  const folders = partitionFolders(table.descriptor.Location!, s3Root);
  const own = folders.filter(({ key }) => key === table.keys[0] && table.keys.length === 1);
  for (const { location } of own) rights.read(location, path.basename(filesAt(location, s3Root)[0]!));
  return registerFolders(table, own, { partitions, clock, rights }, spec.inheritsFromTable);
}

/** Makes a table of each folder that has partition folders. Reads all of them before it throws for those that it cannot read. */
async function discover(
  target: CrawlerSpec["s3Targets"][number],
  spec: CrawlerSpec,
  { dir, crawled, partitions, clock }: CrawlPlace,
  rights: CrawlRights,
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
    rights.list(target.path);
    for (const found of findTables(target.path, spec.tableLevel, s3Root, known)) {
      rights.table(spec.database, found.name, "GetTable");
      try {
        const before = known.find(({ name }) => name === found.name);
        const sampling = { sampleSize: target.sampleSize, s3Root, rights };
        const seen = await describeTable(spec.database, found, sampling, connection);
        const table = before && !spec.updatesTables ? before : seen;
        if (JSON.stringify(before) !== JSON.stringify(table)) {
          rights.table(spec.database, found.name, before ? "UpdateTable" : "CreateTable");
          changes[before ? "tablesUpdated" : "tablesAdded"] += 1;
          crawled.put(table);
        }
        count(registerFolders(table, found.folders, { partitions, clock, rights }, spec.inheritsFromTable));
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
