/** The partition registrations that transform asks of the Glue Data Catalog. */
import {
  BatchCreatePartitionCommand,
  GetPartitionCommand,
  UpdatePartitionCommand,
  type GlueClient,
  type PartitionInput,
} from "@aws-sdk/client-glue";
import type { GlueDescriptor } from "../../schemas/formats";
import { failure } from "../shared/errors";

/** The catalog as transform sees it. */
export interface Catalog {
  /**
   * Makes the partition `snapshot_date=day` of a table known, with its descriptor; one that exists with another
   * descriptor is updated, unless a newer program wrote that one. Safe to repeat and to run at once with others.
   */
  register(table: string, day: string, descriptor: GlueDescriptor, programVersion: number): Promise<void>;
}

/**
 * Returns a {@link Catalog} over one Glue database. It rejects with the SDK's error, or `partition_refused` if Glue takes
 * neither a new partition nor a change.
 */
export function glueCatalog(client: GlueClient, database: string): Catalog {
  /** The partition as Glue knows it, or undefined if another has just removed it. */
  const find = async (table: string, day: string) => {
    const request = { DatabaseName: database, TableName: table, PartitionValues: [day] };
    const answer = await client
      .send(new GetPartitionCommand(request))
      .catch(unless("EntityNotFoundException"));
    return answer?.Partition;
  };
  /** The error's code, or undefined if the partition was made. */
  const create = async (table: string, input: PartitionInput) => {
    const request = { DatabaseName: database, TableName: table, PartitionInputList: [input] };
    const answer = await client.send(new BatchCreatePartitionCommand(request));
    return answer.Errors?.[0]?.ErrorDetail;
  };
  const update = async (table: string, input: PartitionInput) => {
    const request = {
      DatabaseName: database,
      TableName: table,
      PartitionValueList: input.Values!,
      PartitionInput: input,
    };
    return await client
      .send(new UpdatePartitionCommand(request))
      .catch(unless("EntityNotFoundException", "ConcurrentModificationException"));
  };
  return {
    async register(table, day, descriptor, programVersion) {
      const input = partitionInput(day, descriptor, programVersion);
      // Only others that change the same partition at the same time can make a second round necessary.
      for (let round = 0; round < 5; round += 1) {
        const error = await create(table, input);
        if (!error) return;
        if (error.ErrorCode !== "AlreadyExistsException") {
          throw failure(
            "partition_refused",
            `Glue refused partition ${day} of ${table}: ${error.ErrorCode}, ${error.ErrorMessage}.`,
          );
        }
        const known = await find(table, day);
        if (known && (isSame(known, input) || programOf(known) > programVersion)) return;
        if (known && (await update(table, input))) return;
      }
      throw failure(
        "partition_refused",
        `Partition ${day} of ${table} kept changing while it was registered; try again.`,
      );
    },
  };
}

/** Turns errors of these names into undefined; others are thrown on. */
function unless(...names: string[]): (error: unknown) => undefined {
  return (error) => {
    if (names.includes((error as Error).name)) return undefined;
    throw error;
  };
}

/** The partition in Glue's words. Comments stay with the table's columns: a partition's say nothing more. */
function partitionInput(day: string, descriptor: GlueDescriptor, programVersion: number): PartitionInput {
  return {
    Values: [day],
    Parameters: { ...descriptor.tableParameters, program_version: String(programVersion) },
    StorageDescriptor: {
      Location: descriptor.location,
      InputFormat: descriptor.inputFormat,
      OutputFormat: descriptor.outputFormat,
      SerdeInfo: {
        SerializationLibrary: descriptor.serializationLibrary,
        Parameters: descriptor.serdeParameters,
      },
      Columns: descriptor.columns.map(({ name, type }) => ({ Name: name, Type: type })),
    },
  };
}

/** The version of the program that registered a partition; 0 for one that a crawler made. */
function programOf(partition: PartitionInput): number {
  return Number(partition.Parameters?.program_version ?? 0);
}

/** True if Glue's partition says what ours does; what crawlers add to it does not count. */
export function isSame(known: PartitionInput, wanted: PartitionInput): boolean {
  const essence = ({ Parameters, StorageDescriptor }: PartitionInput) => [
    Object.keys(wanted.Parameters!).map((name) => Parameters?.[name]),
    StorageDescriptor?.Location?.replace(/\/$/, ""),
    StorageDescriptor?.InputFormat,
    StorageDescriptor?.OutputFormat,
    StorageDescriptor?.SerdeInfo?.SerializationLibrary,
    Object.entries(StorageDescriptor?.SerdeInfo?.Parameters ?? {}).sort(),
    StorageDescriptor?.Columns?.map(({ Name, Type }) => [Name, Type]),
  ];
  return JSON.stringify(essence(known)) === JSON.stringify(essence(wanted));
}
