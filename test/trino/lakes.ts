import * as fs from "node:fs";
import * as path from "node:path";
import { Readable } from "node:stream";
import { BenchLake } from "../../bench/lake/benchLake";
import { fileStore } from "../../bench/lake/fileStore";
import { Person } from "../../bench/years/person";
import { openRawWriter } from "../../handlers/raw/writer";
import type { Store } from "../../handlers/shared/store";
import { isWhole, placeOf } from "../../handlers/transform/sealedMonths";
import { UserError } from "../../cloud/errors";
import { importFile } from "../../cli/import/history-file";
import { PartitionFiles } from "../../cloud/glue/partitions";
import { memoryStore } from "../../cloud/memory/memoryStore";
import { readFolder, writeFolder } from "../../cloud/localState";
import { evaluateCached } from "../../cloud/pulumi/cache";
import { simulate, type Use } from "../../cli/lib/run";
import { simulatedCredentials } from "../../simulator/accounts";
import { libraryAt } from "../../simulator/library";
import type { Program } from "../../cloud/types";
import { tables } from "../../schemas";
import type { TableFormat } from "../../schemas/formats";
import { addOddPartitions } from "./oddities";

const dayMs = 86_400_000;
const days = 3;

/** Days from the first simulated days to the others: the first ones' month is sealed by then, and day files are removed. */
const sealedDays = 45;
const seed = 7;

/** The lakes' setting `timezone`: one that has summer time. */
export const timezone = "Europe/Berlin";

/** All that the simulated Spotify can be asked. */
function settingsOf(format: TableFormat, start: number): Record<string, string> {
  const { allTracks } = libraryAt({ seed, start, now: start });
  const { album, artists } = allTracks.find((track) => track.album !== null)!;
  const word = /[a-z]{4,}/.exec(artists[0]!.name)![0];
  const named = [`album:${album!.id}`, `artist:${artists[0]!.id}`, `search:${word}`];
  return {
    tableFormat: format,
    timezone,
    playsSchedule: "rate(6 hours)",
    extendedQuota: "true",
    sources: JSON.stringify(["me", "podcasts", "artist_details", ...named]),
  };
}

/** The first simulated instant (ms UTC); three days later simulated time jumps to the days up to today. */
function firstInstant(): number {
  return Math.floor(Date.now() / dayMs) * dayMs - (days - 1 + sealedDays) * dayMs;
}

/**
 * Makes the lake of an embedded cloud in `dir`, of Parquet files: three simulated days whose month is sealed, three more up to today, three
 * years of imported history and a gap before them, and partitions of odd rows in every table. Throws a `UserError` if a
 * table has no sealed partition, or only such.
 */
export async function simulateLake(dir: string): Promise<void> {
  const format = "parquet";
  fs.rmSync(dir, { recursive: true, force: true });
  const start = firstInstant();
  const simulateDays = async (from: number, first?: Use) => {
    const settings = settingsOf(format, start);
    const { json, failures } = await simulate({ days, from, seed, settings, out: dir, first });
    if (json.failures > 0)
      throw new UserError(`The pipeline failed: ${failures[0]?.error.errorMessage ?? "see its runs"}.`);
  };
  await simulateDays(start, async ({ cloud }) => {
    await landHistory(cloud.store("raw"), start);
    await landGaps(cloud.store("raw"), start);
  });
  const today = start + sealedDays * dayMs;
  writeFolder(dir, { ...readFolder(dir)!, now: today });
  await simulateDays(today, async ({ cloud }) => landGaps(cloud.store("raw"), today));
  requireSealed(dir);
  await addOddPartitions(dir, format);
}

/**
 * Makes the same lake in another format in `dir`: transform, in this process, gets the raw of the lake in `simulated`.
 * To simulate the days again would take most of the time of a comparison. Throws as {@link simulateLake}.
 */
export async function transformLake(format: TableFormat, simulated: string, dir: string): Promise<void> {
  fs.rmSync(dir, { recursive: true, force: true });
  const { manifest, now } = readFolder(simulated)!;
  const raw = fileStore(path.join(simulated, "s3", manifest.rawBucket));
  const lake = BenchLake.of(await evaluatedProgram(format, dir), dir, format, raw);
  await lake.add(await raw.list("raw/"));
  await lake.seal(now);
  lake.save(now);
  requireSealed(dir);
  await addOddPartitions(dir, format);
}

