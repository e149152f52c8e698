/**
 * The raw object: gzipped JSON lines that keep what Spotify answered, and the key it lies under. What `extract` writes
 * and `transform` reads is described here and nowhere else.
 *
 * A *container read* is one reading of a list (a playlist, the listener's library …). Its lines share a `read_seq`: a
 * header, then its pages as they came; the closing record that makes it visible may lie in a later object of the same
 * stream and day.
 */

import { sha256 } from "../shared/sha256";

/** How much of a container a read holds: all of it, or only what was added since the last one. */
export type ReadKind = "full" | "additions";

/** Opens a container read; repeated in every raw object that holds lines of that read. */
export interface HeaderLine {
  kind: "header";
  format: 1;
  listener: string;
  stream: string;
  /** A playlist's id, `tracks:short_term` and the like for top items, or the stream's name for any other own list. */
  container: string;
  read_seq: number;
  run_id: string;
  /** Path and query of the first page. */
  request: string;
  /** What the container's version was when the read began (a playlist's snapshot_id). */
  version: string | null;
  read_kind: ReadKind;
  /** `read_seq` of the full read that an `additions` read adds to; its own for a full read. */
  library_version: number;
}

/** One page of a list, its body exactly as received (but for line breaks between JSON tokens). */
export interface PageLine {
  kind: "page";
  read_seq: number;
  /** Position of the page's first entry in the container: so many entries stand on the pages before. */
  offset: number;
  /** The answer's Date header, as sent. */
  date: string;
  /** Stands last in the line, so that a reader can do without it. */
  body: unknown;
}

/** One answer that is an object, not a page of a list (a profile, a playlist's description): visible by itself. */
export interface ObjectLine {
  kind: "object";
  read_seq: number;
  date: string;
  /** Stands last in the line. */
  body: unknown;
}

/** The closing record: the read was checked to be whole, and is visible from here on. */
export interface CloseLine {
  kind: "close";
  read_seq: number;
  container: string;
  version: string | null;
  /** Pages that belong to the read. */
  pages: number;
  /** Entries that belong to it: positions 0 to positions - 1. */
  positions: number;
  /** Time of the check, ISO 8601 UTC. */
  completed_at: string;
}

/** Something that was passed over. */
export interface SkipLine {
  kind: "skip";
  listener: string;
  stream: string;
  run_id: string;
  container: string;
  container_name: string | null;
  /** Position in the container, -1 for the whole of it. */
  position: number;
  reason: string;
  http_status: number | null;
  message: string | null;
  /** How many entries this stands for. */
  count: number;
  /** Not asked again before, ISO 8601 UTC. */
  until: string | null;
  /** When it was decided, ISO 8601 UTC. */
  at: string;
}

/** The record of a run for one listener (stream `extract_runs`). Times are ISO 8601 UTC. */
export interface RunLine {
  kind: "run";
  listener: string;
  run_id: string;
  event_id: string;
  started_at: string;
  ended_at: string;
  status: "complete" | "partial" | "failed";
  stop_reason: string | null;
  stop_message: string | null;
  calls: number;
  retries: number;
  containers_read: number;
  containers_unchanged: number;
  containers_skipped: number;
  raw_objects: number;
  budget_used: number;
  not_before: string | null;
  /** Whole days until Spotify ends the listener's sign-in; null if that is not known. */
  token_days_left: number | null;
}

/** A stretch of time in which plays may be missing. Times are ISO 8601 UTC. */
export interface GapLine {
  kind: "gap";
  listener: string;
  stream: string;
  run_id: string;
  /** The newest play known before the gap. */
  from: string;
  /** The oldest play known after it. */
  to: string;
  /** When it was noticed. */
  at: string;
}

export type RawLine = HeaderLine | PageLine | ObjectLine | CloseLine | SkipLine | RunLine | GapLine;

/** All raw objects of one listener, stream and UTC day: what one transform builds its targets from. */
export interface StreamDay {
  listener: string;
  /** The stream as its key names it (see {@link streamSlug}). */
  slug: string;
  /** `yyyy-MM-dd` */
  day: string;
}

/**
 * The stream's name as keys spell it: as it is if it is a plain word, else a slug and a hash, since Hadoop readers
 * refuse keys with ":" and odd ids must never collide.
 * @example streamSlug("saved_tracks") // "saved_tracks"
 * @example streamSlug("playlist:37i9dQZF1DX") // "playlist_37i9dqzf1dx-5f0c1a2b"
 */
export function streamSlug(stream: string): string {
  if (/^[a-z0-9_]+$/.test(stream)) return stream;
  const slug = stream
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .slice(0, 40);
  return `${slug}-${sha256(stream).slice(0, 8)}`;
}

/** The prefix that all raw objects of a stream-day share. */
export function rawPrefix({ listener, slug, day }: StreamDay): string {
  return `raw/${listener}/${slug}/snapshot_date=${day}/`;
}

/**
 * The key of a raw object. It never collides: `run` is new for every attempt, `part` counts within the run, `hash` is
 * of the content.
 */
export function rawKey(streamDay: StreamDay, run: string, part: number, hash: string): string {
  return `${rawPrefix(streamDay)}${run}-${String(part).padStart(3, "0")}-${hash.slice(0, 12)}.jsonl.gz`;
}

/** What a raw key says, or undefined if it is not the key of a raw object. */
export function parseRawKey(key: string): StreamDay | undefined {
  const match =
    /^raw\/([^/]+)\/([a-z0-9_]+(?:-[0-9a-f]{8})?)\/snapshot_date=(\d{4}-\d{2}-\d{2})\/[^/]+\.jsonl\.gz$/.exec(
      key,
    );
  return match ? { listener: match[1]!, slug: match[2]!, day: match[3]! } : undefined;
}

/** The kind of stream that a slug stands for: `playlist` for `playlist_37i9…-5f0c1a2b`, else the slug itself. */
export function streamKind(slug: string): string {
  return slug.includes("-") ? slug.slice(0, slug.indexOf("_")) : slug;
}

/** The UTC day of a time in ms: `yyyy-MM-dd`. */
export function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
