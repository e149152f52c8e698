import * as sdk from "@aws-sdk/client-glue";

/** Sends a command to Glue. */
export type SendToGlue = (command: unknown) => Promise<unknown>;

/** Partitions of Glue in memory, by `table/month`, and what answers commands as Glue does. */
export function memoryGlue(): { partitions: Map<string, sdk.PartitionInput>; send: SendToGlue } {
  const partitions = new Map<string, sdk.PartitionInput>();
  const known = (name: string) => {
    const partition = partitions.get(name);
    if (!partition) throw Object.assign(new Error("none"), { name: "EntityNotFoundException" });
    return partition;
  };
  const send: SendToGlue = async (command) => {
    if (command instanceof sdk.BatchCreatePartitionCommand) {
      const [input] = command.input.PartitionInputList!;
      const name = `${command.input.TableName}/${input!.Values![0]}`;
      if (partitions.has(name))
        return { Errors: [{ ErrorDetail: { ErrorCode: "AlreadyExistsException", ErrorMessage: "there" } }] };
      partitions.set(name, structuredClone(input!));
      return {};
    }
    if (command instanceof sdk.GetPartitionCommand) {
      const { TableName, PartitionValues } = command.input;
      return { Partition: structuredClone(known(`${TableName}/${PartitionValues![0]}`)) };
    }
    if (command instanceof sdk.UpdatePartitionCommand) {
      const { TableName, PartitionValueList, PartitionInput } = command.input;
      const name = `${TableName}/${PartitionValueList![0]}`;
      known(name);
      partitions.set(name, structuredClone(PartitionInput!));
      return {};
    }
    throw new Error(`unexpected ${(command as object).constructor.name}`);
  };
  return { partitions, send };
}

/** Returns a Glue client that has only `send`. */
export function glueClientOf(send: (command: never) => Promise<unknown>): sdk.GlueClient {
  return { send } as unknown as sdk.GlueClient;
}
