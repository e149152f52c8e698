import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { administratorKey } from "../../cloud/iam/access";
import { visibleText } from "../lib/visible-text";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import type { Progress } from "../lib/progress";
import { eventsLeft, type Use } from "../lib/run";
import { utcSecond } from "../lib/utcSecond";
import { useLake } from "../lib/runLocally";
import { printProblems } from "../start/summary";
import { about, type FailedEvent } from "./failed-event";
import { dropMessage, redrive, type RedriveClients, type Redriven } from "./redrive";
import { serveJson } from "../../cloud/aws/json";
import { QueueFiles } from "../../cloud/aws/queues";
import { sqsOperations } from "../../cloud/aws/sqs";
import { realClock } from "../../cloud/clock";
import { holdFolder, readLake } from "../../cloud/localState";
import { hideNodeWarning } from "../../cloud/nodeWarning";
import { notDeployed, stackOutputs, stackRegion } from "../stack/stack";

interface Flags {
  stack?: string;
  out: string;
  dryRun: boolean;
  drop?: string;
  json: boolean;
}

/** Runs `redrive`. */
export const runRedrive: RunCommand = async (command, io) => {
  hideNodeWarning();
  const flags = command.opts<Flags>();
  if (flags.stack !== undefined) return redriveIn(flags.stack, flags, io);
  return flags.dryRun || flags.drop !== undefined ? lookHere(flags, io) : redriveHere(flags, io);
};

/** Sends those of a stack; whether they fail again shows in its queues some minutes later. */
async function redriveIn(stack: string, flags: Flags, io: Io): Promise<number> {
  const urls = Object.values((await stackOutputs(stack, io)).failureQueueUrls ?? {});
  if (urls.length === 0) throw notDeployed(stack, "failure queue");
  const region = await stackRegion(stack, io);
  const clients = { sqs: new SQSClient({ region }), lambda: new LambdaClient({ region }) };
  return act(clients, urls, flags, io);
}

/** Shows or drops those of this machine. No function runs, so nobody needs to be signed in. */
async function lookHere(flags: Flags, io: Io): Promise<number> {
  const { out } = flags;
  readLake(out);
  return holdFolder(out, async () => {
    const files = new QueueFiles(out, realClock);
    const names = files.failureQueues();
    const server = await serveJson(sqsOperations(names, files));
    try {
      const urls = names.map((name) => `http://${server.address}/${name}`);
      return await act(clientsAt(`http://${server.address}`), urls, flags, io);
    } finally {
      await server.close();
    }
  });
}

/** Sends those of this machine and waits until the functions are done with them. */
async function redriveHere(flags: Flags, io: Io): Promise<number> {
  const { out, json } = flags;
  let found: Redriven | undefined;
  const redriveAll: Use = async ({ cloud, progress }) => {
    const { sqs, lambda } = cloud.endpoints;
    found = await send(clientsAt(sqs, lambda), cloud.queueUrls, flags, progress, io);
    progress.stage("Handling them again", eventsLeft(cloud));
  };
  const result = await useLake(
    out,
    json,
    io,
    redriveAll,
    new QueueFiles(out, realClock).hasEventFor("extract"),
  );
  printProblems(result, io);
  return show(found!, flags, io, result.failures.length);
}

/** Clients of the embedded cloud. */
function clientsAt(sqs: string, lambda = sqs): RedriveClients {
  const local = { region: "us-east-1", credentials: administratorKey };
  return {
    sqs: new SQSClient({ ...local, endpoint: sqs, useQueueUrlAsEndpoint: false }),
    lambda: new LambdaClient({ ...local, endpoint: lambda }),
  };
}

/** Drops, shows or sends; returns the exit code. */
async function act(clients: RedriveClients, urls: string[], flags: Flags, io: Io): Promise<number> {
  const { drop, json } = flags;
  const progress = io.progress(json);
  try {
    if (drop === undefined) return show(await send(clients, urls, flags, progress, io), flags, io);
    progress.stage("Looking for failed events");
    const event = await dropMessage(clients.sqs, urls, drop);
    io.print(json ? JSON.stringify({ dropped: drop, event }) : `Dropped ${event ? line(event) : drop}`);
    return 0;
  } finally {
    progress.done();
  }
}

/** A stop ends it between two events; the rest becomes visible to others again. */
function send(
  clients: RedriveClients,
  urls: string[],
  { dryRun }: Flags,
  progress: Progress,
  io: Io,
): Promise<Redriven> {
  progress.stage("Looking for failed events");
  const onSent = (done: number, all: number) => progress.stage(`Sent ${done} of ${all}`, { done, all });
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
  for (const event of events) io.print(line(event));
  if (unrecognised.length > 0)
    io.warn(
      `No failed events, so they stay in their queue unless --drop removes them: ${unrecognised.join(", ")}`,
    );
  const again = failedAgain === undefined ? "" : `, ${failedAgain} failed again`;
  if (events.length === 0) io.print("There are no failed events.");
  else
    io.print(dryRun ? `${events.length} failed events.` : `${sent} of ${events.length} sent again${again}.`);
  return code;
}

function line({ id, functionName, failedAt, payload, reason }: FailedEvent): string {
  return visibleText(
    `${id} ${failedAt === null ? "-" : utcSecond(failedAt)} ${functionName.split(":").pop()!} ${about(payload)}: ${reason}`,
  );
}
