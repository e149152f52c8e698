import { isSame } from "../../../handlers/transform/samePartition";
import type { PartitionFiles } from "../partitions";
import type { CatalogTable } from "../tables";
import type { Clock } from "../../types";
import type { PartitionFolder } from "./folders";
import type { CrawlRights } from "./rights";

/** How many partitions were registered, and how many changed. */
export interface Registered {
  added: number;
  updated: number;
}

/**
 * Registers folders as partitions of a table, with the table's descriptor. If partitions inherit from the table, those
 * with another descriptor are updated (https://docs.aws.amazon.com/glue/latest/dg/crawler-schema-changes-prevent.html)
 * but keep their own parameters and, if transform registered them, their location: a sealed month lies elsewhere. None
 * is ever removed. All of it is synchronous, so a transform that registers the same
 * partition does so before or after.
 */
export function registerFolders(
  table: CatalogTable,
  folders: PartitionFolder[],
  { partitions, clock, rights }: { partitions: PartitionFiles; clock: Clock; rights: CrawlRights },
  inherits: boolean,
): Registered {
  const registered = { added: 0, updated: 0 };
  for (const { value, location } of folders) {
    rights.table(table.database, table.name, "BatchGetPartition", "GetPartition");
    const known = partitions.get(table.database, table.name, [value]);
    const isOwn = known?.Parameters?.program_version !== undefined;
    const Location = isOwn ? known?.StorageDescriptor?.Location : location;
    const wanted = {
      Values: [value],
      Parameters: { ...known?.Parameters, ...table.parameters },
      StorageDescriptor: { ...table.descriptor, Location },
    };
    if (known && (!inherits || isSame(known, wanted))) continue;
    const operations = known
      ? ["BatchUpdatePartition", "UpdatePartition"]
      : ["BatchCreatePartition", "CreatePartition"];
    rights.table(table.database, table.name, ...operations);
    const CreationTime = known?.CreationTime ?? Math.trunc(clock.now() / 1000);
    partitions.put(table.database, table.name, { ...wanted, CreationTime });
    registered[known ? "updated" : "added"] += 1;
  }
  return registered;
}
