import {
  extract,
  type ExtractEvent,
  type ExtractSettings,
  type RunSummary,
} from "../../handlers/extract/extract";
import { transform, type TransformSettings } from "../../handlers/transform/transform";
import { programVersion } from "../../schemas";
import { simulatedCredentials } from "../../simulator/accounts";
import type { HttpFault } from "../../simulator/faults";
import type { Play } from "../../simulator/plays";
import { Random } from "../../simulator/random";
import { SpotifySimulator } from "../../simulator/server";
import { dayMs, hourMs } from "../../simulator/times";
import { eventOf } from "../support/transformWorld";
import { ChangingLibrary } from "./changingLibrary";
import { EmbeddedParts } from "./embedded";
import { isExpected } from "./expectedErrors";
import { FaultInjector, FaultyServices, type FaultCounts } from "./faultInjector";
import { randomSetup, type Setup } from "./setup";
import { Scheduler, type Actor } from "./scheduler";
import { Violation } from "./violation";

const minuteMs = 60_000;

const spotifyFaults = new Map<string, HttpFault>([
  ["Spotify 500", { kind: "status", status: 500 }],
  ["Spotify 503 HTML", { kind: "status", status: 503, body: "<html>busy</html>" }],
  ["Spotify truncated", { kind: "truncated" }],
  ["Spotify malformed", { kind: "malformed" }],
  ["Spotify timeout", { kind: "timeout" }],
  ["Spotify reset", { kind: "reset", when: "before" }],
  ["Spotify reset mid-body", { kind: "reset", when: "mid_body" }],
  ["Spotify rate limit", { kind: "rate_limit", retryAfter: 3 }],
  ["Spotify rate limit without Retry-After", { kind: "rate_limit", retryAfter: null }],
]);

/** An event that a function is invoked with, and how that ended. */
export interface Delivery {
  function: "extract" | "transform";
  event: ExtractEvent | ReturnType<typeof eventOf>;
  state: "in flight" | "succeeded" | "failed";
  /** Of the last attempt, if it ended with one. */
  error?: unknown;
}

/** The pipeline, its cloud and a simulated Spotify, with faults injected. One seed decides everything. */
export class FaultSimulation {
  readonly random: Random;
  readonly setup: Setup;
  readonly clock: { ms: number };
  readonly injector: FaultInjector;
  readonly scheduler: Scheduler;
  readonly cloud = new EmbeddedParts({ now: () => this.clock.ms });
  readonly raw = this.cloud.bucket("raw");
  readonly lake = this.cloud.bucket("lake");
  readonly changing: ChangingLibrary;
  readonly deliveries: Delivery[] = [];
  /** Keys of damaged objects that were put into raw, to be removed again. */
  readonly damaged: string[] = [];
  /** Whether an older program has transformed anything. */
  hadOldProgram = false;
  /** Whether an attempt of extract was killed or failed, and may have lost plays that it had read. */
  hadLostAttempt = false;
  /** How the last event of the main schedule ended. */
  lastSummary: RunSummary | undefined;
  /** Called whenever a file of the lake has changed. */
  onLakeChange: (key: string) => void = () => undefined;
  /** Called with each raw object that was written. */
  onRawObject: (key: string) => void = (key) => this.notify(key);
  /** Changes Spotify's answers to Web API requests. */
  changeAnswer: (response: Response) => Promise<Response> = async (response) => response;
  private nonces = 0;
  private readonly simulator: SpotifySimulator;
  private readonly quotaCalls: number[] = [];
  /** The first error that is a bug. */
  private bug: { name: string; error: unknown } | undefined;
  private readonly target: TransformSettings = { stack: "faults", format: "csv", lakeBucket: "lake" };

