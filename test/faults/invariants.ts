import { transform } from "../../handlers/transform/transform";
import { programVersion, tables } from "../../schemas";
import { verify } from "../../cli/verify/verify";
import { memoryStore } from "../../cloud/memory/memoryStore";
import { eventOf, world as transformWorld } from "../support/transformWorld";
import type { FaultSimulation } from "./faultSimulation";
import { LakeReader, tableOf, type LakeRow } from "./lakeReader";
import { checkViews } from "./viewChecks";
import { demand, demandEqual } from "./violation";

/**
 * Looks at the lake after each write, as a reader could: a container that was seen never falls back to an older read and
 * never vanishes, and the rows of a read never change.
 */
export function watchReaders(simulation: FaultSimulation): void {
  const reader = new LakeReader(simulation.lake.objects);
  const newest = new Map<string, number>();
  const contents = new Map<string, string>();
  simulation.onLakeChange = (key) => {
    const table = tableOf(key);
    if (table === undefined || !setLike.includes(table)) return;
    const seen = new Map<string, number>();
    for (const { listener, stream, container, readSeq, rows } of reader.acceptedReads()) {
      seen.set(`${stream} ${container} of ${listener}`, readSeq);
      const read = `${readSeq} of ${container} of ${listener}`;
      const held = JSON.stringify(sorted(rows));
      demand((contents.get(read) ?? held) === held, () => `read ${read} has changed`);
      contents.set(read, held);
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

/** Rows by their text: their order in a table file has no meaning. */
function sorted(rows: LakeRow[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** Throws a Violation unless everything holds that must hold when nothing is in flight. */
export async function checkAtRest(simulation: FaultSimulation): Promise<{ gaps: number }> {
  for (const { function: name, state } of simulation.deliveries)
    demand(state === "succeeded", () => `an event of ${name} is ${state}`);
  await checkPurity(simulation);
  // This follows from purity: a sample is enough.
  if (simulation.seed % 4 === 0) await checkVerified(simulation);
  const reader = new LakeReader(simulation.lake.objects);
  const { length } = reader.acceptedReads();
  demandEqual(length, reader.rows("container_reads").length, "reads whose rows are all there");
  checkRegistered(simulation);
  if (simulation.setup.sources.includes("artist_details")) checkArtists(reader);
  return checkViews(simulation);
}

/** The lake is what transform makes of raw alone, to the byte. */
async function checkPurity({ raw, lake, damaged }: FaultSimulation): Promise<void> {
  const fresh = { ...transformWorld(), raw, lake: memoryStore() };
  const keys = [...raw.objects.keys()].filter((key) => key.startsWith("raw/"));
  const deps = { ...fresh.deps, raw, lake: fresh.lake };
  await transform(deps, { stack: "faults", format: "csv", lakeBucket: "lake" }, eventOf(...keys, ...damaged));
  demandEqual([...lake.objects.keys()].sort(), [...fresh.lake.objects.keys()].sort(), "files of the lake");
  for (const [key, { etag }] of fresh.lake.objects)
    demand(lake.objects.get(key)!.etag === etag, () => `${key} is not what raw gives`);
}

/** The command verify finds no problem. */
async function checkVerified(simulation: FaultSimulation): Promise<void> {
  const { raw, lake } = simulation;
  const partitions = async (table: string) => registeredPartitions(simulation, table);
  const deps = { raw, lake, partitions, progress: () => undefined };
  const { problems } = await verify(deps, { format: "csv" });
  const serious = problems.filter(({ kind }) => kind !== "stray");
  demand(serious.length === 0, () => `verify: ${serious[0]!.message}`);
}

/** Each table file lies in a partition that this program has registered. */
function checkRegistered(simulation: FaultSimulation): void {
  const registered = new Map(tables.map(({ name }) => [name, registeredPartitions(simulation, name)]));
  for (const key of simulation.lake.objects.keys()) {
    const [, table, month] = /^(?:sealed\/)?g\d+\/(\w+)\/snapshot_month=([^/]+)\//.exec(key) ?? [];
    if (table) demand(registered.get(table)!.has(month!), () => `${table}/${month} is not registered`);
  }
}

/** The partitions of a table that this program has registered, and where they lead to. */
function registeredPartitions({ cloud }: FaultSimulation, table: string): Map<string, string | undefined> {
  const own = cloud
    .partitions(table)
    .filter(({ Parameters }) => Parameters?.program_version === String(programVersion));
  return new Map(own.map(({ Values, StorageDescriptor }) => [Values[0]!, StorageDescriptor?.Location]));
}

/** The details are known of each artist that a track or album names. */
function checkArtists(reader: LakeReader): void {
  const detailed = reader.rows("artists").filter(({ follower_count }) => follower_count !== null);
  const known = new Set(detailed.map(({ artist_id }) => artist_id));
  for (const { artist_id } of [...reader.rows("track_artists"), ...reader.rows("album_artists")])
    demand(artist_id === null || known.has(artist_id), () => `artist ${artist_id} has no details`);
}
