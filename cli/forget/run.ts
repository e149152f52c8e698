import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as s3 from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { s3Store } from "../../handlers/shared/s3Store";
import { readText } from "../../handlers/shared/store";
import { parseState } from "../../handlers/state/extractState";
import { stateKey } from "../../handlers/state/session";
import type { RunCommand } from "../lib/command";
import type { Io } from "../lib/io";
import { withLocalS3 } from "../lib/localClients";
import { UserError } from "../../cloud/errors";
import { signInKey } from "../../infra/settingRules";
import { didYouMean } from "../../infra/suggest";
import { commandFor } from "../../cloud/localCommand";
import { holdFolder, readFolder } from "../../cloud/localState";
import { dropMessagesAbout } from "../redrive/redrive";
import { versionedBucket } from "./bucket";
import { removeFolderReport, reportOfFolder } from "../report/write";
import { belongingsOf, forget, isNothing, summaryOf, type Summary } from "./listener";
import { notDeployed, stackOutputs, stackRegion } from "../stack/stack";

interface Flags {
  listener: string;
  stack?: string;
  out: string;
  yes: boolean;
  json: boolean;
}

/** Where to delete, and what is left to do by hand. */
interface Place {
  name: string;
  client: s3.S3Client;
  raw: string;
  lake: string;
  advice: string;
}

/** As long as a run of extract may take. */
const leaseMs = 15 * 60_000;

async function forgetAt({ name, client, raw, lake, advice }: Place, flags: Flags, io: Io): Promise<void> {
  const { listener, yes, json } = flags;
  const progress = io.progress(json);
  let [removed, all] = [0, 0];
  const onRemoved = (count: number) => {
    removed += count;
    // Others may have come meanwhile.
    all = Math.max(all, removed);
    progress.stage(`Deleted ${removed} of ${all} objects`, { done: removed, all });
  };
  const [rawBucket, lakeBucket] = [raw, lake].map((one) => versionedBucket(s3, client, one, onRemoved));
  const buckets = { raw: rawBucket!, lake: lakeBucket! };
  const store = s3Store(client, raw);
  progress.stage(`Looking for data of ${listener}`);
  const found = await belongingsOf(listener, buckets, store);
  progress.done();
  all = found.raw.length + found.lake.length;
  if (isNothing(found)) {
    const known = Object.keys(parseState((await readText(store, stateKey))?.text).listeners);
    const has = known.length === 0 ? "" : ` It has ${known.join(", ")}.`;
    throw new UserError(
      `${name} holds nothing of a listener ${listener}${didYouMean(listener, known)}${has}`,
    );
  }
  const summary = summaryOf(found);
  if (!json) io.print(sentence(name, listener, summary));
  if (!yes) await confirm(listener, io);
  const end = Date.now() + leaseMs;
  progress.stage("Deleting");
  await forget(listener, buckets, {
    store,
    now: () => Date.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    nonce: randomBytes(8).toString("hex"),
    remainingMs: () => end - Date.now(),
  });
  progress.done();
  io.print(json ? JSON.stringify({ listener, ...summary }) : `Deleted. ${advice}`);
}

function sentence(name: string, listener: string, { raw, lake, first_day, last_day }: Summary): string {
  const part = (what: string, { objects, old, bytes }: Summary["raw"]) =>
    `  ${what}: ${objects} objects and ${old} old versions, ${(bytes / 1e6).toFixed(1)} MB`;
  const days = first_day === null ? "" : `, of ${first_day} to ${last_day}`;
  return [
    `This deletes all of ${listener} in ${name}${days}:`,
    part("raw", raw),
    part("lake", lake),
    "  and the checkpoints of extract",
  ].join("\n");
}

async function confirm(listener: string, { ask }: Io): Promise<void> {
  if (!ask) throw new UserError("Without a terminal nobody can be asked; add --yes to delete it.");
  const answer = await ask(`This cannot be undone. Type ${listener} to delete it`);
  if (answer !== listener) throw new UserError("Nothing was deleted.");
}

async function forgetHere(flags: Flags, io: Io): Promise<void> {
  const { out, listener } = flags;
  if (!readFolder(out)) throw new UserError(`There is no lake in ${out}.`);
  const buckets = fs.readdirSync(path.join(out, "s3"));
  const named = (kind: string) => buckets.find((name) => name.startsWith(`${kind}-`))!;
  const advice = `If their sign-in is in .env.local, remove it, or ${commandFor(out, "npm start")} reads ${listener} again.`;
  const place = { name: out, raw: named("raw"), lake: named("lake"), advice };
  await holdFolder(out, async () => {
    await withLocalS3(out, (client) => forgetAt({ ...place, client }, flags, io));
    removeEvents(path.join(out, "queues"), listener);
    removeFolderReport(out);
    await reportOfFolder(out, io.progress(flags.json));
  });
}

/** Failed events name the objects that they were about. */
function removeEvents(dir: string, listener: string): void {
  if (!fs.existsSync(dir)) return;
  const messages = fs.readdirSync(dir, { recursive: true, encoding: "utf8" });
  for (const file of messages.filter((name) => name.endsWith(".json")).map((name) => path.join(dir, name)))
    if (fs.readFileSync(file, "utf8").includes(rawFolder(listener))) fs.rmSync(file);
}

async function forgetIn(stack: string, flags: Flags, io: Io): Promise<void> {
  const outputs = await stackOutputs(stack, io);
  const { rawBucketName: raw, lakeBucketName: lake, failureQueueUrls = {} } = outputs;
  if (!raw || !lake) throw notDeployed(stack, "bucket");
  const region = await stackRegion(stack, io);
  const client = new s3.S3Client({ region });
  const advice = `Take ${flags.listener} out of the setting listeners, remove their sign-in (pulumi config rm ${signInKey(flags.listener)} --stack ${stack}) and run pulumi up, or the next run reads them again. Query results expire after 30 days, and pages of spotify-lake report show them until you delete those.`;
  await forgetAt({ name: `stack ${stack}`, client, raw, lake, advice }, flags, io);
  const sqs = new SQSClient({ region });
  await dropMessagesAbout(rawFolder(flags.listener), sqs, Object.values(failureQueueUrls)).catch(
    (error: Error) => {
      throw new UserError(
        `Failed events that name ${flags.listener} are still in the failure queues, for 14 days at most: ${error.message}`,
        { cause: error },
      );
    },
  );
}

/** What an event about a raw object of the listener contains. */
function rawFolder(listener: string): string {
  return `raw/${listener}/`;
}

/** Runs `forget`. */
export const runForget: RunCommand = async (command, io) => {
  const flags = command.opts<Flags>();
  if (!/^[a-z0-9_]{1,32}$/.test(flags.listener))
    throw new UserError(`${flags.listener} is no listener's name; those are made of a-z, 0-9 and _.`);
  await (flags.stack === undefined ? forgetHere(flags, io) : forgetIn(flags.stack, flags, io));
  return 0;
};
