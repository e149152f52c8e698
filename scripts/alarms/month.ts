/** Simulates a month of a stack on the embedded cloud, with the troubles of the story, and keeps what CloudWatch would. */
import * as path from "node:path";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { projectDir } from "../../cli/lib/command";
import { redrive } from "../../cli/redrive/redrive";
import { SimulatedClock } from "../../cloud/clock";
import { Cloud } from "../../cloud/cloud";
import { UserError } from "../../cloud/errors";
import { QueueFiles, queuesOf } from "../../cloud/aws/queues";
import { firings } from "../../cloud/events/schedule";
import { ofType } from "../../cloud/events/triggers";
import { administratorKey } from "../../cloud/iam/access";
import { manifestOf } from "../../cloud/lake/manifest";
import { glueResources, hasState, holdFolder, writeFolder } from "../../cloud/localState";
import { evaluateCached } from "../../cloud/pulumi/cache";
import type { Program } from "../../cloud/types";
import { signInKey } from "../../infra/settingRules";
import { simulatedCredentials } from "../../simulator/accounts";
import type { HttpFault } from "../../simulator/faults";
import { libraryAt } from "../../simulator/library";
import { listeningOf } from "../../simulator/listening";
import { SpotifySimulator } from "../../simulator/server";
import { dayMs, hourMs } from "../../simulator/times";
import { QueueDepths } from "./queueDepths";
import { Recorder } from "./recorder";
import { firstSignIn, monthDays, monthEnd, monthStart, story, type Happening } from "./story";

/** On AWS a retry comes minutes later: transform has handled by then what the attempt before wrote, and so here. */
const realRetryWaitMs = 8_000;

/** What CloudWatch would have of a month. */
export type Kept = Pick<Recorder, "metrics" | "logs">;

const seed = 1;
const settings = { keepData: "false", playsSchedule: "rate(3 hours)" };

/**
 * Simulates the month in a new folder, which is one of a local cloud afterwards: `spotify-lake status --out` and the other
 * commands work on it. `onDay` is told the number of each day that has ended, from 1, while nothing changes the folder.
 */
export function simulateMonth(out: string, onDay: (day: number) => Promise<void>): Promise<Kept> {
  if (hasState(out)) throw new UserError(`${out} holds a lake already; name another folder.`);
  return holdFolder(out, async () => {
    const program = await programIn(out);
    const stack = new SimulatedStack(out, program);
    try {
      await stack.start();
      for (let day = 0; day < monthDays; day += 1) {
        await stack.live(monthStart + day * dayMs);
        await onDay(day + 1);
      }
    } finally {
      await stack.stop();
    }
    const { metrics, logs } = stack.recorder;
    stack.queues.send(metrics, monthEnd);
    return { metrics, logs };
  });
}

/** Evaluates the program as the stack `dev`; `out` is the folder of its functions. */
export async function programIn(out: string): Promise<Program> {
  const { clientId, clientSecret, refreshToken } = simulatedCredentials;
  const app = { spotifyClientId: clientId, spotifyClientSecret: clientSecret };
  const secrets = { ...app, [signInKey("me")]: JSON.stringify({ refreshToken, authorizedAt: "" }) };
  return evaluateCached({
    ...{ projectDir, project: "spotify-data-pipeline", stack: "dev", outDir: path.resolve(out, "functions") },
    config: { ...settings, ...secrets },
    secretKeys: Object.keys(secrets),
  });
}

/** A stack, its Spotify and its people. */
class SimulatedStack {
  readonly recorder: Recorder;
  readonly queues: QueueDepths;
  private readonly clock = new SimulatedClock(monthStart);
  private readonly spotify: SpotifySimulator;
  private port = 0;
  private cloud!: Cloud;
  private fault: { path: string; fault: HttpFault | undefined } = { path: "", fault: undefined };

  constructor(
    private readonly out: string,
    private readonly program: Program,
  ) {
    const { clock } = this;
    const now = () => clock.now();
    this.recorder = new Recorder(program, now);
    this.queues = new QueueDepths(new QueueFiles(out, clock), [...queuesOf(program.resources).values()], now);
    const library = (now: number) => libraryAt({ seed, start: monthStart, now });
    this.spotify = new SpotifySimulator({
      ...{ clock, seed, library, listening: listeningOf(seed, library), ...simulatedCredentials },
      onRequest: () => clock.passCall(),
      faults: ({ path: asked }) => (asked.startsWith(this.fault.path) ? this.fault.fault : undefined),
    });
  }

  async start(): Promise<void> {
    this.port = Number(new URL(await this.spotify.start()).port);
    this.signIn(firstSignIn);
    await this.open();
  }

  async stop(): Promise<void> {
    await this.cloud.stop();
    await this.spotify.close();
  }

