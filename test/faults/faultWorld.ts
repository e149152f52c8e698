import {
  extract,
  type ExtractEvent,
  type ExtractSettings,
  type RunSummary,
} from "../../handlers/extract/extract";
import { transform, type TransformSettings } from "../../handlers/transform/transform";
import { programVersion } from "../../schemas";
import { simulatedCredentials } from "../../simulator/accounts";
import { livedDay } from "../../simulator/edits";
import type { HttpFault } from "../../simulator/faults";
import { firstLibrary } from "../../simulator/initialLibrary";
import { listeningOf } from "../../simulator/listening";
import type { Library } from "../../simulator/model";
import type { Mode } from "../../simulator/modes";
import type { Listening, Play } from "../../simulator/plays";
import { Random } from "../../simulator/random";
import { SpotifySimulator } from "../../simulator/server";
import { eventOf } from "../support/transformWorld";
import { Chaos, Outside, type Tally } from "./chaos";
import { EmbeddedParts } from "./embedded";
import { Scheduler, type Actor } from "./scheduler";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Days on whose turn something else turns, too: a plain day, a month, a leap day, a year. */
const beginnings = ["2026-03-10", "2026-03-31", "2028-02-28", "2026-12-31"].map((day) => Date.parse(day));

const sourceChoices = [
  ["playlists", "playlist_items"],
  ["playlists", "playlist_items"],
  ["saved_tracks"],
  ["saved_tracks"],
  ["recently_played"],
  ["recently_played"],
  ["recently_played"],
  ["saved_albums", "followed_artists"],
  ["top_items", "profile"],
  ["playlists", "playlist_items", "artist_details"],
  ["me"],
];

const spotifyFaults: [string, HttpFault][] = [
  ["Spotify 500", { kind: "status", status: 500 }],
  ["Spotify 503 HTML", { kind: "status", status: 503, body: "<html>busy</html>" }],
  ["Spotify truncated", { kind: "truncated" }],
  ["Spotify malformed", { kind: "malformed" }],
  ["Spotify timeout", { kind: "timeout" }],
  ["Spotify reset", { kind: "reset", when: "before" }],
  ["Spotify reset mid-body", { kind: "reset", when: "mid_body" }],
  ["Spotify rate limit", { kind: "rate_limit", retryAfter: 3 }],
  ["Spotify rate limit without Retry-After", { kind: "rate_limit", retryAfter: null }],
];

/** An event that a function is invoked with, and what became of it. */
export interface Delivery {
  function: "extract" | "transform";
  event: ExtractEvent | ReturnType<typeof eventOf>;
  state: "under way" | "succeeded" | "failed";
  /** Of the last attempt, if it ended with one. */
  error?: unknown;
}

/** A pipeline under faults: everything that happens in it follows from one seed. */
export class FaultWorld {
  readonly random: Random;
  readonly clock: { ms: number };
  readonly chaos: Chaos;
  readonly scheduler: Scheduler;
  readonly cloud = new EmbeddedParts({ now: () => this.clock.ms });
  readonly raw = this.cloud.bucket("raw");
  readonly lake = this.cloud.bucket("lake");
  readonly deliveries: Delivery[] = [];
  /** Keys of objects that somebody laid among raw, and took away again. */
  readonly poisoned: string[] = [];
  /** Whether an older program has transformed anything. */
  hadOldProgram = false;
  /** Called whenever a file of the lake has changed. */
  onLakeChange: (key: string) => void = () => undefined;
  /** What becomes of Spotify's answers to Web API requests on their way. */
  spoil: (response: Response) => Promise<Response> = async (response) => response;
  library: Library;
  readonly listening: Listening;
  readonly sources: string[];
  /** Details of artists are given only to apps with extended quota. */
  readonly mode: Mode;
  private callBudget: number;
  private quota: number;
  /** Of raw objects: a page or so, or as in earnest. */
  private readonly partSize: number | undefined;
  private nonces = 0;
  private readonly simulator: SpotifySimulator;
  private readonly quotaCalls: number[] = [];
  private readonly start: number;
  private livedDays = 0;
  private editIn = Infinity;
  private readonly target: TransformSettings = { stack: "faults", format: "csv", lakeBucket: "lake" };

