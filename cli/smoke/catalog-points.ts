import { paginateGetPartitions, paginateGetTables, type Column } from "@aws-sdk/client-glue";
import { views } from "../../infra/sql";
import { generation, tables } from "../../schemas";
import { tablePrefix } from "../../schemas/formats";
import { partitionKey } from "../../schemas/spec";
import type { DeployedStack } from "./place";
import { fail, pass, pointOf, type Point } from "./point";

/** Compares the catalog with what this version declares, and its partitions with the lake's folders. */
export async function catalogPoints(place: DeployedStack): Promise<Point[]> {
  return [
    await pointOf("catalog", () => columnsFinding(place)),
    await pointOf("partitions", () => partitionsFinding(place)),
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
async function partitionsFinding({ glue: client, athena, lake, stack }: DeployedStack) {
  const missing: string[] = [];
  const counts = { months: 0, tables: 0 };
  for (const { name } of tables) {
    const start = `${partitionKey.name}=`;
    const folders = await lake.folders(tablePrefix(name, generation));
    const months = folders.filter((folder) => folder.startsWith(start)).map((one) => one.slice(start.length));
    if (months.length === 0) continue;
    const known = new Set<string>();
    const asked = { DatabaseName: athena.database, TableName: name, ExcludeColumnSchema: true };
    for await (const { Partitions = [] } of paginateGetPartitions({ client }, asked))
      for (const { Values } of Partitions) known.add(Values![0]!);
    missing.push(...months.filter((month) => !known.has(month)).map((month) => `${name} ${month}`));
    counts.months += months.length;
    counts.tables += 1;
  }
  if (missing.length > 0)
    return fail(
      `The catalog lacks ${missing.join(", ")}: npx spotify-lake crawl lake --stack ${stack} registers them.`,
    );
  if (counts.tables === 0) return fail("The lake has no table files yet.");
  return pass(`All ${counts.months} months of the ${counts.tables} tables that have rows are registered.`);
}
