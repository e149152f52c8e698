/** The first pass over a stream-day's raw objects: which container reads there are, and whether each line may stand there. */
import { tablesOf } from "../../schemas";
import { badRawObject, type Outline } from "../raw/reader";
import {
  streamKind,
  streamSlug,
  type CloseLine,
  type HeaderLine,
  type RawLine,
  type StreamDay,
} from "../raw/format";

/** Reads a raw object, one line after another: with bodies, or only what stands beside them. */
export interface RawReader {
  lines(key: string): AsyncIterable<RawLine>;
  outlines(key: string): AsyncIterable<Outline>;
}

/** One container read, as the lines of all raw objects of the stream-day tell of it. */
export interface Read {
  header?: HeaderLine;
  close?: CloseLine;
  /** Offset of each page -> number of entries on it, 0 until its rows are made. */
  pages: Map<number, number>;
}

/** A read that counts. */
export type ClosedRead = Required<Read>;

/**
 * The reads of a stream-day by number. `keys` are all its raw objects, sorted. Throws `bad_raw_object` at a line that
 * cannot stand where it does.
 */
export async function findReads(
  streamDay: StreamDay,
  keys: string[],
  raw: RawReader,
): Promise<Map<number, Read>> {
  const reads = new Map<number, Read>();
  for (const key of keys) await findIn(reads, streamDay, key, raw);
  return reads;
}

async function findIn(
  reads: Map<number, Read>,
  streamDay: StreamDay,
  key: string,
  raw: RawReader,
): Promise<void> {
  const opened = new Set<number>();
  let number = 0;
  for await (const line of raw.outlines(key)) {
    number += 1;
    const wrong = misplaced(line, streamDay, opened);
    if (wrong) throw badRawObject(key, number, wrong);
    if (!("read_seq" in line)) continue;
    const read = reads.get(line.read_seq) ?? { pages: new Map<number, number>() };
    reads.set(line.read_seq, read);
    if (line.kind === "header") {
      read.header ??= line;
      opened.add(line.read_seq);
    } else if (line.kind === "close") {
      read.close ??= line;
    } else if (line.kind === "page") {
      read.pages.set(line.offset, 0);
    }
  }
}

/** Why a line cannot stand where it does; `opened` are the reads whose header came before it in its object. */
function misplaced(line: Outline, { listener, slug }: StreamDay, opened: Set<number>): string | undefined {
  const kind = streamKind(slug);
  const feeds = (table: string) => tablesOf(kind).some(({ name }) => name === table);
  const fits = {
    header: true,
    page: feeds("container_reads"),
    object: [
      "profile",
      "playlist",
      "recently_played",
      "album",
      "artist",
      "artist_details",
      "search",
      "streaming_history",
    ].includes(kind),
    close: feeds("container_reads"),
    skip: feeds("skips"),
    run: feeds("extract_runs"),
    gap: feeds("gaps"),
  }[line.kind];
  if (!fits) return `${line.kind} lines have no place in stream ${slug}`;
  if ("listener" in line && line.listener !== listener) return `it is of listener ${line.listener}`;
  if (line.kind === "header" && streamSlug(line.stream) !== slug) return `it is of ${line.stream}`;
  if ((line.kind === "page" || line.kind === "object") && !opened.has(line.read_seq)) {
    return `no header of read ${line.read_seq} stands before it`;
  }
  return undefined;
}

/** True once a read counts: its closing record is there, and so are all its pages. */
export function isClosed(read: Read | undefined): read is ClosedRead {
  return read?.header !== undefined && read.close !== undefined && read.pages.size >= read.close.pages;
}
