import { randomUUID } from "node:crypto";
import type { ExtractEvent } from "../../handlers/extract/extract";
import { Cloud } from "../../cloud/cloud";
import { realClock, SimulatedClock } from "../../cloud/clock";
import { UserError } from "../../cloud/errors";
import { commandFor } from "../../cloud/localCommand";
import { glueResources, readFolder, settingsIn, writeFolder, type FolderState } from "../../cloud/localState";
import { manifestOf, type Manifest } from "../../cloud/lake/manifest";
import { crawlersOf } from "../../cloud/glue/crawler/spec";
import { firings } from "../../cloud/events/schedule";
import { simulatedCredentials } from "../../simulator/accounts";
import { SpotifySimulator } from "../../simulator/server";
import { evaluateProgram, type Credentials } from "./localProgram";
import { countdown, Progress, type Part } from "./progress";
import { notSignedIn } from "./realData";
import { report, type Report, type WithCounts } from "./report";
import { ofType } from "../../cloud/events/triggers";
import type { Clock, Program } from "../../cloud/types";

/** What every use of a local cloud needs. */
export interface LocalOptions {
  /** Folder of the local cloud. */
  out: string;
  /** Stack settings by key, as text: those that the folder does not have already. */
  settings: Record<string, string>;
  /** Reads this account; without it, simulates. An empty refresh token means an app without a listener. */
  credentials: Credentials | undefined;
  /** First simulated instant, ms UTC, if the folder is new. */
  from: number;
  /** Seed of the simulated library; the folder's own if it has one. */
  seed?: number;
  /** Empties the folder: called once program and settings are known to be right. Without it the folder is continued. */
  empty?: () => void;
  progress?: Progress;
  /** May name other addresses of Spotify: SPOTIFY_API_URL and SPOTIFY_ACCOUNTS_URL. */
  env?: NodeJS.ProcessEnv;
  /** Takes each line that a function prints. */
  debug?: (line: string) => void;
}

/** Which days to simulate. */
export interface SimulateOptions extends Omit<LocalOptions, "credentials"> {
  days: number;
  /** What is done before. */
  first?: Use;
  /** What is done with the lake at the end. */
  then?: WithCounts;
}

/** A running local cloud. */
interface LocalCloud {
  /** When it was started, ms UTC in its own time. */
  from: number;
  cloud: Cloud;
  program: Program;
  clock: Clock;
  progress: Progress;
  /** Stores where simulated time stands, ms UTC. It may be behind the clock. */
  save: (now: number) => void;
}

/** Does something with a local cloud. Its caller waits for all events that follow. */
export type Use = (local: LocalCloud) => void | Promise<void>;

const dayMs = 24 * 60 * 60 * 1000;

/** Simulates days, after `first` has been done. */
export function simulate({ days, first, then, ...options }: SimulateOptions): Promise<Report> {
  const use: Use = async (local) => {
    await first?.(local);
    await local.cloud.settle();
    await simulateDays({ ...local, days, clock: local.clock as SimulatedClock });
  };
  return useLocalCloud({ ...options, credentials: undefined }, use, then);
}

/** Reads the account once, as the schedule does. */
export const readAccount: Use = async ({ cloud, clock, progress, save }) => {
  progress.stage("Reading Spotify");
  cloud.fire("schedule");
  await cloud.settle();
  cloud.fire("seal");
  await cloud.settle();
  save(clock.now());
};

/** Runs extract once, as a person asks for it. */
export function extractNow(event: Pick<ExtractEvent, "full">): Use {
  return ({ cloud, progress }) => {
    progress.stage("Reading again");
    cloud.send("extract", { id: randomUUID(), ...event });
  };
}

/**
 * Uses a folder's cloud as {@link runLocalCloud} does, then counts what the folder holds, and lets `then` ask the lake.
 * Returns what was done.
 */
export async function useLocalCloud(options: LocalOptions, use: Use, then?: WithCounts): Promise<Report> {
  const progress = options.progress ?? new Progress();
  const { startedAt, manifest, cloud } = await runLocalCloud({ ...options, progress }, use);
  progress.stage("Counting");
  const { failures, crawls } = cloud;
  const result = await report(options.out, manifest, startedAt, { failures, crawls }, progress, then);
  progress.done();
  return result;
}

/** Starts a folder's cloud, finishes what it had left, uses it and stops it. Returns the stopped cloud. */
export async function runLocalCloud(
  options: LocalOptions,
  use: Use,
): Promise<{ startedAt: number; manifest: Manifest; cloud: Cloud }> {
  const { out, progress = new Progress() } = options;
  const before = options.empty ? undefined : readFolder(out);
  const settings = { ...settingsIn(before), ...options.settings };
  const state = stateFor({ ...options, settings }, before);
  const clock = options.credentials ? realClock : new SimulatedClock(state.now);
  progress.stage("Reading the Pulumi program");
  const program = await evaluateProgram({ ...options, settings }, state.now, before?.manifest);
  options.empty?.();
  const manifest = manifestOf(program);
  const glue = glueResources(program.resources);
  const save = (now: number) => writeFolder(out, { ...state, manifest, glue, now });
  const simulator = options.credentials ? undefined : simulatorFor(state, settings, clock);
  const startedAt = clock.now();
  let cloud: Cloud | undefined;
  try {
    const environment = simulator ? addresses(await simulator.start()) : givenAddresses(options.env);
    cloud = await startCloud({ program, out, clock, environment, debug: options.debug });
    save(state.now);
    if (cloud.inFlight > 0) progress.stage("Finishing events of the last run", eventsLeft(cloud));
    await cloud.settle();
    await use({ from: state.now, cloud, program, clock, progress, save });
    await cloud.settle();
  } finally {
    await cloud?.stop();
    await simulator?.close();
  }
  return { startedAt, manifest, cloud };
}

