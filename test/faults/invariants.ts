import { transform } from "../../handlers/transform/transform";
import { programVersion, tables } from "../../schemas";
import { uriOf, type Library } from "../../simulator/model";
import { verify } from "../../cli/verify/verify";
import { memoryStore } from "../support/memoryStore";
import { eventOf, world as transformWorld } from "../support/transformWorld";
import { missingPlays, playName } from "../support/plays";
import { expectedItems } from "../support/truth";
import type { FaultWorld } from "./faultWorld";
import { LakeReader, entryTable, tableOf, type AcceptedRead, type LakeRow } from "./lakeReader";

/** What must not be, in one sentence. */
export class Violation extends Error {}

function demand(isSo: boolean, otherwise: () => string): asserts isSo {
  if (!isSo) throw new Violation(otherwise());
}

function demandEqual(found: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  demand(a === b, () => `${what}: the lake has ${clip(a)}, the truth is ${clip(b)}`);
}

function clip(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}

/**
 * Watches the lake as a reader who looks after each write: a container that was seen never goes back to an older read
 * or vanishes, and what a read holds never changes.
 */
export function watchReaders(world: FaultWorld): void {
  const reader = new LakeReader(world.lake.objects);
  const newest = new Map<string, number>();
  const contents = new Map<string, string>();
  world.onLakeChange = (key) => {
    const table = tableOf(key);
    if (table === undefined || !setLike.includes(table)) return;
    const seen = new Map<string, number>();
    for (const read of reader.acceptedReads()) {
      seen.set(`${read.stream} ${read.container}`, read.readSeq);
      const held = JSON.stringify(sorted(read.rows));
      const before = contents.get(String(read.readSeq)) ?? held;
      demand(before === held, () => `read ${read.readSeq} of ${read.container} has changed`);
      contents.set(String(read.readSeq), held);
    }
    for (const [container, readSeq] of newest)
      demand((seen.get(container) ?? -1) >= readSeq, () => `${container} fell back behind read ${readSeq}`);
    for (const [container, readSeq] of seen) newest.set(container, readSeq);
  };
}

const setLike = [
  "container_reads",
  "playlists",
  "playlist_items",
  "saved_tracks",
  "saved_albums",
  "followed_artists",
  "top_items",
];

/** A read's rows in the order of their text: a table file keeps none that means anything. */
function sorted(rows: LakeRow[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** All that must hold once nothing is under way any more; throws a {@link Violation}. */
export async function checkAtRest(world: FaultWorld): Promise<void> {
  for (const { function: name, state } of world.deliveries)
    demand(state === "succeeded", () => `an event of ${name} is ${state}`);
  await checkPurity(world);
  // Purity says more; verify has to agree, at a price.
  if (world.seed % 4 === 0) await checkVerified(world);
  const reader = new LakeReader(world.lake.objects);
  const reads = reader.acceptedReads();
  demandEqual(reads.length, reader.rows("container_reads").length, "reads whose rows are all there");
  const registered = new Map(tables.map(({ name }) => [name, registeredDays(world, name)]));
  for (const key of world.lake.objects.keys()) {
    const [, table, day] = /^g\d+\/(\w+)\/snapshot_date=([^/]+)\//.exec(key) ?? [];
    if (table) demand(registered.get(table)!.has(day!), () => `${table}/${day} is not registered`);
  }
  checkLibrary(world, reads);
  if (isRead(world, "playlist_items")) checkPlaylists(world, reads, reader);
  if (isRead(world, "recently_played")) checkPlays(world, reader);
  if (world.sources.includes("artist_details")) checkArtists(reader);
}

/** The days of a table that this program has registered. */
function registeredDays({ cloud }: FaultWorld, table: string): Set<string> {
  const own = cloud
    .partitions(table)
    .filter(({ Parameters }) => Parameters?.program_version === String(programVersion));
  return new Set(own.map(({ Values }) => Values[0]!));
}

function isRead({ sources }: FaultWorld, stream: string): boolean {
  return sources.includes("me") || sources.includes(stream);
}

/** The lake is what a lake made of raw alone would be, to the byte. */
async function checkPurity({ raw, lake, poisoned }: FaultWorld): Promise<void> {
  const fresh = { ...transformWorld(), raw, lake: memoryStore() };
  const keys = [...raw.objects.keys()].filter((key) => key.startsWith("raw/"));
  const deps = { ...fresh.deps, raw, lake: fresh.lake };
  await transform(
    deps,
    { stack: "faults", format: "csv", lakeBucket: "lake" },
    eventOf(...keys, ...poisoned),
  );
  demandEqual([...lake.objects.keys()].sort(), [...fresh.lake.objects.keys()].sort(), "files of the lake");
  for (const [key, { etag }] of fresh.lake.objects)
    demand(lake.objects.get(key)!.etag === etag, () => `${key} is not what raw gives`);
}

/** `npx spotify-lake verify` has nothing to say. */
async function checkVerified(world: FaultWorld): Promise<void> {
  const { raw, lake } = world;
  const days = async (table: string) => registeredDays(world, table);
  const deps = { raw, lake, days, progress: () => undefined };
  const { problems } = await verify(deps, { format: "csv" });
  const telling = problems.filter(({ kind }) => kind !== "stray");
  demand(telling.length === 0, () => `verify: ${telling[0]!.message}`);
}

function newest(reads: AcceptedRead[], stream: string): AcceptedRead | undefined {
  return reads.filter((read) => read.stream === stream).at(-1);
}

/** What stands in each library by its newest read is what the simulator has. */
function checkLibrary(world: FaultWorld, reads: AcceptedRead[]): void {
  const { library } = world;
  if (isRead(world, "saved_tracks"))
    demandEqual(
      inLibrary(reads, "saved_tracks", ({ item_uri, added_at }) => [item_uri, Date.parse(`${added_at}Z`)]),
      library.saved.map(({ track, addedAt }) => [uriOf(track), Date.parse(addedAt)].join(" ")).sort(),
      "saved tracks",
    );
  if (isRead(world, "saved_albums"))
    demandEqual(
      inLibrary(reads, "saved_albums", ({ album_id }) => [album_id!]),
      albumsOf(library),
      "saved albums",
    );
  if (isRead(world, "followed_artists"))
    demandEqual(
      (newest(reads, "followed_artists")?.rows ?? []).map(({ artist_id }) => artist_id).sort(),
      library.followed.map(({ id }) => id).sort(),
      "followed artists",
    );
}

/** Each playlist that is listed is there with its contents, or a skip says why not. */
function checkPlaylists({ library, mode }: FaultWorld, reads: AcceptedRead[], reader: LakeReader): void {
  const playlists = library.playlists.filter((playlist) => playlist !== null);
  const listed = (newest(reads, "playlists")?.rows ?? []).map(({ playlist_id }) => playlist_id!);
  demandEqual([...listed].sort(), playlists.map(({ id }) => id).sort(), "playlists");
  const contents = new Map(
    reads.filter(({ stream }) => stream === "playlist_items").map((read) => [read.container, read.rows]),
  );
  const items = [...contents]
    .filter(([id]) => listed.includes(id))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, rows]) => rows.map(itemOf).sort((a, b) => Number(a[1]) - Number(b[1])));
  demandEqual(items, expectedItems(library, mode), "contents of playlists");
  const skips = reader.rows("skips").filter(({ stream }) => stream === "playlist_items");
  const passedOver = new Set(skips.map(({ container_id }) => container_id));
  for (const { id } of playlists)
    demand(contents.has(id) || passedOver.has(id), () => `playlist ${id} has neither contents nor a skip`);
}

