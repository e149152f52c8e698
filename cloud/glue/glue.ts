import type {
  BatchCreatePartitionRequest,
  GetPartitionRequest,
  GetPartitionsRequest,
  GetTablesRequest,
  PartitionInput,
  UpdatePartitionRequest,
} from "@aws-sdk/client-glue";
import type { Clock } from "../types";
import { AwsError, type Operations } from "../aws/json";
import type { PartitionFiles, StoredPartition } from "./partitions";
import type { CatalogTable } from "./tables";

interface TableName {
  DatabaseName: string | undefined;
  TableName: string | undefined;
}

const maxBatch = 100;
const maxPage = 1000;
const maxTables = 100;

/** Returns the operations that list declared tables, and read and write their partitions. */
export function glueOperations(tables: CatalogTable[], partitions: PartitionFiles, clock: Clock): Operations {
  const tableOf = ({ DatabaseName, TableName }: TableName) => {
    const table = tables.find(({ database, name }) => database === DatabaseName && name === TableName);
    if (!table) throw notFound(`Table ${DatabaseName}.${TableName} not found.`);
    return table;
  };
  const find = (table: CatalogTable, values: string[] | undefined) => {
    checkValues(table, values);
    return partitions.get(table.database, table.name, values);
  };
  const put = (table: CatalogTable, input: PartitionInput) => {
    const CreationTime = Math.trunc(clock.now() / 1000);
    partitions.put(table.database, table.name, { ...input, Values: input.Values!, CreationTime });
  };

  return {
    "AWSGlue.GetTables": ({ DatabaseName, MaxResults = maxTables, NextToken }: GetTablesRequest) => {
      const all = tables.filter(({ database }) => database === DatabaseName);
      if (all.length === 0) throw notFound(`Database ${DatabaseName} not found.`);
      const start = Number(NextToken ?? 0);
      const end = start + MaxResults;
      return {
        TableList: all.slice(start, end).map(describeTable),
        NextToken: end < all.length ? String(end) : undefined,
      };
    },
    "AWSGlue.BatchCreatePartition": (request: BatchCreatePartitionRequest) => {
      const table = tableOf(request);
      const inputs = request.PartitionInputList ?? [];
      if (inputs.length > maxBatch) throw invalid(`More than ${maxBatch} partitions in one call.`);
      inputs.forEach((input) => checkValues(table, input.Values));
      const existing: object[] = [];
      for (const input of inputs) {
        if (find(table, input.Values)) existing.push(alreadyExists(input));
        else put(table, input);
      }
      return { Errors: existing };
    },
    "AWSGlue.GetPartition": (request: GetPartitionRequest) => {
      const table = tableOf(request);
      const found = find(table, request.PartitionValues);
      if (!found) throw notFound("Cannot find partition.");
      return { Partition: describe(table, found) };
    },
    "AWSGlue.GetPartitions": (request: GetPartitionsRequest) => {
      const table = tableOf(request);
      if (request.Expression) {
        throw new AwsError("NotImplemented", "The embedded cloud's GetPartitions takes no Expression.", 501);
      }
      const all = partitions.list(table.database, table.name);
      const start = Number(request.NextToken ?? 0);
      const end = start + (request.MaxResults ?? maxPage);
      return {
        Partitions: all.slice(start, end).map((partition) => describe(table, partition)),
        NextToken: end < all.length ? String(end) : undefined,
      };
    },
    "AWSGlue.UpdatePartition": (request: UpdatePartitionRequest) => {
      const table = tableOf(request);
      const input = { ...request.PartitionInput, Values: request.PartitionValueList };
      if (String(request.PartitionInput?.Values ?? input.Values) !== String(input.Values)) {
        throw new AwsError(
          "NotImplemented",
          "The embedded cloud keeps a partition's values as they are.",
          501,
        );
      }
      if (!find(table, input.Values)) throw notFound("Cannot find partition.");
      put(table, input);
      return {};
    },
  };
}

function checkValues(table: CatalogTable, values: string[] | undefined): asserts values is string[] {
  const count = table.keys.length;
  if (values?.length !== count) {
    throw invalid(
      `Table ${table.name} has ${count} partition keys, but ${values?.length ?? 0} values were given.`,
    );
  }
}

function describeTable({ database, name, keys, parameters, descriptor }: CatalogTable): object {
  return {
    ...{ DatabaseName: database, Name: name, Parameters: parameters, StorageDescriptor: descriptor },
    PartitionKeys: keys.map((key) => ({ Name: key, Type: "string" })),
  };
}

function describe({ database, name }: CatalogTable, partition: StoredPartition): object {
  return { ...partition, DatabaseName: database, TableName: name };
}

function alreadyExists({ Values }: PartitionInput): object {
  const ErrorDetail = { ErrorCode: "AlreadyExistsException", ErrorMessage: "Partition already exists." };
  return { PartitionValues: Values, ErrorDetail };
}

function notFound(message: string): AwsError {
  return new AwsError("EntityNotFoundException", message);
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidInputException", message);
}
