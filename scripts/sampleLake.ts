import { Readable } from "node:stream";
import { extract, type ExtractDeps, type ExtractSettings } from "../handlers/extract/extract";
import { importFile } from "../cli/import/history-file";
import { Lake } from "../cloud/lake/lake";
import { simulatedCredentials } from "../simulator/accounts";
import { libraryAt } from "../simulator/library";
import { listeningOf } from "../simulator/listening";
import { uriOf } from "../simulator/model";
import { SpotifySimulator } from "../simulator/server";
import { memoryStore } from "../cloud/memory/memoryStore";
import { fillLake } from "../cloud/memory/memoryLake";
import { sourceManifest } from "../cloud/memory/sourceManifest";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const simulation = {
  seed: "sample",
  start: Date.parse("2026-03-01T00:00:00Z"),
  size: { playlists: 10, tracks: 240, saved: 90, albums: 12, followed: 20 },
};
const days = 7;
const importedDays = 60;

/** The day that sample answers are as of. */
export const sampleDay = new Date(simulation.start + (days - 1) * dayMs).toISOString().slice(0, 10);

/**
 * Lets a week of a simulated listener, who has imported two months of history, go through extract and transform, all in
 * this process, and opens the lake that comes of it. The same rows every time. `dir` holds the tables' files.
 */
export async function sampleLake(dir: string): Promise<Lake> {
  const store = memoryStore();
  const clock = { ms: simulation.start };
  const simulator = new SpotifySimulator({
    ...simulation,
    clock: { now: () => clock.ms },
    authorizedAt: clock.ms,
  });
  const url = await simulator.start();
  try {
    await importHistory(store);
    for (let hour = 3; hour < days * 24; hour += 3) {
      clock.ms = Math.max(clock.ms, simulation.start + hour * hourMs);
      await run(store, clock, url, hour);
    }
  } finally {
    await simulator.close();
  }
  const lake = await Lake.open(sourceManifest(), dir);
  await lake.query("set threads = 1");
  await fillLake(lake, store, dir);
  return lake;
}

const playsRule = "arn:aws:events:eu-west-1:000000000000:rule/plays";

/** The run of an hour: of everything at 03:00, of plays alone at the others. */
async function run(
  store: ExtractDeps["store"],
  clock: { ms: number },
  url: string,
  hour: number,
): Promise<void> {
  const settings: ExtractSettings = {
    ...{
      stack: "sample",
      listeners: ["me"],
      sources: ["me", "podcasts"],
      callBudget: 600,
      reconcileDays: 30,
      market: "US",
    },
    ...{ apiUrl: url, accountsUrl: url, playsRule },
  };
  const { refreshToken, ...app } = simulatedCredentials;
  const authorizedAt = new Date(simulation.start).toISOString();
  let nonces = 0;
  const deps: ExtractDeps = {
    store,
    secrets: async () => ({ app, signIns: { me: { refreshToken, authorizedAt } } }),
    fetch: (input, init) => {
      clock.ms += 100;
      return fetch(input, init);
    },
    now: () => clock.ms,
    sleep: async (ms) => void (clock.ms += ms),
    random: () => (hour * 1000 + (nonces += 1)).toString(16).padStart(16, "0"),
    log: () => undefined,
  };
  const deadline = clock.ms + 900_000;
  const context = { awsRequestId: `hour-${hour}`, getRemainingTimeInMillis: () => deadline - clock.ms };
  await extract(
    deps,
    settings,
    { id: `hour-${hour}`, resources: [hour % 24 === 3 ? "main" : playsRule] },
    context,
  );
}

/** What the listener heard before, as an export of Spotify's has it. */
async function importHistory(store: ExtractDeps["store"]): Promise<void> {
  const { seed, start } = simulation;
  const listening = listeningOf(seed, (now) => libraryAt({ ...simulation, now }));
  const entries = listening.between(start - importedDays * dayMs, start).map((play) => ({
    ts: new Date(play.startedAt + play.msPlayed).toISOString(),
    ms_played: play.msPlayed,
    spotify_track_uri: uriOf(play.track),
    master_metadata_track_name: play.track.name,
    master_metadata_album_artist_name: play.track.artists[0]?.name ?? null,
    master_metadata_album_album_name: play.track.album?.name ?? null,
    skipped: play.msPlayed < play.track.durationMs,
  }));
  const open = async () => Readable.from([Buffer.from(JSON.stringify(entries))]);
  await importFile({ name: "history.json", size: 0, open }, { store, listener: "me", keepPrivate: false });
}
