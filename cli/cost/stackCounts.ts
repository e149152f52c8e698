import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { UserError } from "../../cloud/errors";
import type { CliOptions } from "../stack/pulumi-cli";
import { notDeployed, stackOutputs, stackRegion, type StackOutputs } from "../stack/stack";
import type { Quantities } from "./bill";

/** What CloudWatch has counted of a stack. */
export type StackCounts = Partial<Quantities>;

const dayMs = 86_400_000;
const daysCounted = 30;
const gigabyte = 2 ** 30;
const terabyte = 2 ** 40;

/** A metric of AWS's own, and what becomes of its value. */
interface Counted {
  namespace: string;
  metric: string;
  dimensions: Record<string, string>;
  /** The sum of all days, or the newest day's mean. */
  stat: "Sum" | "Average";
  item: keyof Quantities;
  /** Units of the bill for one of the metric. */
  factor: number;
}

/**
 * Returns what CloudWatch counted of a deployed stack in the last 30 days: runs and time of its functions, what its
 * buckets hold, what its queries scanned. What it has no data of is left out. Throws a `UserError` if the stack is not
 * deployed or AWS refuses to answer.
 */
export async function countStack(stack: string, now: number, cli: CliOptions): Promise<StackCounts> {
  const outputs = await stackOutputs(stack, cli);
  const region = await stackRegion(stack, cli);
  const names = Object.values(outputs.functionNames ?? {});
  if (names.length === 0) throw notDeployed(stack, "function");
  try {
    const memory = await memoryOf(new LambdaClient({ region }), names);
    return await ask(new CloudWatchClient({ region }), countedOf(outputs, memory), now);
  } catch (error) {
    throw new UserError(`AWS did not tell what ${stack} has used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Returns the gigabytes of each function. */
async function memoryOf(client: LambdaClient, names: string[]): Promise<Map<string, number>> {
  const asked = names.map(async (name): Promise<[string, number]> => {
    const { MemorySize } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    return [name, MemorySize! / 1024];
  });
  return new Map(await Promise.all(asked));
}

function countedOf(outputs: StackOutputs, memory: Map<string, number>): Counted[] {
  const functions = [...memory].flatMap(([name, gigabytes]) => {
    const common = { namespace: "AWS/Lambda", dimensions: { FunctionName: name }, stat: "Sum" as const };
    return [
      { ...common, metric: "Invocations", item: "requests" as const, factor: 1 },
      { ...common, metric: "Duration", item: "gbSeconds" as const, factor: gigabytes / 1000 },
    ];
  });
  const buckets = [outputs.rawBucketName, outputs.lakeBucketName].flatMap((bucket) => bucket ?? []);
  const stored = buckets.map((BucketName) => ({
    ...{ namespace: "AWS/S3", metric: "BucketSizeBytes", stat: "Average" as const },
    ...{ dimensions: { BucketName, StorageType: "StandardStorage" } },
    ...{ item: "storage" as const, factor: 1 / gigabyte },
  }));
  const scanned = {
    ...{ namespace: "AWS/Athena", metric: "ProcessedBytes", stat: "Sum" as const },
    dimensions: { WorkGroup: outputs.workgroupName ?? "", QueryType: "DML", QueryState: "SUCCEEDED" },
    ...{ item: "scanned" as const, factor: 1 / terabyte },
  };
  return [...functions, ...stored, scanned];
}

async function ask(client: CloudWatchClient, counted: Counted[], now: number): Promise<StackCounts> {
  const queries = counted.map(({ namespace, metric, dimensions, stat }, at): MetricDataQuery => ({
    Id: `m${at}`,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: dayMs / 1000,
      Stat: stat,
    },
  }));
  const end = Math.floor(now / dayMs) * dayMs;
  const period = { StartTime: new Date(end - daysCounted * dayMs), EndTime: new Date(end) };
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({ ...period, MetricDataQueries: queries, ScanBy: "TimestampDescending" }),
  );
  const counts: StackCounts = {};
  for (const { Id, Values = [] } of MetricDataResults) {
    const { item, stat, factor } = counted[Number(Id!.slice(1))]!;
    if (Values.length === 0) continue;
    const value = stat === "Sum" ? Values.reduce((sum, one) => sum + one, 0) : Values[0]!;
    counts[item] = (counts[item] ?? 0) + value * factor;
  }
  return counts;
}
