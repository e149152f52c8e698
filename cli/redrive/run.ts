import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { localCredentials } from "../lib/localClients";
import { visibleText } from "../lib/visible-text";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import type { Progress } from "../lib/progress";
import { useLake } from "../lib/runLocally";
import { printProblems } from "../start/summary";
import { about } from "./failed-event";
import { redrive, type RedriveClients, type Redriven } from "./redrive";
import { hideNodeWarning } from "../../cloud/nodeWarning";
import { notDeployed, stackOutputs, stackRegion } from "../stack/stack";

interface Flags {
  stack?: string;
  out: string;
  dryRun: boolean;
  json: boolean;
}

/** Runs `redrive`. */
export const runRedrive: RunCommand = async (command, io) => {
  const flags = command.opts<Flags>();
  return flags.stack === undefined ? redriveHere(flags, io) : redriveIn(flags.stack, flags, io);
};

/** Sends those of a stack; whether they fail again shows in its queues some minutes later. */
async function redriveIn(stack: string, flags: Flags, io: Io): Promise<number> {
  const urls = Object.values((await stackOutputs(stack, io)).failureQueueUrls ?? {});
  if (urls.length === 0) throw notDeployed(stack, "failure queue");
  const region = await stackRegion(stack, io);
  const clients = { sqs: new SQSClient({ region }), lambda: new LambdaClient({ region }) };
  const progress = io.progress(flags.json);
  try {
    return show(await send(clients, urls, flags.dryRun, progress, io), flags, io);
  } finally {
    progress.done();
  }
}

/** Sends those of this machine and waits until the functions are done with them. */
async function redriveHere(flags: Flags, io: Io): Promise<number> {
  hideNodeWarning();
  let found: Redriven | undefined;
  const result = await useLake(flags.out, flags.json, io, async ({ cloud, progress }) => {
    const { sqs, lambda } = cloud.endpoints;
    const local = { region: "us-east-1", credentials: localCredentials };
    const clients = {
      sqs: new SQSClient({ ...local, endpoint: sqs, useQueueUrlAsEndpoint: false }),
      lambda: new LambdaClient({ ...local, endpoint: lambda }),
    };
    found = await send(clients, cloud.queueUrls, flags.dryRun, progress, io);
  });
  printProblems(result, io);
  return show(found!, flags, io, result.failures.length);
}

/** A stop ends it between two events; the rest becomes visible to others again. */
function send(
  clients: RedriveClients,
  urls: string[],
  dryRun: boolean,
  progress: Progress,
  io: Io,
): Promise<Redriven> {
  progress.stage("Looking for failed events");
  const onSent = (sent: number, total: number) => progress.stage(`Sent ${sent} of ${total}`);
  return redrive(clients, urls, { dryRun, signal: io.stopSignal(), onSent });
}

/** Prints what was found and sent and returns the exit code; `failedAgain` is known on this machine only. */
function show(
  { events, sent, unrecognised }: Redriven,
  { dryRun, json }: Flags,
  io: Io,
  failedAgain?: number,
): number {
  const code = failedAgain ? 1 : 0;
  if (json) {
    const again = failedAgain === undefined ? {} : { failed_again: failedAgain };
    io.print(JSON.stringify({ found: events.length, sent, unrecognised, ...again, events }));
    return code;
  }
  for (const { functionName, failedAt, payload, reason } of events)
    io.print(
      visibleText(`${failedAt ?? "-"} ${functionName.split(":").pop()!} ${about(payload)}: ${reason}`),
    );
  if (unrecognised > 0) io.warn(`${unrecognised} messages are no failed events; they stay in their queue.`);
  const again = failedAgain === undefined ? "" : `, ${failedAgain} failed again`;
  if (events.length === 0) io.print("There are no failed events.");
  else
    io.print(dryRun ? `${events.length} failed events.` : `${sent} of ${events.length} sent again${again}.`);
  return code;
}
