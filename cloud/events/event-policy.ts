/** What a program declares of asynchronous invocations: how often they are tried, and where failures go. */
import type { RetryPolicy } from "./events";
import type { Resource } from "../types";

/** Lambda's own. */
const usual: RetryPolicy = { retries: 2, maxAgeSeconds: 6 * 3600 };

/** How long events of a function, given by its physical name and ARN, are tried. */
export function retryPolicyOf(deployed: { name: string; arn: string }, resources: Resource[]): RetryPolicy {
  const { maximumRetryAttempts, maximumEventAgeInSeconds } = configOf(deployed, resources) ?? {};
  return {
    retries: Number(maximumRetryAttempts ?? usual.retries),
    maxAgeSeconds: Number(maximumEventAgeInSeconds ?? usual.maxAgeSeconds),
  };
}

/** ARN of what gets the events that a function failed on, if there is such a thing. */
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
