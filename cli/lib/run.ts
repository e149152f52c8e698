import { randomUUID } from "node:crypto";
import * as path from "node:path";
import type { ExtractEvent } from "../../handlers/extract/extract";
import type { Store } from "../../handlers/shared/store";
import { Cloud } from "../../cloud/cloud";
import { realClock, SimulatedClock } from "../../cloud/clock";
import { UserError } from "../../cloud/errors";
import { readFolder, settingsIn, writeFolder, type FolderState } from "../../cloud/localState";
import { liveTables, manifestOf, type Manifest } from "../../cloud/lake/manifest";
import { evaluateCached } from "../../cloud/pulumi/cache";
import { crawlersOf } from "../../cloud/glue/crawler/spec";
import { firings } from "../../cloud/events/schedule";
import { simulatedCredentials } from "../../simulator/accounts";
import { SpotifySimulator } from "../../simulator/server";
import { Progress } from "./progress";
import { report, type Report } from "./summary";
import { ofType } from "../../cloud/events/triggers";
import type { Program } from "../../cloud/types";

/** What `npm start` was asked for. */
export interface RunOptions {
  /** Simulated days to run. */
  days: number;
  /** First simulated instant, ms UTC, if the folder is new. */
  from: number;
  /** Seed of the simulated library; the folder's own if it has one. */
  seed?: number;
  /** Stack settings by key, as text: those that the folder does not have already. */
  settings: Record<string, string>;
  /** Folder of the local cloud. */
  out: string;
  quiet: boolean;
  /** What the extract is asked for first, before any day goes by. */
  first?: Pick<ExtractEvent, "full" | "container" | "listener">;
  /** Lands raw objects that do not come from Spotify's API, before anything else. */
  land?: (raw: Store) => Promise<void>;
  /** Anything else to be done with the cloud, before any day goes by; `stage` shows how far it is. */
  work?: (cloud: Cloud, stage: (text: string) => void) => Promise<void>;
  /** Read this account; without it, simulate. An empty refresh token means an app without a listener. */
  credentials: Credentials | undefined;
}

/** An app and, where a listener has signed in, their consent; `authorizedAt` is ISO 8601 UTC, if it is known. */
export interface Credentials {
  clientId: string;
  clientSecret: string;
  refreshToken: string;
  authorizedAt?: string;
}

const project = "spotify-data-pipeline";
const projectDir = path.join(__dirname, "../..");
const dayMs = 24 * 60 * 60 * 1000;

/** Brings the local cloud up, lets the days go by (or one real run), takes it down and says what came of it. */
export async function runPipeline(options: RunOptions): Promise<Report> {
  const before = readFolder(options.out);
  const settings = { ...settingsIn(before), ...options.settings };
  const state = stateFor({ ...options, settings }, before);
  const progress = new Progress(options.quiet);
  const clock = options.credentials ? realClock : new SimulatedClock(state.now);
  progress.stage("Reading the Pulumi program");
  const program = await evaluateProgram({ ...options, settings }, state.now, before?.manifest);
  const manifest = manifestOf(program);
  const simulator = options.credentials
    ? undefined
    : new SpotifySimulator({
        seed: state.seed,
        start: state.start,
        clock,
        onRequest: () => {
          if (clock instanceof SimulatedClock) clock.passCall();
        },
        authorizedAt: state.now,
        mode: settings.extendedQuota === "true" ? "extended" : "development",
        ...simulatedCredentials,
      });
  const startedAt = clock.now();
  let cloud: Cloud | undefined;
  try {
    cloud = await Cloud.start({
      program,
      dir: options.out,
      clock,
      environment: await spotifyAddresses(simulator),
      log: (name, line) => process.env.DEBUG && console.error(`${name}: ${line}`),
    });
    const glue = program.resources.filter(({ type }) => type.startsWith("aws:glue/"));
    const save = (now: number) => writeFolder(options.out, { ...state, manifest, glue, now });
    save(state.now);
    progress.stage("Going on with what was under way");
    await cloud.settle();
    if (options.land) {
      await options.land(cloud.store("raw"));
      progress.stage("Transforming");
      await cloud.settle();
    }
    if (options.work) {
      await options.work(cloud, (text) => progress.stage(text));
      await cloud.settle();
    }
    if (options.first) {
      progress.stage("Reading again");
      cloud.send("extract", { id: randomUUID(), ...options.first });
      await cloud.settle();
    }
    if (clock instanceof SimulatedClock) {
      await simulateDays({ days: options.days, from: state.now, program, cloud, clock, progress, save });
    } else if (!options.first && !options.land && !options.work) {
      progress.stage("Reading Spotify");
      cloud.fire("schedule");
      await cloud.settle();
      save(clock.now());
    }
  } finally {
    await cloud?.stop();
    await simulator?.close();
  }
  progress.stage("Counting");
  const { failures, crawls } = cloud;
  const result = await report(options.out, manifest, startedAt, { failures, crawls }, () =>
    progress.seconds(),
  );
  progress.done();
  return result;
}

