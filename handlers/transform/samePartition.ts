/** Compares partitions of the Glue Data Catalog. It loads no SDK, so that the embedded crawlers need none. */
import type { PartitionInput } from "@aws-sdk/client-glue";

/** Returns a location without the slash at its end, which crawlers may leave out. */
export function withoutSlash(location: string | undefined): string | undefined {
  return location?.replace(/\/$/, "");
}

/** Returns whether Glue's partition equals ours; what crawlers add to it does not count. */
export function isSame(known: PartitionInput, wanted: PartitionInput): boolean {
  const essence = ({ Parameters, StorageDescriptor }: PartitionInput) => [
    Object.keys(wanted.Parameters!).map((name) => Parameters?.[name]),
    withoutSlash(StorageDescriptor?.Location),
    StorageDescriptor?.InputFormat,
    StorageDescriptor?.OutputFormat,
    StorageDescriptor?.SerdeInfo?.SerializationLibrary,
    Object.entries(StorageDescriptor?.SerdeInfo?.Parameters ?? {}).sort(),
    StorageDescriptor?.Columns?.map(({ Name, Type }) => [Name, Type]),
  ];
  return JSON.stringify(essence(known)) === JSON.stringify(essence(wanted));
}
