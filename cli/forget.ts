import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import * as s3 from "@aws-sdk/client-s3";
import { s3Store } from "../handlers/shared/s3Store";
import { command, main } from "./lib/command";
import { UserError } from "../cloud/errors";
import { readFolder, takeFolder } from "../cloud/localState";
import { versionedBucket } from "./forget/bucket";
import { belongingsOf, forget, isNothing, summaryOf, type Summary } from "./forget/listener";
import { terminalAsk } from "./login/ask";
import { S3Server } from "../cloud/s3/server";
import { hideNodeWarning } from "../cloud/nodeWarning";
import { notDeployed, stackOutputs, stackRegion } from "./stack/stack";

const cli = command("forget", "Deletes all that the pipeline holds of a listener, old versions included.")
  .requiredOption("--listener <name>", "whose data is to go")
  .option("--stack <name>", "delete it in this Pulumi stack (default: on this machine)")
  .option("--out <dir>", "folder of the local cloud", ".local")
  .option("--yes", "do not ask", false)
  .option("--json", "print one line of JSON", false);

interface Flags {
  listener: string;
  stack?: string;
  out: string;
  yes: boolean;
  json: boolean;
}

/** Where it is to be deleted, and what is left to do by hand. */
interface Place {
  name: string;
  client: s3.S3Client;
  raw: string;
  lake: string;
  advice: string;
}

/** As long as a run of extract may take: no command takes longer. */
const leaseMs = 15 * 60_000;

async function forgetAt({ name, client, raw, lake, advice }: Place, flags: Flags): Promise<void> {
  const { listener, yes, json } = flags;
  const buckets = { raw: versionedBucket(s3, client, raw), lake: versionedBucket(s3, client, lake) };
  const store = s3Store(client, raw);
  const found = await belongingsOf(listener, buckets, store);
  if (isNothing(found)) throw new UserError(`${name} holds nothing of a listener ${listener}.`);
  const summary = summaryOf(found);
  if (!json) console.log(sentence(name, listener, summary));
  if (!yes) await confirm(listener);
  const end = Date.now() + leaseMs;
  await forget(listener, buckets, {
    store,
    now: () => Date.now(),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    nonce: randomBytes(8).toString("hex"),
    remainingMs: () => end - Date.now(),
  });
  console.log(json ? JSON.stringify({ listener, ...summary }) : `Deleted. ${advice}`);
}

function sentence(name: string, listener: string, { raw, lake, first_day, last_day }: Summary): string {
  const part = (what: string, { objects, old, bytes }: Summary["raw"]) =>
    `  ${what}: ${objects} objects and ${old} old versions, ${(bytes / 1e6).toFixed(1)} MB`;
  const days = first_day === null ? "" : `, of ${first_day} to ${last_day}`;
  return [
    `All of ${listener} in ${name} will go${days}:`,
    part("raw", raw),
    part("lake", lake),
    "  and what extract remembers of them",
  ].join("\n");
}

async function confirm(listener: string): Promise<void> {
  const ask = terminalAsk();
  if (!ask) throw new UserError("Without a terminal nobody can be asked; add --yes to delete it.");
  const answer = await ask(`There is no way back. Type ${listener} to delete it`);
  if (answer !== listener) throw new UserError("Nothing was deleted.");
}

async function forgetHere(flags: Flags): Promise<void> {
  const { out, listener } = flags;
  if (!readFolder(out)) throw new UserError(`There is no lake in ${out}.`);
  takeFolder(out, false);
  const server = new S3Server({ root: path.join(out, "s3") });
  const buckets = fs.readdirSync(path.join(out, "s3"));
  const named = (kind: string) => buckets.find((name) => name.startsWith(`${kind}-`))!;
  try {
    hideNodeWarning();
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    const client = new s3.S3Client({ endpoint: await server.start(), region: "us-east-1", credentials });
    const advice = `If a sign-in of theirs is in .env.local, take it out, or npm start reads ${listener} again.`;
    await forgetAt({ name: out, client, raw: named("raw"), lake: named("lake"), advice }, flags);
  } finally {
    await server.close();
  }
  removeEvents(path.join(out, "queues"), listener);
}

/** Failed events name the objects that they were about. */
function removeEvents(dir: string, listener: string): void {
  if (!fs.existsSync(dir)) return;
  const messages = fs.readdirSync(dir, { recursive: true, encoding: "utf8" });
  for (const file of messages.filter((name) => name.endsWith(".json")).map((name) => path.join(dir, name)))
    if (fs.readFileSync(file, "utf8").includes(`raw/${listener}/`)) fs.rmSync(file);
}

async function forgetIn(stack: string, flags: Flags): Promise<void> {
  const here = { env: process.env, dir: process.cwd() };
  const { rawBucketName: raw, lakeBucketName: lake } = await stackOutputs(stack, here);
  if (!raw || !lake) throw notDeployed(stack, "bucket");
  const client = new s3.S3Client({ region: await stackRegion(stack, here) });
  const advice = `Take ${flags.listener} out of the setting listeners, remove their sign-in (pulumi config rm spotifyRefreshToken-${flags.listener} --stack ${stack}, or spotifyRefreshToken for the first listener) and run pulumi up, or the next run reads them again. Query results expire after 30 days.`;
  await forgetAt({ name: `stack ${stack}`, client, raw, lake, advice }, flags);
}

main(async () => {
  cli.parse();
  const flags = cli.opts<Flags>();
  if (!/^[a-z0-9_]{1,32}$/.test(flags.listener))
    throw new UserError(`${flags.listener} is no listener's name; those are made of a-z, 0-9 and _.`);
  await (flags.stack === undefined ? forgetHere(flags) : forgetIn(flags.stack, flags));
});
