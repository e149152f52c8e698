import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { projectDir } from "../../cli/lib/command";
import { sumOf, type Counts, type Point } from "../../cli/cost/counts";
import { signInKey } from "../../infra/settingRules";
import { SimulatedClock } from "../../cloud/clock";
import { Cloud } from "../../cloud/cloud";
import { firings } from "../../cloud/events/schedule";
import { ofType } from "../../cloud/events/triggers";
import { evaluateCached } from "../../cloud/pulumi/cache";
import { simulatedCredentials } from "../../simulator/accounts";
import { SpotifySimulator } from "../../simulator/server";
import type { Program } from "../../cloud/types";
import { Meter } from "./meter";

const start = Date.parse("2026-03-02T00:00:00Z");
const dayMs = 86_400_000;

/** Evaluates the program with its default settings, so many listeners, and calls for all of them. */
async function programFor(names: string[], outDir: string): Promise<Program> {
  const { clientId, clientSecret, refreshToken } = simulatedCredentials;
  const tokens = Object.fromEntries(names.map((name) => [signInKey(name), refreshToken]));
  const secrets = { spotifyClientId: clientId, spotifyClientSecret: clientSecret, ...tokens };
  const config = { keepData: "false", callBudget: "100000", listeners: JSON.stringify(names), ...secrets };
  const secretKeys = Object.keys(secrets);
  const place = { projectDir, project: "spotify-data-pipeline", stack: "bench", outDir };
  return evaluateCached({ ...place, config, secretKeys });
}

/** Runs a stack with so many listeners on the embedded cloud: a first read, and whole days after it. */
export async function measurePoint(listeners: number, days: number): Promise<Point> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "bench-cost-"));
  const names = Array.from({ length: listeners }, (_, at) => `listener${at + 1}`);
  const program = await programFor(names, path.join(dir, "functions"));
  const clock = new SimulatedClock(start);
  const meter = new Meter();
  const onRequest = ({ path: asked }: { path: string }) => {
    clock.passCall();
    if (asked.startsWith("/v1/")) meter.call();
  };
  const simulator = new SpotifySimulator({ clock, seed: 1, start, onRequest, ...simulatedCredentials });
  const url = await simulator.start();
  const environment = { SPOTIFY_API_URL: url, SPOTIFY_ACCOUNTS_URL: url };
  const log = (_: string, line: string) => meter.line(line);
  const cloud = await Cloud.start({ program, dir, clock, environment, log, onUse: (use) => meter.use(use) });
  try {
    return await runDays({ listeners, days, program, clock, meter, cloud });
  } finally {
    await cloud.stop();
    await simulator.close();
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

/** Counts the first run, and the runs of each rule on the days that follow. */
async function runDays({
  listeners,
  days,
  program,
  clock,
  meter,
  cloud,
}: {
  listeners: number;
  days: number;
  program: Program;
  clock: SimulatedClock;
  meter: Meter;
  cloud: Cloud;
}): Promise<Point> {
  // Every run of extract decrypts the app's secret and each listener's.
  const secrets = ofType(program.resources, "aws:ssm/parameter:Parameter").length;
  const fire = async (rule: string): Promise<Counts> => {
    cloud.fire(rule);
    await cloud.settle();
    if (cloud.failures.length > 0) throw new Error(cloud.failures[0]!.error.errorMessage);
    const counts = meter.take();
    return { ...counts, decrypts: counts.stateWrites > 0 ? secrets : 0 };
  };
  const rules = ofType(program.resources, "aws:cloudwatch/eventRule:EventRule").map(({ name, inputs }) => ({
    name,
    expression: String(inputs.scheduleExpression),
    runs: [] as Counts[],
  }));
  meter.take();
  const first = await fire("schedule");
  const from = start + dayMs;
  const times = rules.flatMap((rule) =>
    firings(rule.expression, from, from + days * dayMs).map((time) => ({ rule, time })),
  );
  for (const { rule, time } of times.sort((a, b) => a.time - b.time)) {
    clock.advanceTo(time);
    rule.runs.push(await fire(rule.name));
  }
  const countOf = (type: string) => ofType(program.resources, type).length;
  return {
    listeners,
    alarms: countOf("aws:cloudwatch/metricAlarm:MetricAlarm"),
    dashboards: countOf("aws:cloudwatch/dashboard:Dashboard"),
    stateBytes: meter.stateBytes,
    first,
    rules: Object.fromEntries(
      rules
        .filter(({ runs }) => runs.length > 0)
        .map(({ name, expression, runs }) => [name, { expression, counts: meanOf(runs) }]),
    ),
  };
}

function meanOf(runs: Counts[]): Counts {
  const mean = sumOf(runs.map((counts) => ({ counts, times: 1 / runs.length })));
  const rounded = Object.entries(mean).map(([key, value]) => [key, Number(value.toPrecision(4))]);
  return Object.fromEntries(rounded) as unknown as Counts;
}
