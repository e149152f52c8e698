import { parseRawKey, streamKind, streamSlug, type StreamDay } from "../../handlers/raw/format";
import type { Store } from "../../handlers/shared/store";
import type { S3Event, StreamDayResult } from "../../handlers/transform/transform";
import { tablesOf } from "../../schemas";
import { streamKinds } from "../../schemas/streams";
import { didYouMean } from "../../infra/suggest";
import { UserError } from "../../cloud/errors";
import type { Outcome } from "../stack/invoke";

/** Which part of raw to build again; by default all. Days are `yyyy-MM-dd`, both included. */
export interface Selection {
  from?: string;
  to?: string;
  /** A stream such as `playlist:ID`, or a kind of them such as `playlist`. */
  stream?: string;
  listener?: string;
}

/** A stream-day, and one of its raw objects: enough for transform to find the others. */
export interface Source extends StreamDay {
  key: string;
}

/** What a replay did, in numbers of stream-days. */
export interface ReplayReport {
  stream_days: number;
  built: number;
  up_to_date: number;
  /** Not tried, since the replay was stopped. */
  left: number;
  failed: { listener: string; stream: string; day: string; error: string }[];
}

/** How a replay is run. */
interface ReplayOptions {
  /** Sends transform an event and waits for it. Rejects only if no event can be sent at all. */
  invoke: (event: S3Event) => Promise<Outcome<StreamDayResult[]>>;
  /** How many at once. */
  atOnce: number;
  /** Stops the replay: stream-days in flight are finished, no other is started. */
  signal: AbortSignal;
  progress: (report: ReplayReport) => void;
}

/** The stream-days of a selection, oldest day first. Throws a `UserError` if it makes no sense or holds nothing. */
export async function sourcesIn(raw: Store, selection: Selection): Promise<Source[]> {
  const { from = "", to = "9999-12-31", stream, listener } = selection;
  if (from > to) throw new UserError(`There is no day from ${from} to ${to}; swap --from and --to.`);
  const wanted = stream === undefined ? undefined : slugsOf(stream);
  const found = new Map<string, Source>();
  for (const key of await raw.list(listener === undefined ? "raw/" : `raw/${listener}/`)) {
    const streamDay = parseRawKey(key);
    if (!streamDay || streamDay.day < from || streamDay.day > to) continue;
    if (wanted && !wanted(streamDay.slug)) continue;
    found.set(key.slice(0, key.lastIndexOf("/")), { ...streamDay, key });
  }
  if (found.size === 0) throw new UserError("Raw holds nothing of what was asked for; leave out an option.");
  return [...found.values()].sort(
    (left, right) => left.day.localeCompare(right.day) || left.key.localeCompare(right.key),
  );
}

function slugsOf(stream: string): (slug: string) => boolean {
  const kind = stream.split(":")[0]!;
  try {
    tablesOf(kind);
  } catch (error) {
    const { message } = error as Error;
    const meant = didYouMean(kind, [...streamKinds]);
    throw new UserError(`${message.replace(/\.$/, meant)} The table container_reads names those there are.`);
  }
  const slug = streamSlug(stream);
  return (other) => other === slug || (stream === kind && streamKind(other) === kind);
}

/**
 * Runs transform for every source, some at once. Files that are up to date stay, so a replay that was stopped can be run
 * again. Transform's conditional writes make it safe beside live runs. Failures are reported at the end; the rest is done.
 */
export async function replay(sources: Source[], options: ReplayOptions): Promise<ReplayReport> {
  const { invoke, atOnce, signal, progress } = options;
  const report: ReplayReport = {
    stream_days: sources.length,
    built: 0,
    up_to_date: 0,
    left: sources.length,
    failed: [],
  };
  const queue = sources.values();
  const work = async () => {
    for (const { listener, slug, day, key } of queue) {
      if (signal.aborted) return;
      const outcome = await invoke({ Records: [{ s3: { object: { key: encodeURIComponent(key) } } }] });
      // An invocation that the same Ctrl-C ended has not failed.
      if (signal.aborted && "error" in outcome) return;
      report.left -= 1;
      if ("error" in outcome) report.failed.push({ listener, stream: slug, day, error: outcome.error });
      else if (outcome.results.some(({ written }) => written.length > 0)) report.built += 1;
      else report.up_to_date += 1;
      progress(report);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return report;
}