/** Returns how many of the cloud's events are handled. */
export function eventsLeft(cloud: Cloud): () => Part {
  return countdown(() => cloud.inFlight);
}

/** Starts the cloud of an evaluated program in a folder. */
export function startCloud({
  program,
  out,
  clock,
  environment,
  debug,
}: Pick<LocalOptions, "out" | "debug"> & {
  program: Program;
  clock: Clock;
  environment: Record<string, string>;
}): Promise<Cloud> {
  const log = (name: string, line: string) => debug?.(`${name}: ${line}`);
  return Cloud.start({ program, dir: out, clock, environment, log });
}

function simulatorFor(
  { seed, start, now }: Pick<FolderState, "seed" | "start" | "now">,
  { extendedQuota }: Record<string, string>,
  clock: Clock,
): SpotifySimulator {
  const mode = extendedQuota === "true" ? "extended" : "development";
  const onRequest = () => {
    if (clock instanceof SimulatedClock) clock.passCall();
  };
  return new SpotifySimulator({
    ...{ seed, start, clock, onRequest, authorizedAt: now, mode },
    ...simulatedCredentials,
  });
}

function stateFor({ out, from, seed, settings, credentials }: LocalOptions, before: FolderState | undefined) {
  const source = credentials ? ("spotify" as const) : ("simulated" as const);
  if (before?.source === "spotify" && source === "simulated") throw notSignedIn(out);
  if (before && before.source !== source) {
    throw new UserError(
      `${out} holds ${before.source} data; choose another folder with --out, or start over with ${commandFor(out, "npm start", "--fresh")}.`,
    );
  }
  if (before && seed !== undefined && seed !== before.seed) {
    throw new UserError(
      `${out} holds the library of seed ${before.seed}; leave --seed out, choose another folder with --out, or start over with ${commandFor(out, "npm start", "--fresh", `--seed ${seed}`)}.`,
    );
  }
  return {
    version: 2 as const,
    source,
    seed: before?.seed ?? seed ?? 1,
    start: before?.start ?? from,
    now: before?.now ?? from,
    settings: withoutSecrets(settings),
  };
}

function withoutSecrets(settings: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !key.startsWith("spotify")));
}

function addresses(url: string): Record<string, string> {
  return { SPOTIFY_API_URL: url, SPOTIFY_ACCOUNTS_URL: url };
}

function givenAddresses(env: NodeJS.ProcessEnv = {}): Record<string, string> {
  const given = Object.entries(env).filter(([key]) => /^SPOTIFY_(API|ACCOUNTS)_URL$/.test(key));
  return Object.fromEntries(given) as Record<string, string>;
}

/** Days to simulate from `from` on. */
interface Simulation extends LocalCloud {
  days: number;
  clock: SimulatedClock;
}

/**
 * Fires every rule and crawler at its times within the days, one after the other. What a run's objects set off goes on
 * while the next rule's function runs, unless that is the same function; a day ends when all is done.
 */
async function simulateDays({
  days,
  from,
  program,
  cloud,
  clock,
  progress,
  save,
}: Simulation): Promise<void> {
  const rules = ofType(program.resources, "aws:cloudwatch/eventRule:EventRule").map(({ name, inputs }) => ({
    expression: String(inputs.scheduleExpression),
    fire: () => cloud.fire(name),
    ready: () => cloud.ready(name),
  }));
  const crawlers = crawlersOf(program.resources).flatMap(({ name, schedule }) =>
    schedule === undefined
      ? []
      : [{ expression: schedule, fire: () => cloud.crawl(name), ready: () => cloud.settle() }],
  );
  for (let day = 0; day < days; day++) {
    const [start, end] = [from + day * dayMs, from + (day + 1) * dayMs];
    const times = [...rules, ...crawlers].flatMap(({ expression, ...occasion }) =>
      firings(expression, start, end).map((time) => ({ ...occasion, time })),
    );
    const date = new Date(start).toISOString().slice(0, 10);
    progress.stage(`Day ${day + 1} of ${days}: ${date}`, { done: day, all: days });
    for (const { ready, fire, time } of times.sort((a, b) => a.time - b.time)) {
      await ready();
      clock.advanceTo(time);
      fire();
    }
    await cloud.settle();
    clock.advanceTo(end);
    save(end);
  }
}
