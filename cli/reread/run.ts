import { randomUUID } from "node:crypto";
import { UserError } from "../../cloud/errors";
import type { ExtractEvent } from "../../handlers/extract/extract";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import { useLake } from "../lib/runLocally";
import { printProblems } from "../start/summary";
import { extractOfStack, printRun } from "../stack/stack-extract";

interface Flags {
  container: string;
  listener?: string;
  stack?: string;
  out: string;
  json: boolean;
}

/** Runs `reread`. */
export const runReread: RunCommand = async (command, io) => {
  const flags = command.opts<Flags>();
  const { container, listener, stack, json } = flags;
  const event = { container, ...(listener !== undefined && { listener }) };
  if (stack === undefined) return rereadHere(event, flags, io);
  return printRun(await extractOfStack(stack, event, io.progress(json), io), json, io);
};

/** Reads it with the local cloud. */
async function rereadHere(
  event: Pick<ExtractEvent, "container" | "listener">,
  { container, out, json }: Flags,
  io: Io,
): Promise<number> {
  const result = await useLake(out, json, io, async ({ cloud, progress }) => {
    progress.stage("Reading again");
    // Invoked, not sent: an event that can never succeed must not stay in the failure queue.
    const answer = await cloud.invoke("extract", { id: randomUUID(), ...event });
    if (!answer.ok) throw new UserError(answer.error.errorMessage);
  });
  printProblems(result, io);
  const { json: report } = result;
  const runs = report.failures > 0 ? [] : report.runs;
  if (json) io.print(JSON.stringify({ container, runs, failures: report.failures }));
  else for (const { listener, status, calls } of runs) io.print(`${listener}: ${status}, ${calls} calls.`);
  return report.failures > 0 ? 1 : 0;
}
