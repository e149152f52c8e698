import { gzipSync } from "node:zlib";
import { buildRows, type Built } from "../../handlers/transform/build";
import {
  rawKey,
  streamSlug,
  type CloseLine,
  type GapLine,
  type HeaderLine,
  type ObjectLine,
  type PageLine,
  type RawLine,
  type RunLine,
  type SkipLine,
} from "../../handlers/raw/format";
import type { Row } from "../../schemas";
import { sha256 } from "../../handlers/shared/sha256";
import type { QualityRules } from "../../schemas/quality";

/** Synthetic raw lines and objects, each with what a test says and otherwise something plain. */

const listener = "me";
export const day = "2026-03-04";
const date = "Wed, 04 Mar 2026 05:06:07 GMT";
/** `date` in ms. */
export const dateMs = Date.UTC(2026, 2, 4, 5, 6, 7);

export function header(fields: Partial<HeaderLine> = {}): HeaderLine {
  const readSeq = fields.read_seq ?? 1;
  return {
    kind: "header",
    format: 1,
    listener,
    stream: "playlists",
    container: fields.stream ?? "playlists",
    read_seq: readSeq,
    run_id: "run-1",
    request: "/me/playlists?limit=50&offset=0",
    version: null,
    read_kind: "full",
    library_version: readSeq,
    ...fields,
  };
}

export function page(items: unknown, fields: Partial<PageLine> = {}): PageLine {
  return { kind: "page", read_seq: 1, offset: 0, date, body: { items }, ...fields };
}

export function object(body: unknown, fields: Partial<ObjectLine> = {}): ObjectLine {
  return { kind: "object", read_seq: 1, date, body, ...fields };
}

export function close(positions: number, fields: Partial<CloseLine> = {}): CloseLine {
  return {
    kind: "close",
    read_seq: 1,
    container: "playlists",
    version: null,
    pages: 1,
    positions,
    completed_at: "2026-03-04T05:07:00.250Z",
    ...fields,
  };
}

export function skip(fields: Partial<SkipLine> = {}): SkipLine {
  return {
    kind: "skip",
    listener,
    stream: "playlists",
    run_id: "run-1",
    container: "p9",
    container_name: "Not mine",
    position: -1,
    reason: "not_owned",
    http_status: 403,
    message: "Forbidden",
    count: 1,
    until: "2026-04-03T00:00:00Z",
    at: "2026-03-04T05:06:08Z",
    ...fields,
  };
}

export function run(fields: Partial<RunLine> = {}): RunLine {
  return {
    kind: "run",
    listener,
    run_id: "run-1",
    event_id: "event-1",
    started_at: "2026-03-04T05:06:00.000Z",
    ended_at: "2026-03-04T05:07:01.500Z",
    status: "complete",
    stop_reason: null,
    stop_message: null,
    calls: 12,
    retries: 1,
    containers_read: 2,
    containers_unchanged: 3,
    containers_skipped: 4,
    raw_objects: 5,
    budget_used: 12,
    not_before: null,
    token_days_left: null,
    ...fields,
  };
}

export function gap(fields: Partial<GapLine> = {}): GapLine {
  return {
    kind: "gap",
    listener,
    stream: "recently_played",
    run_id: "run-1",
    from: "2026-03-04T01:00:00.500Z",
    to: "2026-03-04T03:30:00Z",
    at: "2026-03-04T05:06:08Z",
    ...fields,
  };
}

/** A track as Spotify describes it. */
export function track(id: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    name: `Track ${id}`,
    type: "track",
    uri: `spotify:track:${id}`,
    track: true,
    episode: false,
    duration_ms: 200_000,
    explicit: false,
    disc_number: 1,
    track_number: 2,
    is_local: false,
    external_ids: { isrc: `ISRC${id}` },
    artists: [{ id: "a1", name: "Ann", uri: "spotify:artist:a1" }],
    album: {
      id: "al1",
      name: "Album",
      album_type: "album",
      release_date: "1981-12",
      release_date_precision: "month",
      total_tracks: 9,
      images: [{ url: "https://images.example/al1" }],
      artists: [{ id: "a1", name: "Ann" }],
      uri: "spotify:album:al1",
    },
    ...fields,
  };
}

/** An album as /me/albums describes it, with two tracks that have neither ISRC nor album. */
export function album(id: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  const tracks = [1, 2].map((number) =>
    track(`${id}-t${number}`, { track_number: number, external_ids: undefined, album: undefined }),
  );
  return {
    ...(track("").album as object),
    id,
    name: `Album ${id}`,
    uri: `spotify:album:${id}`,
    label: "Label",
    external_ids: { upc: `UPC${id}` },
    tracks: { items: tracks, total: 2 },
    ...fields,
  };
}

/** An artist as Spotify describes it in full. */
export function artist(id: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    name: `Artist ${id}`,
    type: "artist",
    uri: `spotify:artist:${id}`,
    popularity: 40,
    followers: { href: null, total: 1234 },
    genres: ["folk", "dub"],
    images: [{ url: `https://images.example/${id}` }],
    ...fields,
  };
}

/** An entry of /me/player/recently-played. */
export function played(id: string, playedAt: string, fields: Record<string, unknown> = {}) {
  const context = { type: "playlist", uri: "spotify:playlist:p1" };
  return { track: track(id), played_at: playedAt, context, ...fields };
}

/** A playlist as /me/playlists describes it. */
export function playlist(id: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id,
    name: `List ${id}`,
    description: "",
    owner: { id: "u1", display_name: "Una" },
    public: true,
    collaborative: false,
    snapshot_id: `s-${id}`,
    items: { total: 3 },
    images: [{ url: `https://images.example/${id}` }],
    ...fields,
  };
}

/** A raw object of these lines: key and gzipped bytes. */
export function rawObject(stream: string, part: number, lines: (RawLine | string)[]) {
  const text = lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");
  const key = rawKey({ listener, slug: streamSlug(stream), day }, "run-1", part, sha256(text));
  return { key, body: gzipSync(text) };
}

/** The rows of a stream-day that holds these objects, each a list of lines. */
export async function build(stream: string, ...objects: RawLine[][]): Promise<Record<string, Row[]>> {
  return (await buildAll(stream, {}, ...objects)).rows;
}

/** What {@link buildRows} makes, its rows as plain ones. */
type PlainBuilt = Omit<Built, "rows"> & { rows: Record<string, Row[]> };

/** The same with what was kept out of the tables, by these quality rules. */
export async function buildAll(
  stream: string,
  rules: QualityRules,
  ...objects: RawLine[][]
): Promise<PlainBuilt> {
  const keys = objects.map((_, index) => String(index));
  async function* lines(key: string) {
    yield* objects[Number(key)]!;
  }
  const raw = { lines, outlines: lines };
  const built = await buildRows({ listener, slug: streamSlug(stream), day }, keys, raw, rules);
  const rows = Object.entries(built.rows).map(([table, some]): [string, Row[]] => [table, [...some]]);
  return { ...built, rows: Object.fromEntries(rows) };
}
