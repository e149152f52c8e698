/**
 * transform: on word of a new raw object, builds the table files of its stream-day anew from all raw objects there.
 *
 * Table files are a pure function of raw, so runs may repeat, overlap and die anywhere. What keeps them right is the
 * order: the ETags of *all* targets, then the list of raw objects, then writes that hold only over those ETags; whoever
 * loses a race starts over from the ETags. An ETag read after the list, or a second try of one target alone, would let
 * an older list overwrite a newer file.
 */
import { programVersion as ownVersion, tablesOf } from "../../schemas";
import { glueDescriptor } from "../../schemas/formats";
import { buildRows } from "./build";
import type { Catalog } from "./glueCatalog";
import { failure } from "../shared/errors";
import { metricDimensions, transformMetrics } from "../shared/metrics";
import { badRawObject, rawLines, rawOutlines } from "../raw/reader";
import { parseRawKey, rawPrefix, streamKind, type StreamDay } from "../raw/format";
import type { RawReader } from "./closedReads";
import { isConflict, type Condition, type ObjectVersion, type Store } from "../shared/store";
import {
  contentTypeOf,
  partitionPrefix,
  targetBytes,
  targetDigest,
  targetsOf,
  type Target,
  type TargetSettings,
} from "./targets";

/** What transform works with. `now` and `sleep` are in ms. */
export interface TransformDeps {
  raw: Store;
  lake: Store;
  catalog: Catalog;
  log(entry: Record<string, unknown>): void;
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** How files are written, and the bucket of the store `lake`. */
export interface TransformSettings extends TargetSettings {
  /** Name of the stack, which its metrics carry. */
  stack: string;
  lakeBucket: string;
}

/** The part of an S3 notification that is read; a test event has no records. */
export interface S3Event {
  Records?: { s3: { object: { key: string } } }[];
}

/** What was done for one stream-day. */
export interface StreamDayResult extends StreamDay {
  /** Tries it took: more than one after lost races. */
  attempts: number;
  /** Keys that were written; the others already held the same. */
  written: string[];
  /** Rows per table; empty if nothing had to be built. */
  rows: Record<string, number>;
  /** Rows that lie in quarantine, and full reads that were rejected; 0 if nothing had to be built. */
  quarantined: number;
  blocked: number;
}

/** A target, and what lies there before raw is listed. */
interface KnownTarget extends Target {
  version: ObjectVersion | undefined;
}

const maxAttempts = 8;

/**
 * Brings the table files and partitions of every stream-day that the event names up to date. Keys that are not raw
 * objects' are logged and passed over. Safe to repeat and to run at once with others.
 *
 * Throws if one stream-day cannot be done, so that the event is delivered again or goes to the failure destination; the
 * others are done first, and nothing of a stream-day is written before all of it is built. Codes: `bad_raw_object`;
 * `newer_program`, if a file was written by a newer version of this program, which then has to handle the event; `busy`,
 * after too many lost races.
 */
export async function transform(
  deps: TransformDeps,
  settings: TransformSettings,
  event: S3Event,
): Promise<StreamDayResult[]> {
  const results: StreamDayResult[] = [];
  const errors: unknown[] = [];
  for (const { streamDay, run_id } of streamDays(deps, event)) {
    const { listener } = streamDay;
    const started = deps.now();
    try {
      const result = await transformStreamDay(deps, settings, streamDay);
      results.push(result);
      deps.log({ message: "transformed", run_id, ...result, ms: deps.now() - started });
      const rows = Object.values(result.rows).reduce((sum, count) => sum + count, 0);
      const counts = { rows, quarantined: result.quarantined, blocked: result.blocked };
      deps.log(transformMetrics(deps.now(), metricDimensions(settings.stack, listener), counts));
    } catch (error) {
      errors.push(error);
      const ms = deps.now() - started;
      deps.log({
        level: "ERROR",
        message: "not transformed",
        run_id,
        ...streamDay,
        error: String(error),
        ms,
      });
    }
  }
  if (errors.length > 0) throw errors[0];
  return results;
}

/** The distinct stream-days of an event, each with a run that landed something there. */
function streamDays(deps: TransformDeps, event: S3Event): { streamDay: StreamDay; run_id: string }[] {
  const found = new Map<string, { streamDay: StreamDay; run_id: string }>();
  for (const record of event.Records ?? []) {
    const { key } = record.s3.object;
    const streamDay = parseRawKey(decodeKey(key));
    if (streamDay && !Number.isNaN(Date.parse(streamDay.day)))
      found.set(rawPrefix(streamDay), { streamDay, run_id: runOf(key) });
    else deps.log({ message: "ignored: not the key of a raw object", key });
  }
  return [...found.values()];
}

/** The run in the key of a raw object: `…/<run>-<part>-<hash>.jsonl.gz`. */
function runOf(key: string): string {
  return key
    .slice(key.lastIndexOf("/") + 1)
    .split("-")
    .slice(0, -2)
    .join("-");
}

/** A key as S3 puts it into events: form-encoded. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    return "";
  }
}

async function transformStreamDay(
  deps: TransformDeps,
  settings: TransformSettings,
  streamDay: StreamDay,
): Promise<StreamDayResult> {
  for (let attempts = 1; attempts <= maxAttempts; attempts += 1) {
    if (attempts > 1) await deps.sleep(Math.random() * 50 * 2 ** attempts);
    const done = await tryStreamDay(deps, settings, streamDay);
    if (done) {
      await registerPartitions(deps.catalog, settings, streamDay);
      return { ...streamDay, attempts, ...done };
    }
  }
  throw failure(
    "busy",
    `${rawPrefix(streamDay)} was written by others ${maxAttempts} times while it was transformed; try again.`,
  );
}

/** One round: what was done, or undefined if another wrote a target since its ETag was read. */
async function tryStreamDay(
  deps: TransformDeps,
  settings: TransformSettings,
  streamDay: StreamDay,
): Promise<Omit<StreamDayResult, keyof StreamDay | "attempts"> | undefined> {
  const { programVersion = ownVersion } = settings;
  const targets = await readTargets(deps.lake, settings, streamDay);
  const keys = (await deps.raw.list(rawPrefix(streamDay))).filter((key) => parseRawKey(key)).sort();
  const stale = targets
    .map((target) => ({
      ...target,
      digest: targetDigest(target, settings, keys),
    }))
    .filter(({ digest, version }) => version?.metadata.digest !== digest);
  if (stale.length === 0) return { written: [], rows: {}, quarantined: 0, blocked: 0 };

  const built = await buildRows(streamDay, keys, rawReader(deps.raw), settings.qualityRules);
  const bodies: Uint8Array[] = [];
  for (const target of stale) bodies.push(await targetBytes(target, built, settings, target.digest));
  for (const [index, target] of stale.entries()) {
    const { key, version, digest } = target;
    const condition: Condition = version ? { ifMatch: version.etag } : { ifNoneMatch: "*" };
    const metadata = { digest, "program-version": String(programVersion) };
    try {
      await deps.lake.put(key, bodies[index]!, condition, {
        contentType: contentTypeOf(target, settings),
        metadata,
      });
    } catch (error) {
      if (isConflict(error)) return undefined;
      throw error;
    }
  }
  return {
    written: stale.map(({ key }) => key),
    rows: Object.fromEntries(Object.entries(built.rows).map(([table, made]) => [table, made.length])),
    quarantined: Object.values(built.quarantine).flat().length,
    blocked: built.blocked.length,
  };
}

/** The stream-day's targets in the order of writing; throws `newer_program` if this program may not write one. */
async function readTargets(
  lake: Store,
  { format, programVersion = ownVersion }: TransformSettings,
  streamDay: StreamDay,
): Promise<KnownTarget[]> {
  const targets = await Promise.all(
    targetsOf(streamDay, format).map(async (target) => ({ ...target, version: await lake.head(target.key) })),
  );
  for (const { key, version } of targets) {
    if (Number(version?.metadata["program-version"] ?? 0) > programVersion) {
      throw failure(
        "newer_program",
        `${key} was written by a newer program, which has to handle this event.`,
      );
    }
  }
  return targets;
}

/** Registers the day in every table, what makes reads visible last: also for files that were there already. */
async function registerPartitions(catalog: Catalog, settings: TransformSettings, { slug, day }: StreamDay) {
  const { programVersion = ownVersion } = settings;
  for (const table of tablesOf(streamKind(slug))) {
    const location = `s3://${settings.lakeBucket}/${partitionPrefix(table, day)}`;
    await catalog.register(table.name, day, glueDescriptor(table, settings.format, location), programVersion);
  }
}

/** Reads raw objects out of their bucket. */
export function rawReader(raw: Store): RawReader {
  const open = async (key: string) => {
    const object = await raw.get(key);
    if (!object) throw badRawObject(key, 1, "it is gone");
    return object.body;
  };
  return {
    async *lines(key) {
      yield* rawLines(await open(key), key);
    },
    async *outlines(key) {
      yield* rawOutlines(await open(key), key);
    },
  };
}
