import {
  extract,
  type ExtractDeps,
  type ExtractSettings,
  type RunSummary,
} from "../../handlers/extract/extract";
import { simulatedCredentials } from "../../simulator/accounts";
import { livedDay } from "../../simulator/edits";
import type { Fault } from "../../simulator/faults";
import { firstLibrary } from "../../simulator/initialLibrary";
import { listeningOf } from "../../simulator/listening";
import type { Library } from "../../simulator/model";
import type { Mode } from "../../simulator/modes";
import type { Listening, Play } from "../../simulator/plays";
import { Random } from "../../simulator/random";
import { SpotifySimulator } from "../../simulator/server";
import { memoryStore } from "./memoryStore";
import { dayMs, withMishap, type Mishap } from "./extractWorld";

export const hourMs = 3_600_000;

/** What goes wrong at first. */
export interface Troubles {
  /** Share of the answers that are spoilt. */
  faultRate: number;
  /** Calls in 24 hours that Spotify allows; 0 for as many as anybody wants. */
  quota: number;
}

/** How a random world begins. */
export interface Beginning extends Troubles {
  seed: number;
  mode: Mode;
  listeners: string[];
  callBudget: number;
  /** The setting of that name; the listener's own data if left out. */
  sources?: string[];
}

const start = Date.parse("2026-03-02T00:00:00Z");
const playsRule = "arn:aws:events:eu-west-1:000000000000:rule/plays";

const faults: Fault[] = [
  { kind: "status", status: 500 },
  { kind: "status", status: 503, body: "<html>busy</html>", headers: { "content-type": "text/html" } },
  { kind: "truncated" },
  { kind: "malformed" },
  { kind: "reset", when: "before" },
  { kind: "reset", when: "mid_body" },
  { kind: "rate_limit", retryAfter: 3 },
  { kind: "rate_limit", retryAfter: null },
];

/** A simulated Spotify, what extract keeps of it, and a clock. */
export class TruthWorld {
  readonly bucket = memoryStore();
  readonly clock = { ms: start };
  library: Library;
  readonly listening: Listening;
  private troubled = true;
  private day = 0;
  /** Web API requests until the library changes under the reader. */
  private editIn = Infinity;
  private nonces = 0;
  private url = "";
  private readonly simulator: SpotifySimulator;

  private constructor(readonly beginning: Beginning) {
    const { seed, mode, faultRate } = beginning;
    const size = { playlists: 10, tracks: 200, saved: 60 + (seed % 60), albums: 5, followed: 60 };
    this.library = firstLibrary(`truth ${seed}`, start, size);
    this.listening = listeningOf(seed, () => this.library);
    const random = new Random("troubles", seed);
    this.simulator = new SpotifySimulator({
      clock: { now: () => this.clock.ms },
      library: () => this.library,
      listening: this.listening,
      mode,
      faults: ({ path }) => {
        if (!this.troubled || !path.startsWith("/v1/")) return undefined;
        if (this.quotaUsed()) return { kind: "quota", retryAfter: 20 * 3600 };
        return random.chance(faultRate) ? random.pick(faults) : undefined;
      },
      onRequest: ({ path }) => {
        if (path.startsWith("/v1/") && --this.editIn === 0) this.live();
      },
    });
  }

  /** Lets `use` work with a new world. */
  static async with<T>(beginning: Beginning, use: (world: TruthWorld) => Promise<T>): Promise<T> {
    const world = new TruthWorld(beginning);
    world.url = await world.simulator.start();
    try {
      return await use(world);
    } finally {
      await world.simulator.close();
    }
  }

  /** From now on nothing goes wrong, and calls suffice. */
  calmDown(): void {
    this.troubled = false;
    this.editIn = Infinity;
    this.beginning.callBudget = 10_000;
  }

  /** The library changes at the `calls`th request from now, if it has not changed today. */
  changeAfter(calls: number): void {
    this.editIn = calls + 1;
  }

  /** What a day does to the library, once a day. */
  private live(): void {
    const day = Math.floor((this.clock.ms - start) / dayMs) + 1;
    if (day <= this.day) return;
    this.day = day;
    const midnight = start + (day - 1) * dayMs;
    this.library = livedDay(this.library, `truth ${this.beginning.seed}`, day, midnight);
  }

  private readonly quotaCalls: number[] = [];

  private quotaUsed(): boolean {
    const { quota } = this.beginning;
    if (quota === 0) return false;
    const since = this.clock.ms - dayMs;
    while (this.quotaCalls.length > 0 && this.quotaCalls[0]! <= since) this.quotaCalls.shift();
    if (this.quotaCalls.length >= quota) return true;
    this.quotaCalls.push(this.clock.ms);
    return false;
  }

  /** Delivers an event, to a process that suffers `mishap` at its operation `at`, if that is given. */
  async run(event: string, isPlays = false, mishap?: { at: number; kind: Mishap }): Promise<RunSummary> {
    const { listeners, callBudget, sources = ["me"] } = this.beginning;
    const settings: ExtractSettings = {
      ...{ stack: "truth", listeners, sources, callBudget, reconcileDays: 30, market: "US" },
      ...{ apiUrl: this.url, accountsUrl: this.url, playsRule },
    };
    const { refreshToken, ...app } = simulatedCredentials;
    const deadline = this.clock.ms + 900_000;
    const signIns = Object.fromEntries(listeners.map((name) => [name, { refreshToken, authorizedAt: null }]));
    const hit = mishap && withMishap({ ...this, spotify: { fetch } }, mishap.at, mishap.kind);
    const deps: ExtractDeps = {
      store: this.bucket,
      secrets: async () => ({ app, signIns }),
      fetch: globalThis.fetch,
      now: () => this.clock.ms,
      sleep: async (ms) => {
        this.clock.ms += ms;
        // Lets another run that is at work at the same time get on.
        await new Promise((resolve) => setTimeout(resolve, 2));
      },
      random: () => (this.nonces += 1).toString(16).padStart(16, "0"),
      log: () => undefined,
      ...hit?.deps,
    };
    const context = { awsRequestId: event, getRemainingTimeInMillis: () => deadline - this.clock.ms };
    return extract(deps, settings, { id: event, resources: [isPlays ? playsRule : "main"] }, context);
  }

  /** The plays that Spotify returned, each with when (ms UTC) it first did. */
  get returnedAt(): Map<Play, number> {
    return this.simulator.returnedPlays;
  }
}
