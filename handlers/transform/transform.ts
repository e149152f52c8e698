/**
 * transform: when a raw object is created, rebuilds the table files of its stream-day from all raw objects there, and
 * registers their partitions. In a sealed month, the files of the stream's month.
 */
import { programVersion as ownVersion } from "../../schemas";
import { glueDescriptor } from "../../schemas/formats";
import type { Catalog } from "./glueCatalog";
import { transformMetrics } from "../shared/metrics";
import { parseRawKey, rawPrefix, type StreamDay } from "../raw/format";
import { updateDay } from "./dayFiles";
import { rawMonthPrefix, updateMonth } from "./monthFiles";
import { readMarker, sealedPrefix } from "./sealedMonths";
import { monthOf, monthPrefix, type StreamMonth, type Target, type TargetSettings } from "./targets";
import type { Update, UpdateDeps } from "./update";

/** What transform needs. `now` is in ms. */
export interface TransformDeps extends UpdateDeps {
  catalog: Catalog;
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
  const updateMonthOf = monthUpdates(deps, settings);
  for (const { streamDay, run_id } of streamDays(deps, event)) {
    const { listener } = streamDay;
    const started = deps.now();
    try {
      const result = await transformStreamDay(deps, settings, streamDay, updateMonthOf);
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

/** The month of a stream-day, as transform finds it. */
interface MonthState {
  /** Whether its partitions lead to the sealed files: day files are written no more. */
  isMoved: boolean;
  /** Keys of the stream's month files that were written. */
  written: string[];
}

type MonthUpdates = (streamDay: StreamDay) => Promise<MonthState>;

/**
 * Returns a function that updates the month files of a stream-day if its month is sealed or being sealed; those of a month
 * that has moved once for all of its days.
 */
function monthUpdates(deps: TransformDeps, settings: TransformSettings): MonthUpdates {
  const moved = new Map<string, MonthState>();
  return async ({ listener, slug, day }) => {
    const streamMonth = { listener, slug, month: monthOf(day) };
    const name = rawMonthPrefix(streamMonth);
    const state = moved.get(name) ?? (await updateIfSealed(deps, settings, streamMonth));
    if (state.isMoved) moved.set(name, { isMoved: true, written: [] });
    return state;
  };
}

async function updateIfSealed(
  deps: TransformDeps,
  settings: TransformSettings,
  streamMonth: StreamMonth,
): Promise<MonthState> {
  const { month } = streamMonth;
  const marker = await readMarker(deps.lake, month);
  if (!marker) return { isMoved: false, written: [] };
  const isMoved = marker.moved_at !== null;
  const { written, present } = await updateMonth(deps, settings, streamMonth);
  // Until all of the month is there, partitions lead to the days, new ones as well: not all streams are sealed yet.
  if (isMoved) await registerSealed(deps, settings, present, month);
  return { isMoved, written };
}

/**
 * Transforms a stream-day. Its month comes after the list of raw and before the day's files: rows that are visible in a day
 * would vanish if its partition moved before they are in the month. So all raw that a day's file is made from is either in
 * the month's file, or was there before there was a marker, and sealing finds it.
 */
async function transformStreamDay(
  deps: TransformDeps,
  settings: TransformSettings,
  streamDay: StreamDay,
  updateMonthOf: MonthUpdates,
): Promise<StreamDayResult> {
  let isMoved = false;
  const ofMonth: string[] = [];
  const update = await updateDay(deps, settings, streamDay, async () => {
    const month = await updateMonthOf(streamDay);
    isMoved = month.isMoved;
    ofMonth.push(...month.written);
    return ({ kind }) => !isMoved || kind === "quarantine";
  });
  const { attempts, written, built } = update;
  if (!isMoved) await registerDays(deps, settings, update, streamDay.day);
  const rows = Object.entries(built?.rows ?? {}).map(([table, made]) => [table, made.length] as const);
  return {
    ...streamDay,
    attempts,
    written: [...ofMonth, ...written],
    rows: Object.fromEntries(rows),
    quarantined: Object.values(built?.quarantine ?? {}).flat().length,
    blocked: built?.blocked.length ?? 0,
  };
}

/**
 * Registers the files of a day; a partition that leads to sealed files stays. container_reads comes last. Glue is
 * not asked about a file that only replaced an earlier one, if its partition was registered before: a day brings many of
 * those. It is asked for a new file and for one that is up to date, so each day, replay and retry makes good what others
 * removed.
 */
async function registerDays(
  { catalog }: TransformDeps,
  settings: TransformSettings,
  { present, replaced }: Pick<Update<unknown>, "present" | "replaced">,
  day: string,
): Promise<void> {
  const { lakeBucket, format, programVersion = ownVersion } = settings;
  const month = monthOf(day);
  for (const { table, kind, key } of present) {
    if (kind === "quarantine") continue;
    const descriptor = glueDescriptor(table, format, `s3://${lakeBucket}/${monthPrefix(table, month)}`);
    const isKnown = catalog.hasRegistered(table.name, month, descriptor);
    if (isKnown && replaced.includes(key)) continue;
    const kept = `s3://${lakeBucket}/${sealedPrefix(table, month)}`;
    // All of an imported month lies under its first day.
    const isLikelyNew = !isKnown && day.endsWith("-01");
    await catalog.register(table.name, month, descriptor, programVersion, kept, isLikelyNew);
  }
}

/** Moves the partitions of a month to its sealed files. */
export async function registerSealed(
  { catalog }: Pick<TransformDeps, "catalog">,
  settings: TransformSettings,
  present: Pick<Target, "table">[],
  month: string,
): Promise<void> {
  const { lakeBucket, format, programVersion = ownVersion } = settings;
  for (const { table } of present) {
    const descriptor = glueDescriptor(table, format, `s3://${lakeBucket}/${sealedPrefix(table, month)}`);
    await catalog.register(table.name, month, descriptor, programVersion);
  }
}