  constructor(
    readonly seed: number,
    counts: FaultCounts,
    given: Partial<Setup> = {},
  ) {
    this.random = new Random("faults", seed);
    this.setup = { ...randomSetup(this.random), ...given };
    this.clock = { ms: this.setup.start + this.setup.firstRun };
    this.scheduler = new Scheduler(this.random, this.clock);
    this.injector = new FaultInjector(this.random, counts);
    const clock = { now: () => this.clock.ms };
    this.changing = new ChangingLibrary(this.setup, seed, clock);
    this.simulator = new SpotifySimulator({
      clock,
      library: () => this.changing.library,
      mode: this.setup.mode,
      listening: this.changing.listening,
      faults: ({ path }) => (path.startsWith("/v1/") ? this.spotifyFault() : undefined),
      onRequest: ({ path }) => {
        if (path.startsWith("/v1/") && this.changing.countCall())
          this.injector.count("library changed while it was read");
      },
    });
    this.watchBuckets();
  }

  /** From now on nothing goes wrong any more, and calls suffice. */
  stopFaults(): void {
    this.injector.rate = 0;
    this.changing.changeAfter(Infinity);
    this.setup.quota = 0;
    this.setup.callBudget = 10_000;
  }

  /** Runs all processes until none is left. Throws a {@link Violation} for an error that is a bug. */
  async run(): Promise<void> {
    await this.scheduler.run();
    if (this.bug === undefined) return;
    const { name, error } = this.bug;
    throw new Violation(`${name} failed by a bug: ${error instanceof Error ? error.stack : String(error)}`);
  }

  /** Fires a schedule `delay` ms from now. EventBridge may deliver the event twice. */
  fire(rule: "main" | "plays", delay = 0): ExtractEvent {
    const event = { id: `event-${this.deliveries.length}`, resources: [ruleArn(rule)] };
    this.deliver("extract", event, delay);
    if (this.injector.draw(["event duplicated"]))
      this.deliver("extract", event, delay + this.random.int(0, 5) * minuteMs);
    return event;
  }

  /** Invokes a function as Lambda does: two more times if it fails, then the event goes to its failure destination. */
  deliver(name: Delivery["function"], event: Delivery["event"], delay: number): void {
    const delivery: Delivery = { function: name, event, state: "in flight" };
    this.deliveries.push(delivery);
    const limit = name === "extract" ? 15 * minuteMs : 5 * minuteMs;
    const work = (actor: Actor) =>
      name === "extract"
        ? this.extract(actor, event as ExtractEvent)
        : this.transform(actor, event as ReturnType<typeof eventOf>);
    const attempt = (number: number, wait: number) =>
      void this.scheduler.start<unknown>(`${name} ${number}`, { delay: wait, limit }, work).then((ending) => {
        delivery.error = ending !== "killed" && "error" in ending ? ending.error : undefined;
        if (delivery.error !== undefined && !isExpected(name, delivery.error))
          this.bug ??= { name, error: delivery.error };
        if (ending !== "killed" && "value" in ending) {
          delivery.state = "succeeded";
          return;
        }
        this.hadLostAttempt ||= name === "extract";
        if (number < 3) attempt(number + 1, number * minuteMs);
        else delivery.state = "failed";
      });
    attempt(1, delay);
  }

  /** Delivers again all events that are in a failure destination. */
  redrive(): void {
    for (const delivery of this.deliveries.filter(({ state }) => state === "failed")) {
      this.deliveries.splice(this.deliveries.indexOf(delivery), 1);
      this.deliver(delivery.function, delivery.event, 0);
    }
  }

  /** Sends S3's event of a new object: at least once, usually soon, and in no order. */
  notify(key: string): void {
    const soon = this.random.int(0, 2_000);
    const fault = this.injector.draw(["event duplicated", "event delayed", "event lost once"]);
    const delay = { "event delayed": 3 * hourMs, "event lost once": hourMs };
    this.deliver("transform", eventOf(key), soon + (delay[fault as keyof typeof delay] ?? 0));
    if (fault === "event duplicated") this.deliver("transform", eventOf(key), this.random.int(0, 5_000));
  }

