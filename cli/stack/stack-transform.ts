import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { UserError } from "../../cloud/errors";

/** What a function returned, or the sentence with which it failed. */
export type Outcome<Result> = { results: Result } | { error: string };

/** Longer than the function may take, in ms. */
const longestMs = 16 * 60 * 1000;

/**
 * Returns a function that sends the deployed transform an event and waits for it. Throttled invocations are retried; any
 * other refusal throws a `UserError`.
 */
export function stackTransform<Result>(
  functionName: string,
  region: string,
): (event: object) => Promise<Outcome<Result>> {
  const client = new LambdaClient({ region, maxAttempts: 10, requestHandler: { socketTimeout: longestMs } });
  return async (event) => {
    const Payload = JSON.stringify(event);
    const answer = await client
      .send(new InvokeCommand({ FunctionName: functionName, Payload }))
      .catch((error: Error) => {
        throw new UserError(`${functionName} could not be invoked: ${error.message}`);
      });
    const body: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || "null");
    if (!answer.FunctionError) return { results: body as Result };
    return { error: (body as { errorMessage?: string } | null)?.errorMessage ?? answer.FunctionError };
  };
}
