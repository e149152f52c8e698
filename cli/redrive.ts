import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Cloud } from "../cloud/cloud";
import { command, main } from "./lib/command";
import { visibleText } from "./lib/visible-text";
import { runHere } from "./lib/runLocally";
import { Progress } from "./lib/progress";
import { about } from "./redrive/failed-event";
import { redrive, type RedriveClients, type Redriven } from "./redrive/redrive";
import { hideNodeWarning } from "../cloud/nodeWarning";
import { notDeployed, stackOutputs, stackRegion } from "./stack/stack";

const cli = command("redrive", "Sends events that failed again, as they were: mend the cause first.")
  .option("--stack <name>", "those of this Pulumi stack (default: those of this machine)")
  .option("--out <dir>", "folder of the local cloud", ".local")
  .option("--dry-run", "only show them", false)
  .option("--json", "print one line of JSON", false);

interface Flags {
  stack?: string;
  out: string;
  dryRun: boolean;
  json: boolean;
}

const stopped = new AbortController();

/** Redrives, and tells `stage` how far it is. */
function send(
  clients: RedriveClients,
  urls: string[],
  dryRun: boolean,
  stage: (text: string) => void,
): Promise<Redriven> {
  stage("Looking for failed events");
  const onSent = (sent: number, total: number) => stage(`Sent ${sent} of ${total}`);
  return redrive(clients, urls, { dryRun, signal: stopped.signal, onSent });
}

/** Those of a stack; whether they fail again shows in its queues some minutes later. */
async function redriveIn(stack: string, flags: Flags): Promise<void> {
  const here = { env: process.env, dir: process.cwd() };
  const urls = Object.values((await stackOutputs(stack, here)).failureQueueUrls ?? {});
  if (urls.length === 0) throw notDeployed(stack, "failure queue");
  const region = await stackRegion(stack, here);
  const clients = { sqs: new SQSClient({ region }), lambda: new LambdaClient({ region }) };
  const progress = new Progress(flags.json);
  try {
    show(await send(clients, urls, flags.dryRun, (text) => progress.stage(text)), flags);
  } finally {
    progress.done();
  }
}

/** Those of this machine, waiting for what comes of them. */
async function redriveHere(flags: Flags): Promise<void> {
  hideNodeWarning();
  let found: Redriven | undefined;
  const work = async (cloud: Cloud, stage: (text: string) => void) => {
    const { sqs, lambda } = cloud.endpoints;
    const local = { region: "us-east-1", credentials: { accessKeyId: "local", secretAccessKey: "local" } };
    const clients = {
      sqs: new SQSClient({ ...local, endpoint: sqs, useQueueUrlAsEndpoint: false }),
      lambda: new LambdaClient({ ...local, endpoint: lambda }),
    };
    found = await send(clients, cloud.queueUrls, flags.dryRun, stage);
  };
  const { failures } = await runHere(flags.out, flags.json, { work });
  show(found!, flags, failures.length);
}

/** `failedAgain` is known on this machine alone. */
function show({ events, sent, strange }: Redriven, { dryRun, json }: Flags, failedAgain?: number): void {
  if (failedAgain) process.exitCode = 1;
  if (json) {
    const again = failedAgain === undefined ? {} : { failed_again: failedAgain };
    console.log(JSON.stringify({ found: events.length, sent, strange, ...again, events }));
    return;
  }
  for (const { functionName, failedAt, payload, reason } of events)
    console.log(
      visibleText(`${failedAt ?? "-"} ${functionName.split(":").pop()!} ${about(payload)}: ${reason}`),
    );
  if (strange > 0) console.error(`${strange} messages are no failed events; they stay in their queue.`);
  if (events.length === 0) return console.log("There are no failed events.");
  const again = failedAgain === undefined ? "" : `, ${failedAgain} failed again`;
  console.log(dryRun ? `${events.length} failed events.` : `${sent} of ${events.length} sent again${again}.`);
}

main(async () => {
  cli.parse();
  const flags = cli.opts<Flags>();
  // Ends between two events, and shows the rest to others again.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopped.abort());
  if (flags.stack === undefined) await redriveHere(flags);
  else await redriveIn(flags.stack, flags);
});
