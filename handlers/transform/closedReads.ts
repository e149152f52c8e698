/** Which container reads a stream-day's raw objects hold, and whether each line is allowed. */
import { kindOf, streamOf, tableNamesOf } from "../../schemas/streams";
import {
  streamKind,
  streamSlug,
  type CloseLine,
  type HeaderLine,
  type RawLine,
  type StreamDay,
} from "../raw/format";
import { badRawObject, type Outline, type RawReader } from "../raw/reader";
import { lineReaders } from "./lineReaders";
import type { RawLocation } from "./rows/provenance";

/** One container read, from the lines of all raw objects of the stream-day. */
export interface Read {
  header?: HeaderLine;
  close?: CloseLine;
  /** Number of entries by the offset of their page; 0 until the page's rows are made. */
  pages: Map<number, number>;
}

/** A read that is visible. */
export type ClosedRead = Required<Read>;

/**
 * Returns the reads of a stream-day by number. `keys` are all its raw objects, sorted. Throws `bad_raw_object` at a line
 * that is not allowed where it is.
 */
export async function findReads(
  streamDay: StreamDay,
  keys: string[],
  raw: RawReader,
): Promise<Map<number, Read>> {
  const finder = new ReadFinder(streamDay);
  for (const raw_key of keys) {
    let raw_line = 0;
    for await (const line of raw.outlines(raw_key)) finder.add(line, { raw_key, raw_line: ++raw_line });
  }
  return finder.reads;
}

/** Finds the reads of a stream-day in lines that come in the order of their objects' keys. */
export class ReadFinder {
  /** By number. */
  readonly reads = new Map<number, Read>();
  private readonly allowed: Record<RawLine["kind"], boolean>;
  /** Reads whose header came before in the object of the last line. */
  private opened = new Set<number>();

  constructor(private readonly streamDay: StreamDay) {
    this.allowed = allowedLines(streamDay);
  }

  /** Adds a line. Throws `bad_raw_object` if it is not allowed where it is. */
  add(line: Outline, { raw_key, raw_line }: RawLocation): void {
    const { allowed, streamDay, reads } = this;
    if (raw_line === 1) this.opened = new Set();
    const why = allowed[line.kind] ? refusalOf(line, streamDay, this.opened) : notInStream(line, streamDay);
    if (why) throw badRawObject(raw_key, raw_line, why);
    if (!("read_seq" in line)) return;
    const read = reads.get(line.read_seq) ?? { pages: new Map<number, number>() };
    reads.set(line.read_seq, read);
    if (line.kind === "header") {
      read.header ??= line;
      this.opened.add(line.read_seq);
    } else if (line.kind === "close") {
      read.close ??= line;
    } else if (line.kind === "page" && !read.pages.has(line.offset)) {
      read.pages.set(line.offset, 0);
    }
  }
}

/** Returns which kinds of lines a stream has. */
function allowedLines({ slug }: StreamDay): Record<RawLine["kind"], boolean> {
  const kind = kindOf(streamKind(slug));
  const isPaged = streamOf(kind).countedTable !== undefined;
  const tables = tableNamesOf(kind);
  return {
    header: true,
    page: isPaged,
    close: isPaged,
    object: lineReaders[kind].object !== undefined,
    skip: tables.includes("skips"),
    run: tables.includes("extract_runs"),
    gap: tables.includes("gaps"),
  };
}

function notInStream({ kind }: Outline, { slug }: StreamDay): string {
  return `${kind} lines have no place in stream ${slug}`;
}

/** Returns why a line is not allowed; `opened` are the reads whose header came before it in its object. */
function refusalOf(line: Outline, { listener, slug }: StreamDay, opened: Set<number>): string | undefined {
  if ("listener" in line && line.listener !== listener) return `it is of listener ${line.listener}`;
  if (line.kind === "header" && streamSlug(line.stream) !== slug) return `it is of ${line.stream}`;
  if ((line.kind === "page" || line.kind === "object") && !opened.has(line.read_seq))
    return `no header of read ${line.read_seq} stands before it`;
  return undefined;
}

/** Returns whether a read is visible: its closing record is there, and so are all its pages. */
export function isClosed(read: Read | undefined): read is ClosedRead {
  return read?.header !== undefined && read.close !== undefined && read.pages.size >= read.close.pages;
}

/** Returns whether all reads with pages are visible, and no page has entries beyond the read's end. */
export function areWhole(reads: Iterable<Read>): boolean {
  for (const read of reads) {
    if (read.pages.size === 0) continue;
    if (!isClosed(read)) return false;
    for (const [offset, entries] of read.pages) if (offset + entries > read.close.positions) return false;
  }
  return true;
}
