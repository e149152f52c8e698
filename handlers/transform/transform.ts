/**
 * transform: when a raw object is created, rebuilds the table files of its stream-day from all raw objects there, and
 * registers their partitions. Of a day that is sealed, the files of the stream's month.
 */
import { programVersion as ownVersion } from "../../schemas";
import { glueDescriptor } from "../../schemas/formats";
import type { Catalog, Registration } from "./glueCatalog";
import { transformMetrics } from "../shared/metrics";
import { parseRawKey, rawPrefix, type StreamDay } from "../raw/format";
import { codeOf, failure } from "../shared/errors";
import { updateDay } from "./dayFiles";
import { rawMonthPrefix, updateMonth } from "./monthFiles";
import {
  monthPrefix,
  nextThrough,
  partsOf,
  readMarker,
  shownThrough,
  type KnownMarker,
} from "./sealedMonths";
import { dateOf, dayTargets, monthOf, quarantineTargets, type Target, type TargetSettings } from "./targets";
import type { Update, UpdateDeps } from "./update";

/** What transform needs. `now` is in ms. */
export interface TransformDeps extends UpdateDeps {
  catalog: Catalog;
  /** The markers of months as this process read them last: mostly they are still the same. */
  markers: Map<string, KnownMarker | undefined>;
  log(entry: Record<string, unknown>): void;
  now(): number;
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

/**
 * Updates the table files and partitions of every stream-day that the event names. Keys that are not of raw objects are
 * logged and skipped. Safe to repeat and to run in parallel.
 *
 * Throws if a stream-day fails, so that the event is retried or goes to the failure destination. The others are done
 * first, and nothing of a stream-day is written before all of its rows are made. Codes: `bad_raw_object`; `newer_program`, if a
 * newer version of this program wrote a file; `busy`, after too many lost races.
 */
export async function transform(
  deps: TransformDeps,
  settings: TransformSettings,
  event: S3Event,
): Promise<StreamDayResult[]> {
  const results: StreamDayResult[] = [];
  const errors: unknown[] = [];
  const sealed: SealedFiles = new Map();
  for (const { streamDay, run_id } of streamDays(deps, event)) {
    const { listener } = streamDay;
    const started = deps.now();
    try {
      const result = await transformStreamDay(deps, settings, streamDay, sealed);
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

/** Sealed files that are up to date since this event, by the prefix of their raw objects and the marker's ETag. */
type SealedFiles = Map<string, Pick<Target, "table">[]>;

/** How often the marker of a month may turn out to be another one. */
const maxAttempts = 3;

async function transformStreamDay(
  deps: TransformDeps,
  settings: TransformSettings,
  streamDay: StreamDay,
  sealed: SealedFiles,
): Promise<StreamDayResult> {
  const month = monthOf(streamDay.day);
  if (!deps.markers.has(month)) deps.markers.set(month, await readMarker(deps.lake, month));
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryStreamDay(deps, settings, streamDay, sealed);
    } catch (error) {
      if (codeOf(error) !== "sealed_meanwhile" || attempt === maxAttempts) throw error;
    }
  }
}

/**
 * Transforms a stream-day where readers see it, if the marker is the one that is known. If its month is being sealed further,
 * what they will see comes first, and after the list of raw: rows that are visible would vanish if the partition moved before
 * they are there, too. So all raw that a visible file is made from is in the next one, or was there before the marker, and
 * sealing finds it. Throws `sealed_meanwhile` if the marker is another one.
 */
async function tryStreamDay(
  deps: TransformDeps,
  settings: TransformSettings,
  streamDay: StreamDay,
  sealed: SealedFiles,
): Promise<StreamDayResult> {
  const month = monthOf(streamDay.day);
  const marker = deps.markers.get(month);
  const [shown, next] = [shownThrough(marker), nextThrough(marker)];
  const written: string[] = [];
  const afterList = async () => {
    const now = await readMarker(deps.lake, month);
    deps.markers.set(month, now);
    if (now?.etag !== marker?.etag)
      throw failure("sealed_meanwhile", `${month} was sealed further at the same time; try again.`);
    if (next !== undefined) written.push(...(await updateNext(deps, settings, streamDay, next)));
  };
  // A seal moves the partitions, and gives them the columns of the program.
  const mayChange = async () =>
    next === undefined && (await readMarker(deps.lake, month))?.etag === marker?.etag;
  const isSealed = dateOf(streamDay.day) <= shown;
  if (isSealed) {
    const streamMonth = { ...streamDay, month };
    const name = `${rawMonthPrefix(streamMonth)} ${marker!.etag}`;
    let files = sealed.get(name);
    if (!files) {
      const update = await updateMonth(deps, settings, streamMonth, shown, afterList);
      written.push(...update.written);
      files = update.present;
    }
    // All days of an event had landed before.
    if (next === undefined) sealed.set(name, files);
    await registerFiles(deps, settings, files, month, shown, { mayChange });
  }
  const ofDay = isSealed ? [] : dayTargets(streamDay, settings.format, shown);
  const targets = [...quarantineTargets(streamDay), ...ofDay];
  const update = await updateDay(deps, settings, streamDay, targets, isSealed ? undefined : afterList);
  await registerDay(deps, settings, update, streamDay.day, shown, mayChange);
  return resultOf(streamDay, update, [...written, ...update.written]);
}

/** Updates the file of a stream-day where its month is being sealed through a day; returns the keys that were written. */
async function updateNext(
  deps: TransformDeps,
  settings: TransformSettings,
  streamDay: StreamDay,
  through: number,
): Promise<string[]> {
  const { day } = streamDay;
  const { written } =
    dateOf(day) <= through
      ? await updateMonth(deps, settings, { ...streamDay, month: monthOf(day) }, through)
      : await updateDay(deps, settings, streamDay, dayTargets(streamDay, settings.format, through));
  return written;
}

function resultOf(
  streamDay: StreamDay,
  { attempts, built }: Awaited<ReturnType<typeof updateDay>>,
  written: string[],
): StreamDayResult {
  const rows = Object.entries(built?.rows ?? {}).map(([table, made]) => [table, made.length] as const);
  return {
    ...streamDay,
    attempts,
    written,
    rows: Object.fromEntries(rows),
    quarantined: Object.values(built?.quarantine ?? {}).flat().length,
    blocked: built?.blocked.length ?? 0,
  };
}

/**
 * Registers the files of a day. Glue is not asked about a file that only replaced an earlier one, if its partition was
 * registered before: a day brings many of those. It is asked for a new file and for one that is up to date, so each day,
 * replay and retry makes good what others removed.
 */
async function registerDay(
  deps: TransformDeps,
  settings: TransformSettings,
  { present, replaced }: Pick<Update<unknown>, "present" | "replaced">,
  day: string,
  through: number,
  mayChange: Registration["mayChange"],
): Promise<void> {
  const month = monthOf(day);
  const isRegistered = ({ table }: Target) =>
    deps.catalog.hasRegistered(table.name, month, descriptorOf(settings, table, month, through));
  const due = present.filter(
    (target) => target.kind === "table" && !(replaced.includes(target.key) && isRegistered(target)),
  );
  await registerFiles(deps, settings, due, month, through, {
    // All of an imported month lies under its first day.
    isLikelyNew: day.endsWith("-01"),
    mayChange,
  });
}

/**
 * Has the partitions of files lead to where a month is sealed through a day; one that leads further stays. container_reads
 * comes last. `isLikelyNew`: the partitions that this process has not registered are likely to be new.
 */
export async function registerFiles(
  { catalog }: Pick<TransformDeps, "catalog">,
  settings: TransformSettings,
  files: Pick<Target, "table">[],
  month: string,
  through: number,
  { isLikelyNew = false, mayChange }: Omit<Registration, "kept"> = {},
): Promise<void> {
  const { lakeBucket, programVersion = ownVersion } = settings;
  for (const { table } of files) {
    const descriptor = descriptorOf(settings, table, month, through);
    const further = partsOf(month).filter((day) => day > through);
    const kept = further.map((day) => `s3://${lakeBucket}/${monthPrefix(table, month, day)}`);
    const isNew = isLikelyNew && !catalog.hasRegistered(table.name, month, descriptor);
    const registration = { kept, isLikelyNew: isNew, mayChange };
    await catalog.register(table.name, month, descriptor, programVersion, registration);
  }
}

function descriptorOf(
  { lakeBucket, format }: TransformSettings,
  table: Target["table"],
  month: string,
  through: number,
) {
  return glueDescriptor(table, format, `s3://${lakeBucket}/${monthPrefix(table, month, through)}`);
}
