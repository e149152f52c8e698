/**
 * transform: when a raw object is created, rebuilds the table files of its stream-day from all raw objects there.
 *
 * Table files are a pure function of raw, so runs may repeat, overlap and fail at any point. The order keeps them right:
 * read the ETags of *all* targets, then list the raw objects, then write on condition of those ETags; after a lost race,
 * start over from the ETags. Reading an ETag after the list, or retrying one target alone, would let an older list
 * overwrite a newer file.
 */
import { programVersion as ownVersion, tablesOf } from "../../schemas";
import { glueDescriptor } from "../../schemas/formats";
import { buildRows } from "./build";
import type { Catalog } from "./glueCatalog";
import { failure } from "../shared/errors";
import { transformMetrics } from "../shared/metrics";
import { rawReader } from "../raw/reader";
import { parseRawKey, rawPrefix, streamKind, type StreamDay } from "../raw/format";
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

/** What transform needs. `now` and `sleep` are in ms. */
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

/** The part of an S3 notification that is used; a test event has no records. */
export interface S3Event {
  Records?: { s3: { object: { key: string } } }[];
}

/** What was done for one stream-day. */
export interface StreamDayResult extends StreamDay {
  /** More than one after lost races. */
  attempts: number;
  /** Keys that were written; the other files were up to date. */
  written: string[];
  /** Rows per table; empty if nothing had to be built. */
  rows: Record<string, number>;
  /** Rows in quarantine, and full reads that were rejected; 0 if nothing had to be built. */
  quarantined: number;
  blocked: number;
}

/** A target, and its version before raw was listed. */
interface KnownTarget extends Target {
  version: ObjectVersion | undefined;
}

/** A target that has to be written, and the digest of what it is made from. */
interface StaleTarget extends KnownTarget {
  digest: string;
}

const maxAttempts = 8;

/**
 * Updates the table files and partitions of every stream-day that the event names. Keys that are not of raw objects are
 * logged and skipped. Safe to repeat and to run in parallel.
 *
 * Throws if a stream-day fails, so that the event is retried or goes to the failure destination. The others are done
 * first, and nothing of a stream-day is written before all of it is built. Codes: `bad_raw_object`; `newer_program`, if a
 * newer version of this program wrote a file; `busy`, after too many lost races.
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
      deps.log(transformMetrics(deps.now(), { stack: settings.stack, listener }, counts));
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

/** Returns the stream-days of an event, once each, with a run that wrote a raw object there. */
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

/** Returns the run in the key of a raw object: `…/<run>-<part>-<hash>.jsonl.gz`. */
function runOf(key: string): string {
  return key
    .slice(key.lastIndexOf("/") + 1)
    .split("-")
    .slice(0, -2)
    .join("-");
}

/** Decodes a key as S3 puts it into events: form-encoded. */
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

/** Makes one attempt. Returns undefined if another run wrote a target since its ETag was read. */
async function tryStreamDay(
  deps: TransformDeps,
  settings: TransformSettings,
  streamDay: StreamDay,
): Promise<Omit<StreamDayResult, keyof StreamDay | "attempts"> | undefined> {
  const targets = await readTargets(deps.lake, settings, streamDay);
  const keys = (await deps.raw.list(rawPrefix(streamDay))).filter((key) => parseRawKey(key)).sort();
  const stale = targets
    .map((target): StaleTarget => ({ ...target, digest: targetDigest(target, settings, keys) }))
    .filter(({ digest, version }) => version?.metadata.digest !== digest);
  if (stale.length === 0) return { written: [], rows: {}, quarantined: 0, blocked: 0 };

  const built = await buildRows(streamDay, keys, rawReader(deps.raw), settings.qualityRules);
  const bodies: Uint8Array[] = [];
  for (const target of stale) bodies.push(await targetBytes(target, built, settings, target.digest));
  for (const [index, target] of stale.entries())
    if (!(await putTarget(deps.lake, settings, target, bodies[index]!))) return undefined;
  return {
    written: stale.map(({ key }) => key),
    rows: Object.fromEntries(Object.entries(built.rows).map(([table, made]) => [table, made.length])),
    quarantined: Object.values(built.quarantine).flat().length,
    blocked: built.blocked.length,
  };
}

/** Writes a target over the version that was read. Returns false if that is no longer the current one. */
async function putTarget(
  lake: Store,
  settings: TransformSettings,
  target: StaleTarget,
  body: Uint8Array,
): Promise<boolean> {
  const { key, version, digest } = target;
  const { programVersion = ownVersion } = settings;
  const condition: Condition = version ? { ifMatch: version.etag } : { ifNoneMatch: "*" };
  const metadata = { digest, "program-version": String(programVersion) };
  try {
    await lake.put(key, body, condition, { contentType: contentTypeOf(target, settings), metadata });
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

/** Returns the stream-day's targets in the order of writing. Throws `newer_program` if this program may not write one. */
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

/** Registers the day in every table, container_reads last, even if all files were up to date. */
async function registerPartitions(catalog: Catalog, settings: TransformSettings, { slug, day }: StreamDay) {
  const { programVersion = ownVersion } = settings;
  for (const table of tablesOf(streamKind(slug))) {
    const location = `s3://${settings.lakeBucket}/${partitionPrefix(table, day)}`;
    await catalog.register(table.name, day, glueDescriptor(table, settings.format, location), programVersion);
  }
}
