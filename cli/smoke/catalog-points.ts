import { paginateGetTables, type Column } from "@aws-sdk/client-glue";
import { views } from "../../infra/sql";
import { generation, tables } from "../../schemas";
import { tablePrefix } from "../../schemas/formats";
import { partitionKey } from "../../schemas/spec";
import type { DeployedStack } from "../stack/deployedStack";
import { registeredPartitions } from "../stack/partitions";
import { fail, pass, pointOf, type Point } from "./point";
import { growingWaits } from "./waits";

/**
 * Compares the catalog with what this version declares, and its partitions with the lake's folders. Other streams of the
 * run may still be on their way: a partition may come up to `seconds` later than its first file.
 */
export async function catalogPoints(place: DeployedStack, seconds: number): Promise<Point[]> {
  return [
    await pointOf("catalog", () => columnsFinding(place)),
    await pointOf("partitions", () => partitionsFinding(place, seconds)),
  ];
}

async function columnsFinding({ glue: client, athena, stack }: DeployedStack) {
  const live = new Map<string, string>();
  for await (const { TableList = [] } of paginateGetTables({ client }, { DatabaseName: athena.database }))
    for (const { Name, StorageDescriptor, PartitionKeys = [] } of TableList)
      live.set(Name!, columnText([...(StorageDescriptor?.Columns ?? []), ...PartitionKeys]));
  const declared = [
    ...tables.map(({ name, columns }) => ({ name, columns: [...columns, partitionKey] })),
    ...views(),
  ];
  const wrong = declared
    .filter(({ name, columns }) => live.get(name) !== textOf(columns))
    .map(({ name }) => (live.has(name) ? `${name} has other columns` : `${name} is missing`));
  if (wrong.length > 0)
    return fail(
      `The catalog is not of this version (${wrong.join(", ")}): run pulumi up --stack ${stack}, or check the version out that is deployed.`,
    );
  return pass(`${tables.length} tables and ${declared.length - tables.length} views have all their columns.`);
}

const textOf = (columns: { name: string; type: string }[]) =>
  columns.map(({ name, type }) => `${name} ${type}`).join();
const columnText = (columns: Column[]) => columns.map(({ Name, Type }) => `${Name} ${Type}`).join();

/** Each month of a table that has a folder is a partition. */
async function partitionsFinding(place: DeployedStack, seconds: number) {
  const wait = growingWaits(20_000);
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const { months, missing } = await monthsOf(place);
    if (missing.length > 0 && Date.now() < end) {
      await wait();
      continue;
    }
    if (missing.length > 0)
      return fail(
        `The catalog lacks ${missing.join(", ")}: npx spotify-lake crawl lake --stack ${place.stack} registers them.`,
      );
    if (months === 0) return fail("The lake has no table files yet.");
    return pass(`All ${months} months of tables that have files are registered.`);
  }
}

/** Counts the months of tables that have a folder, and names those that are no partitions. */
async function monthsOf(place: DeployedStack): Promise<{ months: number; missing: string[] }> {
  const missing: string[] = [];
  let months = 0;
  for (const { name } of tables) {
    const folders = await place.lake.folders(tablePrefix(name, generation));
    const own = folders
      .filter((one) => one.startsWith(folderStart))
      .map((one) => one.slice(folderStart.length));
    if (own.length === 0) continue;
    const known = await registeredPartitions(place.glue, place.athena.database, name);
    missing.push(...own.filter((month) => !known.has(month)).map((month) => `${name} ${month}`));
    months += own.length;
  }
  return { months, missing };
}

const folderStart = `${partitionKey.name}=`;