  constructor(
    readonly seed: number,
    tally: Tally,
    sources?: string[],
  ) {
    this.random = new Random("faults", seed);
    this.start = this.random.pick(beginnings);
    this.clock = { ms: this.start + this.random.pick([4 * hourMs, 22 * hourMs, dayMs - 5_000]) };
    this.scheduler = new Scheduler(this.random, this.clock);
    this.chaos = new Chaos(this.random, tally);
    this.sources = sources ?? this.random.pick(sourceChoices);
    this.mode = this.sources.includes("artist_details") ? "extended" : "development";
    this.callBudget = this.random.pick([15, 40, 600, 600]);
    this.quota = this.random.pick([0, 0, 0, 9, 25]);
    this.partSize = this.random.pick([10_000, undefined, undefined]);
    const key = String(this.random.int(1, 8));
    this.library = libraryOf(key, this.start);
    this.listening = listeningOf(key, () => this.library);
    this.simulator = new SpotifySimulator({
      clock: { now: () => this.clock.ms },
      library: () => this.library,
      mode: this.mode,
      listening: this.listening,
      faults: ({ path }) => (path.startsWith("/v1/") ? this.spotifyFault() : undefined),
      onRequest: ({ path }) => {
        if (path.startsWith("/v1/") && --this.editIn === 0) this.live();
      },
    });
    this.watchBuckets();
  }

  /** The library changes at the `calls`th Web API request from now. */
  changeAfter(calls: number): void {
    this.editIn = calls;
  }

  /** From now on nothing goes wrong any more, and calls suffice. */
  calmDown(): void {
    this.chaos.rate = 0;
    this.editIn = Infinity;
    this.quota = 0;
    this.callBudget = 10_000;
  }

  /** A schedule's firing, `delay` ms from now. EventBridge may deliver it twice. */
  fire(rule: "main" | "plays", delay = 0): void {
    const event = { id: `event-${this.deliveries.length}`, resources: [ruleArn(rule)] };
    this.deliver("extract", event, delay);
    if (this.chaos.draw(["event duplicated"]))
      this.deliver("extract", event, delay + this.random.int(0, 5) * minuteMs);
  }

  /** Invokes a function with an event as Lambda does: two more times if it fails, then to its failure destination. */
  deliver(name: Delivery["function"], event: Delivery["event"], delay: number): void {
    const delivery: Delivery = { function: name, event, state: "under way" };
    this.deliveries.push(delivery);
    const attempt = (number: number, wait: number) => {
      const limit = name === "extract" ? 15 * minuteMs : 5 * minuteMs;
      const work = (actor: Actor) =>
        name === "extract"
          ? this.extract(actor, event as ExtractEvent)
          : this.transform(actor, event as ReturnType<typeof eventOf>);
      void this.scheduler.start<unknown>(`${name} ${number}`, { delay: wait, limit }, work).then((ending) => {
        delivery.error = ending !== "killed" && "error" in ending ? ending.error : undefined;
        if (ending !== "killed" && "value" in ending) delivery.state = "succeeded";
        else if (number < 3) attempt(number + 1, number * minuteMs);
        else delivery.state = "failed";
      });
    };
    attempt(1, delay);
  }

  /** Delivers again whatever sits in a failure destination. */
  redrive(): void {
    for (const delivery of this.deliveries.filter(({ state }) => state === "failed")) {
      this.deliveries.splice(this.deliveries.indexOf(delivery), 1);
      this.deliver(delivery.function, delivery.event, 0);
    }
  }

  /** How the last event of the main schedule ended for those it was for. */
  lastSummary: RunSummary | undefined;

  private async extract(actor: Actor, event: ExtractEvent): Promise<void> {
    const outside = new Outside(this.scheduler, this.chaos, actor);
    const { refreshToken, ...app } = simulatedCredentials;
    const settings: ExtractSettings = {
      ...{ stack: "faults", listeners: ["me"], sources: this.sources, callBudget: this.callBudget },
      ...{ reconcileDays: 30, market: "US", apiUrl: "http://spotify", accountsUrl: "http://spotify" },
      playsRule: ruleArn("plays"),
    };
    const deps = {
      store: outside.store(this.raw),
      secrets: async () => ({ app, signIns: { me: { refreshToken, authorizedAt: null } } }),
      fetch: outside.fetch(this.askSpotify),
      now: () => this.clock.ms,
      sleep: (ms: number) => actor.turn(ms),
      partSize: this.partSize,
      random: () => (this.nonces += 1).toString(16).padStart(8, "0").padEnd(16, "0"),
      log: () => undefined,
    };
    const context = { awsRequestId: "", getRemainingTimeInMillis: () => actor.deadline - this.clock.ms };
    this.lastSummary = await extract(deps, settings, event, context);
  }

