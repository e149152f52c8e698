import {
  extract,
  type ExtractEvent,
  type ExtractSettings,
  type RunSummary,
} from "../../handlers/extract/extract";
import { isSealEvent, seal, type SealResult } from "../../handlers/transform/seal";
import { dueSeal, markerKey, type KnownMarker, type SealEvent } from "../../handlers/transform/sealedMonths";
import { dateOf, monthOf } from "../../handlers/transform/targets";
import { transform, type S3Event, type TransformSettings } from "../../handlers/transform/transform";
import { programVersion } from "../../schemas";
import { simulatedCredentials } from "../../simulator/accounts";
import type { Play } from "../../simulator/plays";
import { Random } from "../../simulator/random";
import { SpotifySimulator } from "../../simulator/server";
import { dayMs, hourMs } from "../../simulator/times";
import { eventOf } from "../support/transformWorld";
import { parseRawKey } from "../../handlers/raw/format";
import { tableOf } from "./lakeReader";
import { ChangingLibrary } from "./changingLibrary";
import { EmbeddedParts, type Bucket } from "./embedded";
import { isExpected } from "./expectedErrors";
import { FaultInjector, FaultyServices, type FaultCounts } from "./faultInjector";
import { randomSetup, type Setup } from "./setup";
import { Scheduler, type Actor } from "./scheduler";
import { SpotifyFaults } from "./spotifyFaults";
import { Violation } from "./violation";

const minuteMs = 60_000;

/** An event that a function is invoked with, and how that ended. */
export interface Delivery {
  function: "extract" | "transform";
  event: ExtractEvent | S3Event | SealEvent;
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
  /** How the last event of the main schedule ended, and when (ms UTC). */
  lastSummary: RunSummary | undefined;
  readAt = 0;
  /** What the processes of transform remember, which take turns. */
  private readonly markers = [0, 1, 2].map(() => new Map<string, KnownMarker | undefined>());
  /** How many months the last seal sealed further, or removed files of. */
  sealedParts = 0;
  /** Called whenever files of the lake's table, or its partitions, have changed. */
  onLakeChange: (table: string) => void = () => undefined;
  /** Called with each raw object that was written. */
  onRawObject: (key: string) => void = (key) => this.notify(key);
  /** Changes Spotify's answers to Web API requests. */
  changeAnswer: (response: Response) => Promise<Response> = async (response) => response;
  /** Keys of raw objects whose events wait in a queue. */
  private readonly held: string[] = [];
  private rawUntilSeal = 0;
  private nonces = 0;
  private readonly simulator: SpotifySimulator;
  /** The first error that is a bug. */
  private bug: { name: string; error: unknown } | undefined;
  private readonly target: TransformSettings = { stack: "faults", format: "csv", lakeBucket: "lake" };

