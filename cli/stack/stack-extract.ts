import type { ExtractEvent, RunSummary } from "../../handlers/extract/extract";
import { leaseHeld } from "../../handlers/state/session";
import { UserError } from "../../cloud/errors";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import type { Progress } from "../lib/progress";
import { invoker } from "./invoke";
import { notDeployed, stackOutputs, stackRegion } from "./stack";

/** Runs `extract`. */
export const runExtract: RunCommand = async (command, io) => {
  const { stack, full, json } = command.opts<{ stack: string; full: boolean; json: boolean }>();
  return printRun(await extractOfStack(stack, full ? { full } : {}, io.progress(json), io), json, io);
};

/**
 * Runs the extract of a deployed stack now and waits for it. Throws a `UserError` if the stack has none, if AWS does
 * not let it run, or if the run failed.
 */
export async function extractOfStack(
  stack: string,
  event: Pick<ExtractEvent, "full" | "container" | "listener">,
  progress: Progress,
  io: Io,
): Promise<RunSummary> {
  const name = (await stackOutputs(stack, io)).functionNames?.extract;
  if (!name) throw notDeployed(stack, "function");
  const region = await stackRegion(stack, io);
  // A second request would only find the lease held.
  const invoke = invoker<RunSummary>(name, region, 1);
  progress.stage(`Running ${name}`);
  const outcome = await invoke({ source: "a person", ...event }).finally(() => progress.done());
  if ("error" in outcome) throw new UserError(`The run failed: ${outcome.error}`);
  return outcome.results;
}

/** Prints what a run did and returns the command's exit code. */
export function printRun(run: RunSummary, json: boolean, { print, warn, fail }: Io): number {
  print(JSON.stringify(run, null, json ? undefined : 2));
  if (run.holder) warn(`Nothing was done: ${leaseHeld(run.holder)}.`);
  for (const { listener, stop_message } of run.runs.filter(({ status }) => status === "failed"))
    fail(`${listener}: ${stop_message}`);
  return run.status === "failed" ? 1 : 0;
}