  /** The plays that Spotify returned, each with when (ms UTC) it first did. */
  get returnedAt(): Map<Play, number> {
    return this.simulator.returnedPlays;
  }

  private async extract(actor: Actor, event: ExtractEvent): Promise<void> {
    const services = new FaultyServices(this.scheduler, this.injector, actor, this.setup.callMs);
    const { refreshToken, ...app } = simulatedCredentials;
    const { listeners, sources, callBudget, partSize } = this.setup;
    const settings: ExtractSettings = {
      ...{ stack: "faults", listeners, sources, callBudget },
      ...{ reconcileDays: 30, market: "US", apiUrl: "http://spotify", accountsUrl: "http://spotify" },
      playsRule: ruleArn("plays"),
    };
    const signIns = Object.fromEntries(listeners.map((name) => [name, { refreshToken, authorizedAt: null }]));
    const deps = {
      store: services.store(this.raw),
      secrets: async () => ({ app, signIns }),
      fetch: services.fetch(this.askSpotify),
      now: () => this.clock.ms,
      sleep: (ms: number) => actor.turn(ms),
      partSize,
      random: () => (this.nonces += 1).toString(16).padStart(8, "0").padEnd(16, "0"),
      // An attempt fails with the code of one listener's error, which may hide another's.
      log: ({ code, stack }: Record<string, unknown>) => {
        if (code === "unexpected") this.bug ??= { name: "extract", error: stack };
      },
    };
    const context = { awsRequestId: "", getRemainingTimeInMillis: () => actor.deadline - this.clock.ms };
    this.lastSummary = await extract(deps, settings, event, context);
  }

  private readonly askSpotify: typeof globalThis.fetch = async (input, init) => {
    const response = await this.simulator.fetch(input, init);
    return String(input).includes("/v1/") ? this.changeAnswer(response) : response;
  };

  /** Usually this program's transform; sometimes an older one's, as during an update. */
  private async transform(actor: Actor, event: ReturnType<typeof eventOf>): Promise<void> {
    const services = new FaultyServices(this.scheduler, this.injector, actor, this.setup.callMs);
    const deps = {
      raw: services.store(this.raw),
      lake: services.store(this.lake),
      catalog: services.catalog(this.cloud),
      now: () => this.clock.ms,
      sleep: (ms: number) => actor.turn(ms),
      random: () => this.random.next(),
      log: () => undefined,
    };
    const isOld = this.injector.draw(["old program version"]) !== undefined;
    this.hadOldProgram ||= isOld;
    await transform(
      deps,
      isOld ? { ...this.target, programVersion: programVersion - 1 } : this.target,
      event,
    );
  }

  /** Calls the hooks when an object was written. */
  private watchBuckets(): void {
    const put = { raw: this.raw.put, lake: this.lake.put };
    this.raw.put = async (key, ...rest) => {
      const etag = await put.raw(key, ...rest);
      if (key.startsWith("raw/")) this.onRawObject(key);
      return etag;
    };
    this.lake.put = async (key, ...rest) => {
      const etag = await put.lake(key, ...rest);
      this.onLakeChange(key);
      return etag;
    };
  }

  private spotifyFault(): HttpFault | undefined {
    if (this.isQuotaUsed()) {
      this.injector.count("Spotify quota");
      return { kind: "quota", retryAfter: 20 * 3600 };
    }
    return spotifyFaults.get(this.injector.draw([...spotifyFaults.keys()]) ?? "");
  }

  private isQuotaUsed(): boolean {
    const { quota } = this.setup;
    if (quota === 0) return false;
    const since = this.clock.ms - dayMs;
    while (this.quotaCalls.length > 0 && this.quotaCalls[0]! <= since) this.quotaCalls.shift();
    if (this.quotaCalls.length >= quota) return true;
    this.quotaCalls.push(this.clock.ms);
    return false;
  }
}

function ruleArn(rule: string): string {
  return `arn:aws:events:eu-west-1:000000000000:rule/${rule}`;
}
