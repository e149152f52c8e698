/**
 * How large the state of extract is with many listeners, how often a run writes it, and how long a write takes on the
 * embedded S3. One listener with 200 playlists is read by the real extract against the simulated Spotify; the others
 * get the same checkpoints. Then all of them are served by a plays run and by the next day's run.
 */
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { performance } from "node:perf_hooks";
import { S3Client } from "@aws-sdk/client-s3";
import { S3Server } from "../cloud/s3/server";
import { hideNodeWarning } from "../cloud/nodeWarning";
import { extract, type ExtractSettings } from "../handlers/extract/extract";
import { s3Store } from "../handlers/shared/s3Store";
import { readText, type Store } from "../handlers/shared/store";
import { parseState } from "../handlers/state/extractState";
import { stateKey } from "../handlers/state/session";
import { simulatedCredentials } from "../simulator/accounts";
import { firstLibrary } from "../simulator/initialLibrary";
import { listeningOf } from "../simulator/listening";
import { SpotifySimulator } from "../simulator/server";
import { wholeNumber, type Part, type ReportTable } from "./lib/part";
import { quantileOf } from "./lib/spread";

const start = Date.parse("2026-03-02T04:15:00Z");
const hourMs = 3_600_000;
const seed = "reference";
const playsRule = "arn:aws:events:eu-west-1:000000000000:rule/plays";
const size = { playlists: 200, tracks: 13_000, saved: 3_000, albums: 150, followed: 120 };

/** The writes of the state in a run: real ms and CPU ms of each (the embedded S3's included), bytes of the last. */
interface Writes {
  ms: number[];
  cpuMs: number[];
  bytes: number;
}

/** Returns a store that measures its writes of the state, and what it measured since the last call of `take`. */
function measuring(store: Store): { store: Store; take(): Writes } {
  let writes: Writes = { ms: [], cpuMs: [], bytes: 0 };
  const put: Store["put"] = async (key, body, ...rest) => {
    if (key !== stateKey) return store.put(key, body, ...rest);
    const [from, cpu] = [performance.now(), process.cpuUsage()];
    const etag = await store.put(key, body, ...rest);
    writes.ms.push(performance.now() - from);
    const { user, system } = process.cpuUsage(cpu);
    writes.cpuMs.push((user + system) / 1000);
    writes.bytes = body.length;
    return etag;
  };
  const take = () => {
    const taken = writes;
    writes = { ms: [], cpuMs: [], bytes: 0 };
    return taken;
  };
  return { store: { ...store, put }, take };
}

/** Runs extract for these listeners at a time, ms UTC. Throws unless it is complete. */
async function run(store: Store, url: string, listeners: string[], now: number, resources: string[] = []) {
  const clock = { now };
  const settings: ExtractSettings = {
    ...{ stack: "bench", listeners, sources: ["me"], callBudget: 100_000, reconcileDays: 30 },
    ...{ market: "US", apiUrl: url, accountsUrl: url, playsRule },
  };
  const { refreshToken, ...app } = simulatedCredentials;
  const signIn = { refreshToken, authorizedAt: null };
  const deps = {
    store,
    secrets: async () => ({ app, signIns: Object.fromEntries(listeners.map((name) => [name, signIn])) }),
    fetch: globalThis.fetch,
    now: () => clock.now,
    sleep: async (ms: number) => void (clock.now += ms),
    random: () => Math.trunc(now).toString(16).padStart(16, "0"),
    log: () => undefined,
  };
  const context = { awsRequestId: `request-${now}`, getRemainingTimeInMillis: () => 900_000 };
  const { status } = await extract(deps, settings, { id: `event-${now}`, resources }, context);
  if (status !== "complete") throw new Error(`The run of ${listeners.length} listeners ended as ${status}.`);
}

/** Gives every listener the checkpoints of the first one. */
async function copyCheckpoints(store: Store, listeners: string[]): Promise<void> {
  const { text, etag } = (await readText(store, stateKey))!;
  const state = parseState(text);
  const known = state.listeners[listeners[0]!]!;
  const all = { ...state, listeners: Object.fromEntries(listeners.map((name) => [name, known])) };
  await store.put(stateKey, Buffer.from(JSON.stringify(all, undefined, 1)), { ifMatch: etag });
}

interface RunFigures {
  run: string;
  bytes: number;
  writes: number;
  median_ms: number;
  median_cpu_ms: number;
  p99_ms: number;
}

interface Figures {
  listeners: number;
  playlists: number;
  runs: RunFigures[];
}

function summary(run: string, { ms, cpuMs, bytes }: Writes): RunFigures {
  const at = (values: number[], share: number) => Number(quantileOf(values, share).toFixed(1));
  return {
    ...{ run, bytes, writes: ms.length },
    ...{ median_ms: at(ms, 0.5), median_cpu_ms: at(cpuMs, 0.5), p99_ms: at(ms, 0.99) },
  };
}

async function measure(root: string, count: number) {
  const server = new S3Server({ root });
  await server.createBucket("raw");
  const credentials = { accessKeyId: "bench", secretAccessKey: "bench" };
  const client = new S3Client({ endpoint: await server.start(), region: "us-east-1", credentials });
  const library = firstLibrary(seed, start, size);
  const time = { now: start };
  const simulator = new SpotifySimulator({
    clock: { now: () => time.now },
    library: () => library,
    listening: listeningOf(seed, () => library),
  });
  const { store, take } = measuring(s3Store(client, "raw"));
  const names = Array.from({ length: count }, (_, at) => `listener${at + 1}`);
  const measured = async (name: string, listeners: string[], now: number, resources?: string[]) => {
    time.now = now;
    take();
    await run(store, url, listeners, now, resources);
    return summary(name, take());
  };
  const url = await simulator.start();
  try {
    const first = await measured("first, one listener", names.slice(0, 1), start);
    await copyCheckpoints(store, names);
    const plays = await measured("plays", names, start + hourMs / 2, [playsRule]);
    return [first, plays, await measured("next day", names, start + 24 * hourMs)];
  } finally {
    await simulator.close();
    await server.close();
  }
}

function report({ listeners, playlists, runs }: Figures): ReportTable[] {
  return [
    {
      title: `The state object of ${listeners} listeners with ${playlists} playlists each`,
      columns: ["run", "kB", "writes", "ms a write (median)", "its CPU ms", "ms (99 %)"],
      rows: runs.map(({ run, bytes, writes, median_ms, median_cpu_ms, p99_ms }) => [
        ...[run, Math.round(bytes / 1000), writes, median_ms, median_cpu_ms, p99_ms],
      ]),
      notes: ["A write goes to the embedded S3 in the same process, whose CPU time is counted too."],
    },
  ];
}

export const state: Part<Figures> = {
  name: "state",
  measures: "The state object of many listeners: its size, its writes in a run, the time of a write.",
  options: { listeners: { meaning: "number of listeners", fallback: "100" } },
  run: async (values) => {
    const listeners = wholeNumber(values, "listeners");
    hideNodeWarning();
    const root = fs.mkdtempSync(path.join(os.tmpdir(), "bench-state-"));
    try {
      return { listeners, playlists: size.playlists, runs: await measure(root, listeners) };
    } finally {
      fs.rmSync(root, { recursive: true, force: true });
    }
  },
  report,
};