  private readonly askSpotify: typeof globalThis.fetch = async (input, init) => {
    const response = await this.simulator.fetch(input, init);
    return String(input).includes("/v1/") ? this.spoil(response) : response;
  };

  /** Mostly this program's transform; now and then an older one's that is still at work. */
  private async transform(actor: Actor, event: ReturnType<typeof eventOf>): Promise<void> {
    const outside = new Outside(this.scheduler, this.chaos, actor);
    const deps = {
      raw: outside.store(this.raw),
      lake: outside.store(this.lake),
      catalog: outside.catalog(this.cloud),
      now: () => this.clock.ms,
      // Transform draws its pauses by true chance, which no seed repeats.
      sleep: () => actor.turn(100),
      log: () => undefined,
    };
    const isOld = this.chaos.draw(["old program version"]) !== undefined;
    this.hadOldProgram ||= isOld;
    await transform(
      deps,
      isOld ? { ...this.target, programVersion: programVersion - 1 } : this.target,
      event,
    );
  }

  /** Lets S3 tell of new raw objects, and the suite see each change of the lake. */
  private watchBuckets(): void {
    const put = { raw: this.raw.put, lake: this.lake.put };
    this.raw.put = async (key, ...rest) => {
      const etag = await put.raw(key, ...rest);
      if (key.startsWith("raw/")) this.notify(key);
      return etag;
    };
    this.lake.put = async (key, ...rest) => {
      const etag = await put.lake(key, ...rest);
      this.onLakeChange(key);
      return etag;
    };
  }

  /** S3's word of a new object: once at least, soon as a rule, and in no order. */
  notify(key: string): void {
    const soon = this.random.int(0, 2_000);
    const fate = this.chaos.draw(["event duplicated", "event delayed", "event lost once"]);
    const delay = { "event delayed": 3 * hourMs, "event lost once": hourMs };
    this.deliver("transform", eventOf(key), soon + (delay[fate as keyof typeof delay] ?? 0));
    if (fate === "event duplicated") this.deliver("transform", eventOf(key), this.random.int(0, 5_000));
  }

  private spotifyFault(): HttpFault | undefined {
    if (this.isQuotaUsed()) {
      this.chaos.count("Spotify quota");
      return { kind: "quota", retryAfter: 20 * 3600 };
    }
    const name = this.chaos.draw(spotifyFaults.map(([one]) => one));
    return spotifyFaults.find(([one]) => one === name)?.[1];
  }

  private isQuotaUsed(): boolean {
    if (this.quota === 0) return false;
    const since = this.clock.ms - dayMs;
    while (this.quotaCalls.length > 0 && this.quotaCalls[0]! <= since) this.quotaCalls.shift();
    if (this.quotaCalls.length >= this.quota) return true;
    this.quotaCalls.push(this.clock.ms);
    return false;
  }

  /** What the next day does to the library, once a day of the clock. */
  private live(): void {
    if (this.livedDays > (this.clock.ms - this.start) / dayMs) return;
    this.chaos.count("library changed while it was read");
    const midnight = this.start + this.livedDays * dayMs;
    this.livedDays += 1;
    this.library = livedDay(this.library, `faults ${this.seed}`, this.livedDays, midnight);
  }

  /** The plays that Spotify returned, each with when (ms UTC) it first did. */
  get returnedAt(): Map<Play, number> {
    return this.simulator.returnedPlays;
  }
}

function ruleArn(rule: string): string {
  return `arn:aws:events:eu-west-1:000000000000:rule/${rule}`;
}

const libraries = new Map<string, Library>();

/** One of a few small first libraries. */
function libraryOf(key: string, start: number): Library {
  const name = `${key} ${start}`;
  const size = { playlists: 10, tracks: 80, saved: 60, albums: 4, followed: 55 };
  const library = libraries.get(name) ?? firstLibrary(`faults ${key}`, start, size);
  libraries.set(name, library);
  return library;
}