  constructor(
    readonly seed: number,
    counts: FaultCounts,
    given: Partial<Setup> = {},
  ) {
    this.random = new Random("faults", seed);
    this.setup = { ...randomSetup(this.random, new Random("seals", seed)), ...given };
    this.clock = { ms: this.setup.start + this.setup.firstRun };
    this.scheduler = new Scheduler(this.random, this.clock);
    this.injector = new FaultInjector(this.random, counts);
    const clock = { now: () => this.clock.ms };
    this.changing = new ChangingLibrary(this.setup, seed, clock);
    const faults = new SpotifyFaults(this.injector, this.setup, clock);
    this.simulator = new SpotifySimulator({
      clock,
      library: () => this.changing.library,
      mode: this.setup.mode,
      listening: this.changing.listening,
      faults: ({ path }) => (path.startsWith("/v1/") ? faults.next() : undefined),
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
        : this.transform(actor, event as S3Event | SealEvent);
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

  /** Fires the rule that seals the months that are due. */
  fireSeal(delay = 0): void {
    this.deliver("transform", dueSeal, delay);
    if (this.injector.draw(["event duplicated"]) !== undefined)
      this.deliver("transform", dueSeal, delay + this.random.int(0, 60) * 1000);
  }

  /** Fires it when the `count`th raw object from now has landed, so that others land beside it. */
  sealBeside(count: number): void {
    this.rawUntilSeal = count;
  }

  /** The time (ms) by the clock of seals. */
  get sealNow(): number {
    return this.clock.ms + (this.setup.sealAheadDays ?? 0) * dayMs;
  }

  /** Sends the events that waited in a queue, each with a chance. */
  sendHeld(chance: number): void {
    for (const key of this.held.splice(0)) {
      if (!this.random.chance(chance)) this.held.push(key);
      else this.deliver("transform", eventOf(key), this.random.int(0, 60_000));
    }
  }

  /** Sends S3's event of a new object: at least once, usually soon, and in no order. */
  notify(key: string): void {
    const { sealAheadDays } = this.setup;
    if (this.injector.rate > 0 && sealAheadDays !== undefined && this.random.chance(0.1)) {
      this.injector.count("event kept in a queue");
      this.held.push(key);
      return;
    }
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
    this.readAt = this.clock.ms;
  }

  private readonly askSpotify: typeof globalThis.fetch = async (input, init) => {
    const response = await this.simulator.fetch(input, init);
    return String(input).includes("/v1/") ? this.changeAnswer(response) : response;
  };

  /** Usually this program's transform; sometimes an older one's, as during an update. */
  private async transform(actor: Actor, event: S3Event | SealEvent): Promise<void> {
    const services = new FaultyServices(this.scheduler, this.injector, actor, this.setup.callMs);
    const isSeal = isSealEvent(event);
    const deps = {
      raw: services.store(this.raw),
      lake: services.store(this.lake),
      catalog: services.catalog(this.cloud),
      markers: this.nextProcess(),
      now: () => (isSeal ? this.sealNow : this.clock.ms),
      sleep: (ms: number) => actor.turn(ms),
      random: () => this.random.next(),
      log: () => undefined,
      remainingMs: () => actor.deadline - this.clock.ms,
    };
    const isOld = this.injector.draw(["old program version"]) !== undefined;
    this.hadOldProgram ||= isOld;
    const settings = isOld ? { ...this.target, programVersion: programVersion - 1 } : this.target;
    if (!isSeal) await transform(deps, settings, event);
    else this.countSeal(await seal(deps, settings));
  }

  private nextProcess(): Map<string, KnownMarker | undefined> {
    this.markers.push(this.markers.shift()!);
    return this.markers[0]!;
  }

  private countSeal({ sealed, removed, left }: SealResult): void {
    const counted = {
      "part of a month sealed": sealed,
      "old files removed": removed,
      "seal out of time": left,
    };
    for (const [name, months] of Object.entries(counted)) if (months.length > 0) this.injector.count(name);
    this.sealedParts = sealed.length + removed.length;
  }

  /** Calls the hooks when an object was written or removed, or a partition has changed. */
  private watchBuckets(): void {
    const { raw, lake } = this;
    const put = { raw: raw.put, lake: lake.put };
    raw.put = async (key, ...rest) => {
      const etag = await put.raw(key, ...rest);
      if (!key.startsWith("raw/")) return etag;
      if (isSealed(lake, parseRawKey(key)?.day ?? "")) this.injector.count("raw object of a sealed day");
      this.onRawObject(key);
      if (this.rawUntilSeal > 0 && --this.rawUntilSeal === 0) this.fireSeal(this.random.int(0, 300));
      return etag;
    };
    const changed = (key: string) => {
      const table = tableOf(key);
      if (table !== undefined) this.onLakeChange(table);
    };
    lake.put = async (key, ...rest) => {
      const etag = await put.lake(key, ...rest);
      changed(key);
      return etag;
    };
    const { remove } = lake;
    lake.remove = async (keys) => {
      await remove(keys);
      keys.forEach(changed);
    };
    this.cloud.onPartitionChange = (table) => this.onLakeChange(table);
  }
}

/** Returns whether the rows of a day are in the month's file, or are just getting there. */
function isSealed({ objects }: Bucket, day: string): boolean {
  const marker = objects.get(markerKey(monthOf(day)));
  return (
    marker !== undefined && (JSON.parse(marker.body.toString()) as { through: number }).through >= dateOf(day)
  );
}

function ruleArn(rule: string): string {
  return `arn:aws:events:eu-west-1:000000000000:rule/${rule}`;
}
