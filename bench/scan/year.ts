import { extract, type ExtractSettings } from "../../handlers/extract/extract";
import { simulatedCredentials } from "../../simulator/accounts";
import { livedDay } from "../../simulator/edits";
import { firstLibrary } from "../../simulator/initialLibrary";
import { listeningOf } from "../../simulator/listening";
import type { Library } from "../../simulator/model";
import { SpotifySimulator } from "../../simulator/server";
import { memoryStore } from "../../cloud/memory/memoryStore";

/** The first simulated instant, ms UTC. */
export const yearStart = Date.parse("2026-01-01T00:00:00Z");
export const dayMs = 86_400_000;

const seed = "reference";
const playsRule = "arn:aws:events:eu-west-1:000000000000:rule/plays";
/** Hours of the day at which plays are read; everything is read at 04:15. */
const playsHours = [0, 6, 12, 18];

/**
 * Simulates `days` days of a changing library: the real extract against the simulated Spotify, the raw objects kept
 * in memory. `share` of the reference library is read (1: 200 playlists, 13,000 tracks, 3,000 saved). Gives the raw
 * bucket; `seen` takes the library at the end of each day.
 */
export async function simulateYear(
  days: number,
  share: number,
  seen: (library: Library) => void,
): Promise<ReturnType<typeof memoryStore>> {
  const part = (count: number) => Math.ceil(count * share);
  const size = { playlists: part(200), tracks: part(13_000), saved: part(3_000), albums: part(150) };
  let library = firstLibrary(seed, yearStart, { ...size, followed: part(120) });
  let [now, runs] = [yearStart, 0];
  const store = memoryStore();
  const simulator = new SpotifySimulator({
    clock: { now: () => now },
    library: () => library,
    listening: listeningOf(seed, () => library),
  });
  const url = await simulator.start();
  const { refreshToken, ...app } = simulatedCredentials;
  const settings: ExtractSettings = {
    ...{ stack: "bench", listeners: ["me"], sources: ["me"], callBudget: 10_000, reconcileDays: 30 },
    ...{ market: "US", apiUrl: url, accountsUrl: url, playsRule },
  };
  const deps = {
    store,
    secrets: async () => ({ app, signIns: { me: { refreshToken, authorizedAt: null } } }),
    fetch: globalThis.fetch,
    now: () => now,
    sleep: async (ms: number) => void (now += ms),
    random: () => (runs += 1).toString(16).padStart(16, "0"),
    log: () => undefined,
  };
  const run = async (time: number, resources: string[]) => {
    now = time;
    const context = { awsRequestId: `${time}`, getRemainingTimeInMillis: () => time + 900_000 - now };
    await extract(deps, settings, { id: `${time}`, resources }, context);
  };
  try {
    for (let day = 0; day < days; day += 1) {
      const midnight = yearStart + day * dayMs;
      for (const hour of playsHours) {
        await run(midnight + (hour + 0.75) * 3_600_000, [playsRule]);
        if (hour === 0) await run(midnight + 4.25 * 3_600_000, []);
      }
      seen(library);
      library = livedDay(library, seed, day + 1, midnight);
    }
  } finally {
    await simulator.close();
  }
  return store;
}
