import { seal } from "../../handlers/transform/seal";
import { isMarker } from "../../handlers/transform/sealedMonths";
import { transform } from "../../handlers/transform/transform";
import { programVersion, tables } from "../../schemas";
import { verify } from "../../cli/verify/verify";
import { dayMs } from "../../simulator/times";
import { eventOf, world as transformWorld } from "../support/transformWorld";
import type { FaultSimulation } from "./faultSimulation";
import { LakeReader, tableOf } from "./lakeReader";
import { checkViews } from "./viewChecks";
import { demand, demandEqual } from "./violation";

/** Throws a Violation unless everything holds that must hold when nothing is in flight. */
export async function checkAtRest(simulation: FaultSimulation): Promise<{ gaps: number }> {
  for (const { function: name, state } of simulation.deliveries)
    demand(state === "succeeded", () => `an event of ${name} is ${state}`);
  await checkPurity(simulation);
  // This follows from purity: a sample is enough.
  if (simulation.seed % 4 === 0) await checkVerified(simulation);
  const reader = new LakeReader(simulation);
  const { length } = reader.acceptedReads();
  demandEqual(length, reader.rows("container_reads").length, "reads whose rows are all there");
  checkRegistered(simulation);
  if (simulation.setup.sources.includes("artist_details")) checkArtists(reader);
  return checkViews(simulation);
}

/** The lake is what transform and seal make of raw alone, to the byte. */
async function checkPurity({ raw, lake, damaged, setup, sealNow }: FaultSimulation): Promise<void> {
  const fresh = transformWorld();
  const keys = [...raw.objects.keys()].filter((key) => key.startsWith("raw/"));
  const deps = { ...fresh.deps, raw };
  const settings = { stack: "faults", format: "csv", lakeBucket: "lake" } as const;
  await transform(deps, settings, eventOf(...keys, ...damaged));
  if (setup.sealAheadDays !== undefined)
    for (const now of [sealNow - dayMs, sealNow]) await seal({ ...deps, now: () => now }, settings);
  demandEqual([...lake.objects.keys()].sort(), [...fresh.lake.objects.keys()].sort(), "files of the lake");
  for (const [key, { etag }] of fresh.lake.objects)
    demand(isMarker(key) || lake.objects.get(key)!.etag === etag, () => `${key} is not what raw gives`);
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

/** Each table file lies where a partition leads to that this program has registered. */
function checkRegistered(simulation: FaultSimulation): void {
  const registered = new Map(tables.map(({ name }) => [name, registeredPartitions(simulation, name)]));
  for (const key of simulation.lake.objects.keys()) {
    const table = tableOf(key);
    if (table === undefined) continue;
    const folder = key.slice(0, key.lastIndexOf("/") + 1);
    const [, month] = /snapshot_month=([^/]+)/.exec(folder)!;
    demandEqual(registered.get(table)!.get(month!), `s3://lake/${folder}`, `partition ${month} of ${table}`);
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