function stateFor({ out, from, seed, settings, credentials }: RunOptions, before: FolderState | undefined) {
  const source = credentials ? ("spotify" as const) : ("simulated" as const);
  if (before && before.source !== source) {
    throw new UserError(
      `${out} holds ${before.source} data; choose another folder with --out, or start over with --fresh.`,
    );
  }
  if (before && seed !== undefined && seed !== before.seed) {
    throw new UserError(
      `${out} holds the library of seed ${before.seed}; run without --seed, with --fresh, or with another --out.`,
    );
  }
  return {
    version: 1 as const,
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

/** A simulated listener has signed in at `now`, ms UTC; `before` is what is deployed there already. */
export async function evaluateProgram(
  { settings, credentials, out }: Pick<RunOptions, "settings" | "credentials" | "out">,
  now: number,
  before?: Manifest,
): Promise<Program> {
  const simulated = { ...simulatedCredentials, authorizedAt: new Date(now).toISOString() };
  const { clientId, clientSecret, refreshToken, authorizedAt }: Credentials = credentials ?? simulated;
  const secrets = {
    spotifyClientId: clientId,
    spotifyClientSecret: clientSecret,
    spotifyRefreshToken: authorizedAt ? JSON.stringify({ refreshToken, authorizedAt }) : refreshToken,
  };
  return evaluateCached({
    projectDir,
    project,
    stack: "local",
    // Hourly plays would be most of the work of a simulated day.
    config: { keepData: "false", playsSchedule: "rate(3 hours)", ...settings, ...secrets },
    secretKeys: Object.keys(secrets),
    outDir: path.resolve(out, "functions"),
    liveTables: before && liveTables(before),
  });
}

async function spotifyAddresses(simulator: SpotifySimulator | undefined): Promise<Record<string, string>> {
  if (simulator) {
    const url = await simulator.start();
    return { SPOTIFY_API_URL: url, SPOTIFY_ACCOUNTS_URL: url };
  }
  const given = Object.entries(process.env).filter(([key]) => /^SPOTIFY_(API|ACCOUNTS)_URL$/.test(key));
  return Object.fromEntries(given) as Record<string, string>;
}

/** Days that go by in a cloud. */
interface Simulation {
  days: number;
  /** ms UTC */
  from: number;
  program: Program;
  cloud: Cloud;
  clock: SimulatedClock;
  progress: Progress;
  /** Keeps where simulated time stands (ms UTC): at the end of a day, whatever the clock has run on meanwhile. */
  save: (now: number) => void;
}

/** Fires every rule and crawler at its times within the days, and waits each time until all that follows is done. */
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
  }));
  const crawlers = crawlersOf(program.resources).flatMap(({ name, schedule }) =>
    schedule === undefined ? [] : [{ expression: schedule, fire: () => cloud.crawl(name) }],
  );
  for (let day = 0; day < days; day++) {
    const [start, end] = [from + day * dayMs, from + (day + 1) * dayMs];
    const times = [...rules, ...crawlers].flatMap(({ expression, fire }) =>
      firings(expression, start, end).map((time) => ({ fire, time })),
    );
    progress.stage(`Day ${day + 1} of ${days}: ${new Date(start).toISOString().slice(0, 10)}`);
    for (const { fire, time } of times.sort((a, b) => a.time - b.time)) {
      clock.advanceTo(time);
      fire();
      await cloud.settle();
    }
    clock.advanceTo(end);
    save(end);
  }
}
