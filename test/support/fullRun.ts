import * as fs from "node:fs";
import * as path from "node:path";
import { evaluateProgram, type Credentials } from "../../cli/lib/localProgram";
import { Cloud } from "../../cloud/cloud";
import { SimulatedClock } from "../../cloud/clock";
import { PartitionFiles } from "../../cloud/glue/partitions";
import { manifestOf } from "../../cloud/lake/manifest";
import type { Program } from "../../cloud/types";
import { stateKey } from "../../handlers/state/session";
import { SpotifySimulator } from "../../simulator/server";
import { dayMs, hourMs } from "../../simulator/times";
import { EchoingSpotify } from "./echoingSpotify";
import { plainSettings } from "./plainSettings";
import { close, header, page, rawObject, track } from "./rawObjects";

const start = Date.parse("2026-03-03T04:15:00Z");
/** The first part of March can be sealed, and all of it. */
const sealDays = ["2026-03-18T06:00:00Z", "2026-04-08T06:00:00Z"].map((day) => Date.parse(day));
const size = { playlists: 10, tracks: 60, saved: 30, albums: 1, followed: 1 };

/** A cloud with everything that a stack ever does behind it. */
export interface FullRun {
  cloud: Cloud;
  program: Program;
  dir: string;
  /** What the functions printed. */
  lines: string[];
}

/**
 * Does everything that a stack ever does, each thing once: runs of everything and of plays, redelivered events, rows in
 * quarantine, both crawlers, sealing, objects that come late, health, and an event of each function that fails.
 * Spotify, or a proxy on the way, repeats requests in its refusals. The caller stops the cloud.
 */
export async function fullRun(
  dir: string,
  credentials: Credentials,
  settings: Record<string, string> = plainSettings,
): Promise<FullRun> {
  const clock = new SimulatedClock(start);
  const simulator = new SpotifySimulator({
    seed: 3,
    start,
    clock,
    size,
    ...credentials,
    authorizedAt: start,
  });
  const spotify = new EchoingSpotify(simulator);
  const signIn = { ...credentials, authorizedAt: new Date(start).toISOString() };
  const program = await evaluateProgram({ settings, credentials: signIn, out: dir }, start);
  doOnce(program);
  const lines: string[] = [];
  const url = await spotify.start();
  let cloud: Cloud | undefined;
  try {
    cloud = await Cloud.start({
      ...{ program, dir, clock },
      environment: { SPOTIFY_API_URL: url, SPOTIFY_ACCOUNTS_URL: url },
      log: (_, line) => lines.push(line),
    });
    const run = { cloud, program, dir, lines };
    await readAndTransform(run, clock);
    await crawl(run);
    await fail(run, spotify);
    // What was refused has changed the shapes in raw.
    await crawlOne(cloud, "raw");
    await seal(run, clock);
    return run;
  } catch (error) {
    await cloud?.stop();
    throw error;
  } finally {
    await spotify.close();
  }
}

/** Lets each event fail once for good: its retries would only do the same again. */
function doOnce({ resources }: Program): void {
  for (const { type, inputs } of resources)
    if (type === "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")
      inputs.maximumRetryAttempts = 0;
}

async function readAndTransform({ cloud }: FullRun, clock: SimulatedClock): Promise<void> {
  // Before there is a state.
  await fire(cloud, "health");
  await fire(cloud, "schedule");
  clock.advanceTo(start + 3 * hourMs);
  await fire(cloud, "plays");
  await fire(cloud, "health");
  const short = track("t1", { duration_ms: -5 });
  await land(cloud, 1, [track("t2"), track("t3"), track("t4"), track("t5"), track("t6"), short]);
  // As if S3 had sent its event twice.
  const key = (await cloud.store("raw").list("raw/me/playlist_items/"))[0]!;
  cloud.send("transform", { Records: [{ s3: { object: { key: encodeURIComponent(key) } } }] });
  await cloud.settle();
}

/** Crawls when a partition is not registered, and another one is not as its table. */
async function crawl({ cloud, dir, program }: FullRun): Promise<void> {
  const { database } = manifestOf(program);
  const partitions = new PartitionFiles(dir);
  const [first, second] = ["playlists", "tracks"].map((table) => ({
    table,
    partition: partitions.list(database, table)[0]!,
  }));
  fs.rmSync(path.join(dir, "glue", database, first!.table), { recursive: true });
  const { StorageDescriptor, ...rest } = second!.partition;
  partitions.put(database, second!.table, {
    ...rest,
    StorageDescriptor: { ...StorageDescriptor, Columns: [] },
  });
  await crawlOne(cloud, "lake");
  await crawlOne(cloud, "raw");
}

async function crawlOne(cloud: Cloud, name: string): Promise<void> {
  cloud.crawl(name);
  await cloud.settle();
}

/** Has each function fail on an event, and Spotify refuse what it had allowed. */
async function fail({ cloud, dir, program }: FullRun, spotify: EchoingSpotify): Promise<void> {
  spotify.echo = {
    path: /^\/api\/token/,
    status: 400,
    body: (request) => `<h1>Bad</h1><pre>${request}</pre>`,
  };
  await send(cloud, "extract", { id: "no-sign-in", full: true });
  const error_description = (request: string) =>
    JSON.stringify({ error: "invalid_grant", error_description: request });
  spotify.echo = { path: /^\/api\/token/, status: 400, body: error_description };
  await send(cloud, "extract", { id: "revoked", full: true });
  spotify.echo = { path: /^\/v1\/me\/tracks/, status: 400, body: (request) => request };
  await send(cloud, "extract", { id: "rejected", full: true });
  spotify.echo = { path: /^\/v1\/me\/playlists/, status: 403, body: (request) => request };
  await send(cloud, "extract", { id: "refused", full: true });
  spotify.echo = undefined;
  const { key, body } = rawObject("playlist_items", 7, ["no JSON"]);
  await cloud.store("raw").put(key, body, { ifNoneMatch: "*" });
  await cloud.settle();
  const bucket = path.join(dir, "s3", manifestOf(program).rawBucket);
  fs.rmSync(path.join(bucket, key));
  const state = path.join(bucket, stateKey);
  const before = fs.readFileSync(state);
  fs.writeFileSync(state, "no JSON");
  await fire(cloud, "health");
  fs.writeFileSync(state, before);
}

/** Seals a part of the month and then all, takes objects in that come late, and removes the old files. */
async function seal({ cloud }: FullRun, clock: SimulatedClock): Promise<void> {
  for (const [index, day] of sealDays.entries()) {
    clock.advanceTo(day);
    await fire(cloud, "seal");
    await land(cloud, 2 + index, [track(`late${index}`)]);
    clock.advanceTo(day + dayMs);
    await fire(cloud, "seal");
  }
}

/** Lands a read of a playlist of March, and waits until it is transformed. */
export async function land(cloud: Cloud, readSeq: number, tracks: object[]): Promise<void> {
  const read = { stream: "playlist_items", container: "p1", read_seq: 1000 + readSeq };
  const items = tracks.map((item) => ({ added_at: "2026-01-02T03:04:05Z", item }));
  const { key, body } = rawObject("playlist_items", readSeq, [
    header(read),
    page(items, read),
    close(items.length, read),
  ]);
  await cloud.store("raw").put(key, body, { ifNoneMatch: "*" });
  await cloud.settle();
}

async function fire(cloud: Cloud, rule: string): Promise<void> {
  cloud.fire(rule);
  await cloud.settle();
}

async function send(cloud: Cloud, name: string, event: object): Promise<void> {
  cloud.send(name, event);
  await cloud.settle();
}
