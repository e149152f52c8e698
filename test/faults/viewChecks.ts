import { Lake } from "../../cloud/lake/lake";
import { uriOf } from "../../simulator/model";
import { sourceManifest } from "../../cloud/memory/sourceManifest";
import { missingPlays, playName } from "../support/plays";
import { expectedItems } from "../support/truth";
import { database } from "./embedded";
import type { FaultSimulation } from "./faultSimulation";
import { demand, demandEqual } from "./violation";

/** Answers a query about one listener, row by row. */
type Ask = (select: string) => Promise<unknown[][]>;

/** Throws a Violation unless the views show, for each listener, what the simulator has. */
export async function checkViews(simulation: FaultSimulation): Promise<{ gaps: number }> {
  const lake = await Lake.open({ ...sourceManifest("csv"), database }, simulation.cloud.dir);
  try {
    let gaps = 0;
    for (const listener of simulation.setup.listeners) {
      const ask: Ask = async (select) => {
        const { columns, rows } = await lake.query(`${select} where listener_id = '${listener}'`);
        return rows.map((row) => columns.map((column) => row[column]));
      };
      await checkLibrary(simulation, ask);
      if (isRead(simulation, "playlist_items")) await checkPlaylists(simulation, ask);
      if (isRead(simulation, "recently_played")) gaps += await checkPlays(simulation, ask);
    }
    return { gaps };
  } finally {
    lake.close();
  }
}

function isRead({ setup: { sources } }: FaultSimulation, stream: string): boolean {
  return sources.includes("me") || sources.includes(stream);
}

async function checkLibrary(simulation: FaultSimulation, ask: Ask): Promise<void> {
  const { saved, savedAlbums, followed } = simulation.changing.library;
  const streams: [stream: string, select: string, expected: unknown[][]][] = [
    [
      "saved_tracks",
      "select item_uri, epoch_ms(added_at) from current_saved_tracks",
      saved.map(({ track, addedAt }) => [uriOf(track), Date.parse(addedAt)]),
    ],
    [
      "saved_albums",
      "select album_id from current_saved_albums",
      savedAlbums.flatMap((one) => (one ? [[one.album.id]] : [])),
    ],
    ["followed_artists", "select artist_id from current_followed_artists", followed.map(({ id }) => [id])],
  ];
  for (const [stream, select, expected] of streams)
    if (isRead(simulation, stream)) demandEqual(sorted(await ask(select)), sorted(expected), stream);
}

/** Each listed playlist is there with its contents, or a skip says why not. */
async function checkPlaylists({ changing, setup }: FaultSimulation, ask: Ask): Promise<void> {
  const playlists = changing.library.playlists.filter((playlist) => playlist !== null);
  const listed = await ask("select playlist_id from current_playlists");
  demandEqual(sorted(listed), sorted(playlists.map(({ id }) => [id])), "playlists");
  const items = await ask(
    "select playlist_id, item_position, item_type, item_uri, epoch_ms(added_at) from current_playlist_items",
  );
  const expected = expectedItems(changing.library, setup.mode);
  demandEqual(sorted(items), sorted(expected), "contents of playlists");
  const reads = await ask("select container_id, stream from accepted_reads");
  const skips = await ask("select container_id, stream from skips");
  const explained = new Set(
    [...reads, ...skips].flatMap(([id, stream]) => (stream === "playlist_items" ? [id] : [])),
  );
  for (const { id } of playlists)
    demand(explained.has(id), () => `playlist ${id} has neither contents nor a skip`);
}

/** Each play that Spotify returned, or would have reported in time, is held once or lies in a gap. */
async function checkPlays(simulation: FaultSimulation, ask: Ask): Promise<number> {
  const { changing, returnedAt, readAt, hadLostAttempt, setup } = simulation;
  const rows = await ask("select epoch_ms(played_at), item_uri from all_plays");
  const held = new Set(rows.map((row) => row.join(" ")));
  demandEqual(held.size, rows.length, "plays that are held once");
  const gaps = (await ask("select epoch_ms(gap_from), epoch_ms(gap_to) from gaps")) as [number, number][];
  const names = new Set([...returnedAt.keys()].map(playName));
  for (const play of held) demand(names.has(play), () => `play ${play} was never returned`);
  const { visible, returned } = missingPlays(
    { held, gaps },
    { listening: changing.listening, returnedAt, now: readAt },
    !hadLostAttempt,
  );
  // Of two listeners, one may not know a play that was returned to the other.
  const missing = setup.listeners.length === 1 ? [...visible, ...returned] : visible;
  demand(missing.length === 0, () => `play ${playName(missing[0]!)} is missing, and in no gap`);
  return gaps.length;
}

function sorted(rows: unknown[][]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
