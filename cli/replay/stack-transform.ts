import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { S3Event, StreamDayResult } from "../../handlers/transform/transform";
import { UserError } from "../../cloud/errors";
import type { Outcome } from "./replay";

/** Longer than the function may take, in ms. */
const longestMs = 6 * 60 * 1000;

/**
 * Returns a function that sends the deployed transform an event, as S3 does, and waits for it. Throttled invocations are
 * retried; any other refusal throws a `UserError`.
 */
export function stackTransform(functionName: string, region: string): (event: S3Event) => Promise<Outcome> {
  const client = new LambdaClient({ region, maxAttempts: 10, requestHandler: { socketTimeout: longestMs } });
  return async (event) => {
    const Payload = JSON.stringify(event);
    const answer = await client
      .send(new InvokeCommand({ FunctionName: functionName, Payload }))
      .catch((error: Error) => {
        throw new UserError(`${functionName} could not be invoked: ${error.message}`);
      });
    const body: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || "null");
    if (!answer.FunctionError) return { results: body as StreamDayResult[] };
    return { error: (body as { errorMessage?: string } | null)?.errorMessage ?? answer.FunctionError };
  };
}
