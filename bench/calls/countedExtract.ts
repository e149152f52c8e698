/** The real extract against the simulated Spotify, day after day, with its calls counted. */
import { extract, type ExtractSettings } from "../../handlers/extract/extract";
import { stateKey } from "../../handlers/state/session";
import { firstLibrary } from "../../simulator/initialLibrary";
import { listeningOf } from "../../simulator/listening";
import { readablePlaylists } from "../../simulator/library";
import { revise, type Library } from "../../simulator/model";
import { SpotifySimulator } from "../../simulator/server";
import { simulatedCredentials } from "../../simulator/accounts";
import { memoryStore } from "../../cloud/memory/memoryStore";

/** The first simulated instant, ms UTC. */
export const start = Date.parse("2026-03-02T00:00:00Z");
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
const seed = "reference";
const playsRule = "arn:aws:events:eu-west-1:000000000000:rule/plays";

/** Whose library is read. */
interface Measure {
  /** Entries of the list of playlists; the rest of the library grows with them (200: 13,000 tracks, 3,000 saved). */
  playlists: number;
  /** So many sign-ins, all of the same library. */
  listeners: number;
  /** Calls in 24 hours that Spotify allows; by default any number. */
  quota?: number;
}

/** The library, a clock and what extract keeps, from day to day. */
export class CountedExtract {
  library: Library;
  now = start;
  /** Path and query of each call, in order. */
  calls: string[] = [];
  private readonly listeners: string[];
  private readonly store = memoryStore();
  private runs = 0;
  private url = "";

  private constructor({ playlists, listeners }: Measure) {
    const part = (count: number) => Math.ceil((count * playlists) / 200);
    const size = { playlists, tracks: part(13_000), saved: part(3_000), albums: part(150) };
    this.library = firstLibrary(seed, start, { ...size, followed: part(120) });
    this.listeners = Array.from({ length: listeners }, (_, index) => `listener${index + 1}`);
  }

  /** Lets `work` measure with a simulated Spotify. */
  static async with<T>(measure: Measure, work: (measured: CountedExtract) => Promise<T>): Promise<T> {
    const measured = new CountedExtract(measure);
    const simulator = new SpotifySimulator({
      clock: { now: () => measured.now },
      library: () => measured.library,
      listening: listeningOf(seed, () => measured.library),
      onRequest: ({ path, query }) => {
        if (path.startsWith("/v1/")) measured.calls.push(`${path}?${query.toString()}`);
      },
      ...(measure.quota !== undefined && { quota: measure.quota }),
    });
    measured.url = await simulator.start();
    try {
      return await work(measured);
    } finally {
      await simulator.close();
    }
  }

  /** One run; gives its status. */
  async run(resources: string[] = []): Promise<string> {
    const deadline = this.now + 900_000;
    const settings: ExtractSettings = {
      ...{ stack: "bench", listeners: this.listeners, sources: ["me"], callBudget: 100_000 },
      ...{ reconcileDays: 30, market: "US", apiUrl: this.url, accountsUrl: this.url, playsRule },
    };
    const { refreshToken, ...app } = simulatedCredentials;
    const signIn = { refreshToken, authorizedAt: null };
    const signIns = Object.fromEntries(this.listeners.map((listener) => [listener, signIn]));
    const deps = {
      store: this.store,
      secrets: async () => ({ app, signIns }),
      fetch: globalThis.fetch,
      now: () => this.now,
      sleep: async (ms: number) => void (this.now += ms),
      random: () => (this.runs += 1).toString(16).padStart(16, "0"),
      log: () => undefined,
    };
    const context = {
      awsRequestId: `request-${this.runs}`,
      getRemainingTimeInMillis: () => deadline - this.now,
    };
    return (await extract(deps, settings, { id: `event-${this.runs}`, resources }, context)).status;
  }

  /** A day from midnight on: plays every hour at 45 past, everything at 04:15. Calls of the daily run, and of the others. */
  async day(): Promise<{ daily: number; plays: number }> {
    const midnight = this.now;
    const counts = { daily: 0, plays: 0 };
    for (let hour = 0; hour < 24; hour += 1) {
      if (hour === 4) counts.daily += await this.callsOf(midnight + 4.25 * hourMs, []);
      counts.plays += await this.callsOf(midnight + (hour + 0.75) * hourMs, [playsRule]);
    }
    this.now = midnight + dayMs;
    return counts;
  }

  /** Returns the size of the state object, in bytes. */
  stateBytes(): number {
    return this.store.objects.get(stateKey)!.body.length;
  }

  private async callsOf(time: number, resources: string[]): Promise<number> {
    const before = this.calls.length;
    this.now = time;
    await this.run(resources);
    return this.calls.length - before;
  }

  /** The listener adds a track to five playlists of theirs and saves twenty tracks. */
  change(): void {
    const { playlists, allTracks, saved } = this.library;
    const changed = readablePlaylists(this.library).slice(10, 15);
    const addedAt = new Date(this.now).toISOString().replace(/\.\d+/, "");
    const known = new Set(saved.map(({ track }) => track));
    const fresh = allTracks.filter((track) => !known.has(track)).slice(0, 20);
    this.library = {
      ...this.library,
      saved: [...fresh.map((track) => ({ addedAt, track })), ...saved],
      playlists: playlists.map((list) =>
        list && changed.includes(list)
          ? revise(list, { entries: [...list.entries, { addedAt, addedBy: list.owner.id, item: fresh[0]! }] })
          : list,
      ),
    };
  }
}
