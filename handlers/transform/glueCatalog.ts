/** Registers partitions in the Glue Data Catalog. */
import {
  BatchCreatePartitionCommand,
  GetPartitionCommand,
  UpdatePartitionCommand,
  type GlueClient,
  type PartitionInput,
} from "@aws-sdk/client-glue";
import type { GlueDescriptor } from "../../schemas/formats";
import { failure } from "../shared/errors";
import { isSame, withoutSlash } from "./samePartition";

/** How a partition is registered. */
export interface Registration {
  /** If it leads to one of these locations, it goes on leading there. */
  kept?: string[];
  /** It is likely new: it is created without a look whether it is there, one call instead of two. */
  isLikelyNew?: boolean;
  /**
   * Asked right before one that exists is changed; if it may not be, it stays as it is. Glue changes a partition on no
   * condition, so a change undoes one that another run has made since this one looked.
   */
  mayChange?: () => Promise<boolean>;
}

/** The catalog as transform uses it. */
export interface Catalog {
  /**
   * Registers the partition of a table for a month (`yyyy-MM`). If it exists with another descriptor, it is updated,
   * unless a newer program wrote that. Safe to repeat and to run in parallel.
   * Throws `newer_program` if a newer program's partition leads elsewhere.
   */
  register(
    table: string,
    month: string,
    descriptor: GlueDescriptor,
    programVersion: number,
    registration?: Registration,
  ): Promise<void>;
  /** Returns whether this catalog has registered the partition so before; others may have changed it since. */
  hasRegistered(table: string, month: string, descriptor: GlueDescriptor): boolean;
}

/**
 * Returns a {@link Catalog} over one Glue database. It rejects with the SDK's error, or `partition_refused` if Glue takes
 * neither a new partition nor a change.
 */
export function glueCatalog(client: GlueClient, database: string): Catalog {
  /** Descriptors in JSON, by table and month. */
  const registered = new Map<string, string>();
  /** Returns the partition in Glue, or undefined if it was just removed. */
  const find = async (table: string, month: string) => {
    const request = { DatabaseName: database, TableName: table, PartitionValues: [month] };
    const answer = await client
      .send(new GetPartitionCommand(request))
      .catch(unless("EntityNotFoundException"));
    return answer?.Partition;
  };
  /** Creates a partition. Returns false if another run just did. Throws `partition_refused` if Glue refuses it. */
  const create = async (table: string, input: PartitionInput) => {
    const request = { DatabaseName: database, TableName: table, PartitionInputList: [input] };
    const answer = await client.send(new BatchCreatePartitionCommand(request));
    const error = answer.Errors?.[0]?.ErrorDetail;
    if (error && error.ErrorCode !== "AlreadyExistsException") {
      throw failure(
        "partition_refused",
        `Glue refused partition ${String(input.Values)} of ${table}: ${error.ErrorCode}, ${error.ErrorMessage}.`,
      );
    }
    return !error;
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
    async register(
      table,
      month,
      descriptor,
      programVersion,
      { kept = [], isLikelyNew = false, mayChange = async () => true } = {},
    ) {
      const done = () => void registered.set(`${table}/${month}`, JSON.stringify(descriptor));
      if (isLikelyNew && (await create(table, partitionInput(month, descriptor, programVersion))))
        return done();
      // More than one round is needed only if others change the same partition at the same time.
      for (let round = 0; round < 5; round += 1) {
        // It is there already, but for the first events of a month: one call instead of two.
        const known = await find(table, month);
        const leadsTo = withoutSlash(known?.StorageDescriptor?.Location);
        const location = kept.find((one) => withoutSlash(one) === leadsTo) ?? descriptor.location;
        const input = partitionInput(month, { ...descriptor, location }, programVersion);
        const isNewer = known && programOf(known) > programVersion;
        if (isNewer) checkLocation(table, known, location);
        if (known && (isSame(known, input) || isNewer)) return done();
        if (known && !(await mayChange())) return;
        if (known ? await update(table, input) : await create(table, input)) return done();
      }
      throw failure(
        "partition_refused",
        `Partition ${month} of ${table} kept changing while it was registered; try again.`,
      );
    },
    hasRegistered: (table, month, descriptor) =>
      registered.get(`${table}/${month}`) === JSON.stringify(descriptor),
  };
}

/** Turns errors of these names into undefined; others are thrown on. */
function unless(...names: string[]): (error: unknown) => undefined {
  return (error) => {
    if (names.includes((error as Error).name)) return undefined;
    throw error;
  };
}

/** Returns the partition as Glue takes it. Comments of columns are left out: those of the table say the same. */
function partitionInput(month: string, descriptor: GlueDescriptor, programVersion: number): PartitionInput {
  return {
    Values: [month],
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

/** Returns the version of the program that registered a partition; 0 if a crawler did. */
function programOf(partition: PartitionInput): number {
  return Number(partition.Parameters?.program_version ?? 0);
}

/** Throws `newer_program` unless a newer program's partition leads to `location`. */
function checkLocation(table: string, { Values, StorageDescriptor }: PartitionInput, location: string): void {
  if (withoutSlash(StorageDescriptor?.Location) === withoutSlash(location)) return;
  throw failure(
    "newer_program",
    `A newer program registered partition ${String(Values)} of ${table}, and has to move it to ${location}.`,
  );
}
