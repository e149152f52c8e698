import { paginateGetPartitions, type GlueClient } from "@aws-sdk/client-glue";

/** Returns where the partitions of a table lead to, by month. */
export async function registeredPartitions(
  client: GlueClient,
  DatabaseName: string,
  TableName: string,
): Promise<Map<string, string | undefined>> {
  const partitions = new Map<string, string | undefined>();
  const request = { DatabaseName, TableName, ExcludeColumnSchema: true };
  for await (const page of paginateGetPartitions({ client }, request))
    for (const { Values, StorageDescriptor } of page.Partitions ?? [])
      partitions.set(Values![0]!, StorageDescriptor?.Location);
  return partitions;
}