function itemOf({ playlist_id, item_position, item_type, item_uri, added_at }: LakeRow): unknown[] {
  const added = added_at && Date.parse(`${added_at}Z`);
  return [playlist_id, Number(item_position), item_type, item_uri, added];
}

/** A library by its newest full read and what was added since, each entry once. */
function inLibrary(reads: AcceptedRead[], stream: string, name: (row: LakeRow) => unknown[]): string[] {
  const own = reads.filter((read) => read.stream === stream);
  const version = own.filter(({ isFull }) => isFull).at(-1)?.libraryVersion;
  const rows = own.filter(({ libraryVersion }) => libraryVersion === version).flatMap((read) => read.rows);
  return [...new Set(rows.map((row) => name(row).join(" ")))].sort();
}

function albumsOf(library: Library): string[] {
  return library.savedAlbums.flatMap((saved) => saved?.album.id ?? []).sort();
}

/** Every play that Spotify ever returned is held, or lies in a gap; and so does what it would have told of in time. */
function checkPlays({ listening, returnedAt, clock }: FaultWorld, reader: LakeReader): void {
  const ms = (time: string | null | undefined) => Date.parse(`${time}Z`);
  const rows = reader.rows(entryTable("plays"));
  const held = new Set(rows.map(({ played_at, item_uri }) => `${ms(played_at)} ${item_uri}`));
  const gaps = reader
    .rows("gaps")
    .map(({ gap_from, gap_to }) => [ms(gap_from), ms(gap_to)] as [number, number]);
  const returned = new Set([...returnedAt.keys()].map(playName));
  for (const play of held) demand(returned.has(play), () => `play ${play} was never returned`);
  const missing = missingPlays({ held, gaps }, { listening, returnedAt, now: clock.ms }, false);
  for (const [how, plays] of Object.entries(missing))
    demand(plays.length === 0, () => `${how} play ${playName(plays[0]!)} is missing, and no gap tells of it`);
}

/** Of each artist that a track or album names, the details are known. */
function checkArtists(reader: LakeReader): void {
  const detailed = reader.rows("artists").filter(({ follower_count }) => follower_count !== null);
  const known = new Set(detailed.map(({ artist_id }) => artist_id));
  for (const { artist_id } of [...reader.rows("track_artists"), ...reader.rows("album_artists")])
    demand(artist_id === null || known.has(artist_id), () => `artist ${artist_id} has no details`);
}
