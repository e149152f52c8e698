import { Random } from "../../simulator/random";
import { tables, type Cell, type Column, type Row, type TableSpec } from "../../schemas";

/** The last day of the lake's rows. */
export const lastDay = "2026-03-10";

const lastNoon = Date.parse(`${lastDay}T12:00:00Z`);
const dayMs = 86_400_000;

/** The few values that texts of a name take; other texts are one of two, so that most rows tie. */
const words: Record<string, string[]> = {
  listener_id: ["ann", "me"],
  track_id: ["t1", "t2", "t3", "t4"],
  album_id: ["al1", "al2"],
  artist_id: ["a1", "a2", "a3"],
  primary_artist_id: ["a1", "a2"],
  playlist_id: ["p1", "p2", "p3"],
  item_id: ["t1", "t2", "a1", "a2"],
  item_uri: ["spotify:track:t1", "spotify:track:t2", "spotify:track:t3"],
  item_key: ["spotify:track:t1", "spotify:track:t2", "spotify:track:t3"],
  run_id: ["r1", "r2", "r3", "r4"],
  container_id: ["p1", "p2"],
  context_uri: ["spotify:playlist:p1", "spotify:album:al1", "spotify:artist:a1"],
  context_type: ["playlist", "album", "artist"],
  status: ["complete", "partial", "failed"],
  stream: ["playlist_items", "recently_played"],
  source: ["recently_played"],
  severity: ["warn", "block"],
  query: ["jazz"],
  snapshot_date: [lastDay, "2026-03-09"],
};

/** Reads of containers: what makes each, for {@link addReads}. */
const containers: {
  table: string;
  stream: string;
  ids: string[];
  cells: (at: number, id: string, round: number) => Row;
}[] = [
  {
    table: "playlists",
    stream: "playlists",
    ids: ["playlists"],
    cells: (at) => ({ playlist_id: `p${at + 1}`, list_position: at }),
  },
  {
    table: "playlist_items",
    stream: "playlist_items",
    ids: ["p1", "p2", "p3"],
    cells: (at, playlist_id) => ({ playlist_id, item_position: at }),
  },
  {
    table: "saved_tracks",
    stream: "saved_tracks",
    ids: ["saved_tracks"],
    cells: (at) => ({
      list_position: at,
      added_at: Date.parse("2025-01-01T00:00:00Z"),
      // Saved, but never played.
      ...(at === 3 && { track_id: "t9", item_uri: "spotify:track:t9", item_name: "unheard" }),
    }),
  },
  {
    table: "saved_albums",
    stream: "saved_albums",
    ids: ["saved_albums"],
    cells: (at) => ({ list_position: at }),
  },
  ...["saved_shows", "saved_audiobooks"].map((table) => ({
    table,
    stream: table,
    ids: [table],
    cells: (at: number): Row => ({ list_position: at }),
  })),
  {
    table: "saved_episodes",
    stream: "saved_episodes",
    ids: ["saved_episodes"],
    // The same in each read, and heard further.
    cells: (at, _id, round) => ({
      ...{ list_position: at, episode_id: `e${at + 1}` },
      ...{ is_fully_played: false, resume_position_ms: 60_000 + 1000 * round },
    }),
  },
  {
    table: "followed_artists",
    stream: "followed_artists",
    ids: ["followed_artists"],
    cells: (at) => ({ list_position: at }),
  },
  {
    table: "top_items",
    stream: "top_items",
    ids: ["tracks:short_term"],
    cells: (at) => ({
      item_type: "track",
      time_range: "short_term",
      item_rank: at + 1,
      item_id: `t${at + 1}`,
    }),
  },
];

/**
 * Returns rows of every table that tie wherever their keys let them: few values, equal names and equal times, and whole
 * reads, so that views accept them. The same rows for a seed.
 */
export function tieRows(seed: number): Map<string, Row[]> {
  const random = new Random("ties", seed);
  const rows = new Map<string, Row[]>(tables.map(({ name }) => [name, []]));
  addReads(rows, random);
  const read = new Set([...containers.map(({ table }) => table), "container_reads"]);
  for (const table of tables.filter(({ name }) => !read.has(name)))
    rows.set(
      table.name,
      unique(
        table,
        Array.from({ length: 80 }, () => rowOf(table, random, history(table, random))),
      ),
    );
  return rows;
}

/** The imported history is of tracks, and older than some plays of the API, which else would not count. */
function history({ name }: TableSpec, random: Random): Row {
  if (name !== "streaming_history") return {};
  return {
    item_type: "track",
    export_format: random.chance(0.9) ? "extended" : "account",
    played_at: lastNoon - random.int(1, 2) * dayMs,
  };
}

/** Adds three whole reads of each container and listener, four rows each. */
function addReads(rows: Map<string, Row[]>, random: Random): void {
  const specOf = (name: string) => tables.find((table) => table.name === name)!;
  let read_seq = 0;
  for (let round = 0; round < 3; round += 1)
    for (const listener_id of words.listener_id!)
      for (const { table, stream, ids, cells } of containers)
        for (const id of ids) {
          read_seq += 1;
          const own = { listener_id, read_seq, library_version: read_seq, source: stream };
          for (let at = 0; at < 4; at += 1)
            rows.get(table)!.push(rowOf(specOf(table), random, { ...own, ...cells(at, id, round) }));
          const read = { ...own, stream, container_id: id, read_kind: "full", row_count: 4 };
          const completed_at = lastNoon - (2 - round) * dayMs;
          rows
            .get("container_reads")!
            .push(rowOf(specOf("container_reads"), random, { ...read, completed_at }));
        }
}

function rowOf({ columns }: TableSpec, random: Random, fixed: Row = {}): Row {
  const cells = columns.map((column) => [column.name, cellOf(column, random)] as const);
  return { ...Object.fromEntries(cells), snapshot_date: random.pick(words.snapshot_date!), ...fixed };
}

function cellOf({ name, type, nullable, checks = [] }: Column, random: Random): Cell {
  if (nullable && random.chance(0.2)) return null;
  const allowed = checks.find((check) => check.rule === "allowed");
  if (type === "string") return random.pick(words[name] ?? allowed?.values ?? ["same", "other"]);
  if (type === "boolean") return random.chance(0.5);
  if (type === "timestamp") return lastNoon - random.int(0, 2) * dayMs;
  if (type === "date") return lastDay;
  return name.endsWith("_ms") || name === "ms_played" ? random.pick([60_000, 61_000]) : random.int(1, 4);
}

/** Leaves out what has the key of an earlier row; a play may be in several reads. */
function unique({ name, key }: TableSpec, rows: Row[]): Row[] {
  const keyOf = (row: Row) =>
    JSON.stringify([...key, ...(name === "plays" ? ["read_seq"] : [])].map((column) => row[column]));
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}