  /** Lets a day pass: every rule fires at its times, and what the story has for the day happens. */
  async live(from: number): Promise<void> {
    const to = from + dayMs;
    const fired = ofType(this.program.resources, "aws:cloudwatch/eventRule:EventRule").flatMap((rule) =>
      firings(String(rule.inputs.scheduleExpression), from, to).map((time) => ({
        time,
        act: async () => this.cloud.fire(rule.name),
      })),
    );
    const happening = story
      .filter(({ time }) => from <= time && time < to)
      .map(({ time, does }) => ({ time, act: () => this.happen(does) }));
    const asked = { time: from + 10 * hourMs, act: async () => this.askQueries(from) };
    for (const { time, act } of [...happening, ...fired, asked].sort((a, b) => a.time - b.time)) {
      this.clock.advanceTo(time);
      this.recorder.begin();
      await act();
      await this.cloud.settle();
      this.queues.note();
    }
    this.clock.advanceTo(to - 1);
    this.recorder.countObjects();
    this.clock.advanceTo(to);
    this.save();
  }

  private async happen(does: Happening["does"]): Promise<void> {
    if (does.kind === "answers") this.fault = does;
    else if (does.kind === "lengths") this.spoilLengths(does.oneOf);
    else if (does.kind === "login") await this.logIn();
    else if (does.kind === "redrive") await this.redrive();
    else if (does.kind === "damage") await this.damage();
    else if (does.isUp) await this.spotify.start(this.port);
    else await this.spotify.close();
  }

  private async open(): Promise<void> {
    const { program, out, clock, recorder } = this;
    const url = `http://127.0.0.1:${this.port}`;
    this.cloud = await Cloud.start({
      ...{ program, dir: out, clock, retryWaits: [realRetryWaitMs] },
      environment: { SPOTIFY_API_URL: url, SPOTIFY_ACCOUNTS_URL: url },
      log: (functionName, line) => recorder.line(functionName, line),
      onUse: (use) => recorder.use(use),
    });
  }

  /** As `spotify-lake login --stack dev` and `pulumi up` do. */
  private async logIn(): Promise<void> {
    this.signIn(this.clock.now());
    await this.cloud.stop();
    await this.open();
  }

  private signIn(time: number): void {
    const parameters = ofType(this.program.resources, "aws:ssm/parameter:Parameter");
    const { outputs } = parameters.find(({ name }) => name === "spotify-listener-me")!;
    const { refreshToken } = simulatedCredentials;
    outputs.value = JSON.stringify({ refreshToken, authorizedAt: new Date(time).toISOString() });
  }

  /** Sends all failed events again, each when the one before it is done with, so that they never meet. */
  private async redrive(): Promise<void> {
    const { sqs, lambda } = this.cloud.endpoints;
    const client = { region: "us-east-1", credentials: administratorKey };
    const clients = {
      sqs: new SQSClient({ ...client, endpoint: sqs }),
      lambda: new LambdaClient({ ...client, endpoint: lambda }),
    };
    const urls = this.cloud.queueUrls;
    const { events } = await redrive(clients, urls, { dryRun: true });
    for (let left = events.length; left > 0; left -= 1) {
      const afterOne = new AbortController();
      this.recorder.begin();
      await redrive(clients, urls, {
        dryRun: false,
        signal: afterOne.signal,
        onSent: () => afterOne.abort(),
      });
      await this.cloud.settle();
    }
  }

  private async damage(): Promise<void> {
    const day = new Date(this.clock.now()).toISOString().slice(0, 10);
    const key = `raw/me/saved_tracks/snapshot_date=${day}/copy-001-0000.jsonl.gz`;
    await this.cloud.store("raw").put(key, Buffer.from("no gzip"), { ifNoneMatch: "*" });
  }

  /** Makes the length of one of `oneOf` tracks negative, or all right again. */
  private spoilLengths(oneOf: number | undefined): void {
    const { allTracks } = this.spotify.library();
    allTracks.forEach((track, at) => {
      const length = Math.abs(track.durationMs);
      track.durationMs = oneOf !== undefined && at % oneOf === 0 ? -length : length;
    });
  }

  /** An analyst asks for plays and tracks on working days, and Athena counts what it reads. */
  private askQueries(day: number): void {
    const weekday = new Date(day).getUTCDay();
    if (weekday === 0 || weekday === 6) return;
    const { outputs } = this.program;
    const start = `${String(outputs.lakeBucketName)}/g1/`;
    const read = [...this.recorder.sizes].filter(
      ([key]) => key.startsWith(`${start}plays/`) || key.startsWith(`${start}tracks/`),
    );
    const bytes = read.reduce((sum, [, size]) => sum + size, 0);
    const dimensions = {
      WorkGroup: String(outputs.workgroupName),
      QueryType: "DML",
      QueryState: "SUCCEEDED",
    };
    // Sizes differ by some bytes between simulations: runs have random names.
    const rounded = Math.ceil(bytes / 100_000) * 100_000;
    const id = { namespace: "AWS/Athena", metricName: "ProcessedBytes", dimensions };
    this.recorder.metrics.put(id, this.clock.now(), rounded);
  }

  private save(): void {
    const { resources } = this.program;
    writeFolder(this.out, {
      ...{ version: 2, source: "simulated", seed, start: monthStart, now: this.clock.now(), settings },
      manifest: manifestOf(this.program),
      glue: glueResources(resources),
    });
  }
}
