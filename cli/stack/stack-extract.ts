import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { ExtractEvent, RunSummary } from "../../handlers/extract/extract";
import { UserError } from "../../cloud/errors";
import { visibleLines } from "../lib/visible-text";
import { notDeployed, stackOutputs, stackRegion } from "./stack";

/** A run may take Lambda's 15 minutes. */
const longestRunMs = 16 * 60 * 1000;

/**
 * Runs the extract of a deployed stack now and waits for it. Throws a `UserError` if the stack has none, if AWS does
 * not let it run, or if the run failed.
 */
export async function runExtractOf(
  stack: string,
  event: Pick<ExtractEvent, "full" | "container" | "listener">,
): Promise<RunSummary> {
  const here = { env: process.env, dir: process.cwd() };
  const name = (await stackOutputs(stack, here)).functionNames?.extract;
  if (!name) throw notDeployed(stack, "function");
  const region = await stackRegion(stack, here);
  // Asking twice would only find the lease taken.
  const client = new LambdaClient({
    region,
    maxAttempts: 1,
    requestHandler: { socketTimeout: longestRunMs },
  });
  if (process.stderr.isTTY) console.error(`Running ${name} …`);
  const Payload = JSON.stringify({ source: "a person", ...event });
  const answer = await client
    .send(new InvokeCommand({ FunctionName: name, Payload }))
    .catch((error: Error) => {
      throw new UserError(`${name} could not be invoked: ${error.message}`);
    });
  const text = Buffer.from(answer.Payload ?? []).toString() || "null";
  if (answer.FunctionError) {
    const failed = JSON.parse(text) as { errorMessage?: string } | null;
    throw new UserError(`The run failed: ${failed?.errorMessage ?? answer.FunctionError}`);
  }
  return JSON.parse(text) as RunSummary;
}

/** Prints what came of a run; one that failed sets the exit code. */
export function printRun(run: RunSummary, json: boolean): void {
  console.log(JSON.stringify(run, null, json ? undefined : 2));
  for (const { listener, stop_message } of run.runs.filter(({ status }) => status === "failed"))
    console.error(visibleLines(`${listener}: ${stop_message}`));
  if (run.status === "failed") process.exitCode = 1;
}
