import { extract, type ExtractDeps } from "../../handlers/extract/extract";
import { memoryStore } from "../../cloud/memory/memoryStore";
import { fillLake } from "../../cloud/memory/memoryLake";
import { simulatedCredentials } from "../../simulator/accounts";
import { firstLibrary } from "../../simulator/initialLibrary";
import { listeningOf } from "../../simulator/listening";
import { SpotifySimulator } from "../../simulator/server";
import { sourceKinds, streamOf, type SourceKind } from "../../schemas/streams";
import { Answers } from "./answers";
import { header, object, rawObject } from "./rawObjects";

/** A lake that extract and transform have filled from every stream. */
export interface EveryStream {
  answers: Answers;
  /** Each source, with an argument if it needs one. */
  sources: Record<SourceKind, string>;
}

const now = Date.parse("2026-03-02T10:00:00Z");
const library = firstLibrary("every stream", now, {
  ...{ playlists: 10, tracks: 200, saved: 60, albums: 5, followed: 5 },
});

/** Values of the streams' arguments: things that the simulated Spotify has. */
const { name, album, artists } = library.allTracks.find((track) => track.album)!;
const args: Partial<Record<SourceKind, string>> = {
  playlist: library.playlists.find((playlist) => playlist?.entries.length && !playlist.gone)!.id,
  album: album!.id,
  artist: artists[0]!.id,
  search: name,
};

/** Runs extract for every source against the simulator, adds an imported play, and transforms all of it. */
export async function readEveryStream(): Promise<EveryStream> {
  const sources = Object.fromEntries(
    sourceKinds.map((kind) => [kind, streamOf(kind).argument ? `${kind}:${args[kind]}` : kind]),
  ) as Record<SourceKind, string>;
  const simulator = new SpotifySimulator({
    clock: { now: () => now },
    library: () => library,
    listening: listeningOf("every stream", () => library),
    mode: "extended",
  });
  const store = memoryStore();
  const url = await simulator.start();
  try {
    await extractAll(store, url, Object.values(sources));
  } finally {
    await simulator.close();
  }
  const imported = importedPlay();
  await store.put(imported.key, imported.body, { ifNoneMatch: "*" });
  const answers = await Answers.open();
  await fillLake(answers.lake, store, answers.dir);
  return { answers, sources };
}

async function extractAll(store: ExtractDeps["store"], url: string, sources: string[]): Promise<void> {
  const { refreshToken, ...app } = simulatedCredentials;
  const deps: ExtractDeps = {
    store,
    secrets: async () => ({ app, signIns: { me: { refreshToken, authorizedAt: null } } }),
    fetch: globalThis.fetch,
    now: () => now,
    sleep: async () => undefined,
    random: () => "0".repeat(16),
    log: () => undefined,
  };
  const settings = {
    ...{ stack: "test", listeners: ["me"], sources, callBudget: 10_000, reconcileDays: 30, market: "US" },
    ...{ apiUrl: url, accountsUrl: url },
  };
  await extract(
    deps,
    settings,
    { id: "every stream" },
    { awsRequestId: "1", getRemainingTimeInMillis: () => 900_000 },
  );
}

function importedPlay(): ReturnType<typeof rawObject> {
  const stream = "streaming_history";
  const play = { ts: "2026-03-04T01:00:00Z", ms_played: 1000, spotify_track_uri: "spotify:track:t1" };
  return rawObject(stream, 0, [header({ stream }), object({ offset: 0, items: [play] })]);
}