/**
 * Makes the lake of one person in `dir`, of so many years of 360 days up to today and with sealed months, of raw that is
 * generated as for `npm run bench -- years`.
 */
export async function generateLake(format: TableFormat, years: number, dir: string): Promise<void> {
  fs.rmSync(dir, { recursive: true, force: true });
  const tomorrow = (Math.floor(Date.now() / dayMs) + 1) * dayMs;
  const lake = BenchLake.of(await evaluatedProgram(format, dir), dir, format, memoryStore());
  const person = new Person(tomorrow - years * 360 * dayMs);
  for (let day = 0; day < years * 360; day += 1) await lake.land(person.day(day));
  await lake.seal(tomorrow);
  lake.save(tomorrow);
}

/** Requires that each table has partitions of sealed months, and others; the imported history has only old months. */
function requireSealed(dir: string): void {
  const { database } = readFolder(dir)!.manifest;
  const partitions = new PartitionFiles(dir);
  for (const { name } of tables) {
    const locations = partitions
      .list(database, name)
      .map(({ StorageDescriptor }) => StorageDescriptor!.Location!);
    const sealed = locations.filter(isWholeMonth);
    if (sealed.length === 0) throw new UserError(`The table ${name} has no sealed month to be tested.`);
    if (sealed.length === locations.length && name !== "streaming_history")
      throw new UserError(`The table ${name} has no open month to be tested.`);
  }
}

/** Returns whether a location is that of a month that is sealed as a whole. */
function isWholeMonth(location: string): boolean {
  const place = placeOf(`${location.replace(/^s3:\/\/[^/]+\//, "")}file`);
  return place !== undefined && isWhole(place);
}

/** Plays of saved tracks, five hours apart, some of them skipped; the last ends a week before `start`. */
async function landHistory(store: Store, start: number): Promise<void> {
  const { saved } = libraryAt({ seed, start, now: start });
  const tracks = saved.flatMap(({ track }) => (track.kind === "track" ? [track] : []));
  const plays = Array.from({ length: 5000 }, (_, index) => {
    const track = tracks[(index * index) % (10 + (index % 50))]!;
    return {
      ts: new Date(start - 7 * dayMs - (5000 - index) * 5 * 3_600_000).toISOString().replace(".000", ""),
      ms_played: (index * 7919) % 300_000,
      spotify_track_uri: `spotify:track:${track.id}`,
      master_metadata_track_name: track.name,
      master_metadata_album_artist_name: track.artists[0]?.name ?? null,
      master_metadata_album_album_name: track.album?.name ?? null,
      skipped: index % 3 === 0,
      shuffle: index % 2 === 0,
      platform: index % 4 === 0 ? "ios" : "web",
    };
  });
  const open = async () => Readable.from([Buffer.from(JSON.stringify(plays))]);
  await importFile({ name: "history.json", size: 0, open }, { store, listener: "me", keepPrivate: false });
}

/** A gap of three hours in the plays, noticed the day before `start`, and one that ends before it begins: no rule likes it. */
async function landGaps(store: Store, start: number): Promise<void> {
  const iso = (hours: number) => new Date(start - hours * 3_600_000).toISOString();
  const run = { run_id: "gap", listener: "me", stream: "recently_played" };
  const writer = openRawWriter({ store, listener: "me", run: "gap", beforePut: async () => undefined });
  const writeGap = (from: string, to: string) =>
    writer.add("recently_played", iso(2).slice(0, 10), { kind: "gap", ...run, from, to, at: iso(2) });
  writeGap(iso(8), iso(5));
  writeGap(iso(11), iso(12));
  await writer.flush();
}

/** The program as it stands, evaluated as the stack whose lake {@link simulateLake} makes; archives go to `dir`. */
export async function evaluatedProgram(format: TableFormat, dir: string): Promise<Program> {
  const secrets = {
    spotifyClientId: simulatedCredentials.clientId,
    spotifyClientSecret: simulatedCredentials.clientSecret,
    "spotifyRefreshToken-me": simulatedCredentials.refreshToken,
  };
  return evaluateCached({
    projectDir: path.join(__dirname, "..", ".."),
    project: "spotify-data-pipeline",
    stack: "local",
    config: { keepData: "false", ...settingsOf(format, firstInstant()), ...secrets },
    secretKeys: Object.keys(secrets),
    outDir: path.join(dir, "functions"),
  });
}
