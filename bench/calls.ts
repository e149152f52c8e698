/**
 * How many Web API calls a day takes: the real extract against the simulated Spotify, for a library of 200 playlists,
 * about 16,000 readable entries and 3,000 saved tracks.
 *
 * npm run bench -- calls [--json]
 */
import { parseArgs } from "node:util";
import { extract, type ExtractSettings } from "../handlers/extract/extract";
import { firstLibrary } from "../simulator/initialLibrary";
import { listeningOf } from "../simulator/listening";
import { revise, type Library, type Playlist } from "../simulator/model";
import { SpotifySimulator } from "../simulator/server";
import { simulatedCredentials } from "../simulator/accounts";
import { memoryStore } from "../cloud/memory/memoryStore";

const start = Date.parse("2026-03-02T00:00:00Z");
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const pageSize = 50;
const topLists = 6;
const seed = "reference";
const playsRule = "arn:aws:events:eu-west-1:000000000000:rule/plays";

/** The library, a clock and what extract keeps, from day to day. */
class Measured {
  library: Library;
  now = start;
  /** Path and query of each call, in order. */
  calls: string[] = [];
  private readonly store = memoryStore();
  private runs = 0;
  private url = "";

  private constructor(private readonly simulator: () => SpotifySimulator) {
    const size = { playlists: 200, tracks: 13_000, saved: 3_000, albums: 150, followed: 120 };
    this.library = firstLibrary(seed, start, size);
  }

  /** Lets `work` measure with a simulated Spotify, which allows `quota` calls in 24 hours if one is given. */
  static async with<T>(quota: number | undefined, work: (measured: Measured) => Promise<T>): Promise<T> {
    const measured: Measured = new Measured(() => simulator);
    const simulator = new SpotifySimulator({
      clock: { now: () => measured.now },
      library: () => measured.library,
      listening: listeningOf(seed, () => measured.library),
      onRequest: ({ path, query }) => {
        if (path.startsWith("/v1/")) measured.calls.push(`${path}?${query.toString()}`);
      },
      ...(quota !== undefined && { quota }),
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
      ...{ stack: "bench", listeners: ["me"], sources: ["me"], callBudget: 600, reconcileDays: 30 },
      ...{ market: "US", apiUrl: this.url, accountsUrl: this.url, playsRule },
    };
    const { refreshToken, ...app } = simulatedCredentials;
    const deps = {
      store: this.store,
      secrets: async () => ({ app, signIns: { me: { refreshToken, authorizedAt: null } } }),
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

  private async callsOf(time: number, resources: string[]): Promise<number> {
    const before = this.calls.length;
    this.now = time;
    await this.run(resources);
    return this.calls.length - before;
  }

  /** The listener adds a track to five playlists of theirs and saves twenty tracks. */
  change(): void {
    const { playlists, allTracks, saved } = this.library;
    const changed = playlists.filter((list) => list && isReadable(list, this.library)).slice(10, 15);
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

function isReadable(list: Playlist, { listener }: Library): boolean {
  return !list.gone && (list.owner.id === listener.id || list.collaborators.includes(listener.id));
}

const pagesOf = (entries: number) => Math.max(1, Math.ceil(entries / pageSize));

/** What the library is made of, in pages. */
function pagesIn(library: Library) {
  const readable = library.playlists.filter(
    (list) => list !== null && isReadable(list, library),
  ) as Playlist[];
  return {
    listing: pagesOf(library.playlists.length),
    items: readable.reduce((sum, { entries }) => sum + pagesOf(entries.length), 0),
    saved: pagesOf(library.saved.length),
    albums: pagesOf(library.savedAlbums.length),
    followed: pagesOf(library.followed.length),
    entries: readable.reduce((sum, { entries }) => sum + entries.length, 0),
    lists: readable.length,
  };
}

/** Every page of every stream once, and the hourly plays: profile, listing, contents, libraries, top lists, followed. */
function readEverything(library: Library): number {
  const { listing, items, saved, albums, followed } = pagesIn(library);
  return 1 + listing + items + saved + albums + topLists + followed;
}

/**
 * What any correct pipeline needs: it cannot know that a list has not changed without asking (the listing, the first
 * page of each library, every top list, the followed artists), nor what a changed one holds without reading it
 * (`changedPages`), nor without one more listing whether what it read held still.
 */
function lowerBound(library: Library, changedPages: number): number {
  const { listing, followed } = pagesIn(library);
  return 1 + listing + 1 + 1 + topLists + followed + changedPages + (changedPages > 0 ? listing : 0);
}

async function measureDays() {
  return Measured.with(undefined, async (measured) => {
    const pages = pagesIn(measured.library);
    const rest = pages.saved - 1 + pages.albums - 1;
    const rows = [];
    const everything = () => readEverything(measured.library);
    const aims = { first: 500, quiet: 20, typical: 36 };
    const first = await measured.day();
    rows.push({
      day: "first",
      ...first,
      aim: aims.first,
      everything: everything(),
      bound: lowerBound(measured.library, pages.items + rest),
    });
    const quiet = await measured.day();
    rows.push({
      day: "quiet",
      ...quiet,
      aim: aims.quiet,
      everything: everything(),
      bound: lowerBound(measured.library, 0),
    });
    const before = new Set(measured.library.playlists);
    measured.change();
    const changed = measured.library.playlists.filter((list) => list && !before.has(list)) as Playlist[];
    const changedPages = changed.reduce((sum, { entries }) => sum + pagesOf(entries.length), 0);
    const typical = await measured.day();
    rows.push({
      day: "typical",
      ...typical,
      aim: aims.typical,
      everything: everything(),
      bound: lowerBound(measured.library, changedPages),
    });
    return { library: pages, days: rows };
  });
}

/** Spotify ends the first run at call 300; a run follows every day until one is complete. */
async function measureQuota() {
  return Measured.with(300, async (measured) => {
    measured.now = start + 4.25 * hourMs;
    let runs = 1;
    const contents = () =>
      measured.calls.filter((call) => /\/playlists\/[^/]+\/|\/me\/(tracks|albums)/.test(call));
    while ((await measured.run()) !== "complete" && runs < 20) {
      runs += 1;
      measured.now = start + (runs - 1) * (dayMs + hourMs) + 4.25 * hourMs;
    }
    const made = contents();
    return {
      quota: 300,
      runs,
      calls: measured.calls.length,
      contentCallsMadeTwice: made.length - new Set(made).size,
    };
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
  const measured = await measureDays();
  const quota = await measureQuota();
  const { library, days } = measured;
  console.log(
    `${library.lists} readable playlists of 200, ${library.entries} entries in them, 3,000 saved tracks.\n`,
  );
  console.log("day      daily run  aim    hourly plays  read everything  lower bound (both without plays)");
  for (const { day, daily, plays, aim, everything, bound } of days)
    console.log(
      [
        day.padEnd(9),
        String(daily).padEnd(11),
        String(aim).padEnd(7),
        String(plays).padEnd(14),
        String(everything).padEnd(17),
        bound,
      ].join(""),
    );
  console.log(
    `\nSpotify's quota at call ${quota.quota} of the first run: ${quota.runs} runs until complete, ${quota.calls} calls, ` +
      `${quota.contentCallsMadeTwice} calls for contents made twice.`,
  );
  if (values.json) console.log(JSON.stringify({ ...measured, quota }));
}

void main();
