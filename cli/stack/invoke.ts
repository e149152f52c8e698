import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { UserError } from "../../cloud/errors";

/** What a function returned, or the sentence with which it failed. */
export type Outcome<Result> = { results: Result } | { error: string };

/** Longer than a function may run, which is Lambda's 15 minutes, in ms. */
const longestMs = 16 * 60 * 1000;

/**
 * Returns a function that sends a deployed function an event and waits for it. Up to `maxAttempts` requests are made if
 * AWS throttles them; any other refusal throws a `UserError`.
 */
export function invoker<Result>(
  functionName: string,
  region: string,
  maxAttempts: number,
): (event: object) => Promise<Outcome<Result>> {
  const client = new LambdaClient({ region, maxAttempts, requestHandler: { socketTimeout: longestMs } });
  return async (event) => {
    const Payload = JSON.stringify(event);
    const answer = await client
      .send(new InvokeCommand({ FunctionName: functionName, Payload }))
      .catch((error: Error) => {
        throw new UserError(`${functionName} could not be invoked: ${error.message}`, { cause: error });
      });
    const body: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || "null");
    if (!answer.FunctionError) return { results: body as Result };
    return { error: (body as { errorMessage?: string } | null)?.errorMessage ?? answer.FunctionError };
  };
}

/** Returns an {@link invoker} of the deployed transform: its events may be repeated. */
export function stackTransform<Result>(functionName: string, region: string) {
  return invoker<Result>(functionName, region, 10);
}
