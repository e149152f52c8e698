/** What a program declares for asynchronous invocations: how often they are retried, and where failures go. */
import type { RetryPolicy } from "./events";
import type { Resource } from "../types";

/** Lambda's defaults. */
const defaults: RetryPolicy = { retries: 2, maxAgeSeconds: 6 * 3600 };

/** Returns how long events of a function, given by its physical name and ARN, are retried. */
export function retryPolicyOf(deployed: { name: string; arn: string }, resources: Resource[]): RetryPolicy {
  const { maximumRetryAttempts, maximumEventAgeInSeconds } = configOf(deployed, resources) ?? {};
  return {
    retries: Number(maximumRetryAttempts ?? defaults.retries),
    maxAgeSeconds: Number(maximumEventAgeInSeconds ?? defaults.maxAgeSeconds),
  };
}

/** Returns the ARN of a function's failure destination, if it has one. */
export function destinationOf(
  { functionName, functionArn }: { functionName: string; functionArn: string },
  resources: Resource[],
): string | undefined {
  const config = configOf({ name: functionName, arn: functionArn }, resources);
  const destinations = config?.destinationConfig as { onFailure?: { destination?: string } } | undefined;
  return destinations?.onFailure?.destination;
}

function configOf(
  { name, arn }: { name: string; arn: string },
  resources: Resource[],
): Resource["inputs"] | undefined {
  return resources.find(
    ({ type, inputs }) =>
      type === "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig" &&
      [name, arn].includes(String(inputs.functionName)),
  )?.inputs;
}
