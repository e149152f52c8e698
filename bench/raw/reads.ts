/** Generated raw objects: lines as extract writes them, without Spotify and without a run. */
import { gzipSync } from "node:zlib";
import {
  rawKey,
  streamSlug,
  type CloseLine,
  type HeaderLine,
  type ObjectLine,
  type PageLine,
  type RawLine,
  type ReadKind,
} from "../../handlers/raw/format";
import { sha256 } from "../../handlers/shared/sha256";

const pageSize = 50;

/** A container read to generate. */
export interface GeneratedRead {
  stream: string;
  /** By default the stream's name. */
  container?: string;
  /** By default `me`. */
  listener?: string;
  readSeq: number;
  run: string;
  /** Of the answers, ms UTC. */
  time: number;
  version?: string | null;
  kind?: ReadKind;
  libraryVersion?: number;
}

/** Returns the header of a read. */
export function headerOf(read: GeneratedRead): HeaderLine {
  return {
    kind: "header",
    format: 1,
    listener: read.listener ?? "me",
    stream: read.stream,
    container: read.container ?? read.stream,
    read_seq: read.readSeq,
    run_id: read.run,
    request: `/generated/${read.container ?? read.stream}?limit=${pageSize}&offset=0`,
    version: read.version ?? null,
    read_kind: read.kind ?? "full",
    library_version: read.libraryVersion ?? read.readSeq,
  };
}

/** Returns one answer that is no page. */
export function objectLine(read: GeneratedRead, body: object): ObjectLine {
  return { kind: "object", read_seq: read.readSeq, date: httpDate(read.time), body };
}

/** Returns a page from position `offset` on, of a container of `total` entries. */
export function pageLine(read: GeneratedRead, offset: number, total: number, items: object[]): PageLine {
  return {
    kind: "page",
    read_seq: read.readSeq,
    offset,
    date: httpDate(read.time),
    body: { offset, total, items },
  };
}

/** Returns the closing record of a read of so many entries. */
export function closeLine(read: GeneratedRead, positions: number): CloseLine {
  return {
    kind: "close",
    read_seq: read.readSeq,
    container: read.container ?? read.stream,
    version: read.version ?? null,
    pages: pagesOf(positions),
    positions,
    completed_at: new Date(read.time + 60_000).toISOString(),
  };
}

/** Returns all lines of a read of these entries. */
export function wholeRead(read: GeneratedRead, entries: object[]): RawLine[] {
  const pages = Array.from({ length: pagesOf(entries.length) }, (_, page) =>
    pageLine(read, page * pageSize, entries.length, entries.slice(page * pageSize, (page + 1) * pageSize)),
  );
  return [headerOf(read), ...pages, closeLine(read, entries.length)];
}

/** Returns how many pages so many entries need. */
export function pagesOf(entries: number): number {
  return Math.max(1, Math.ceil(entries / pageSize));
}

/** Returns a raw object of a stream: its key and bytes. */
export function rawObject(
  { stream, listener = "me", run, time }: GeneratedRead,
  part: number,
  lines: RawLine[],
): { key: string; text: string; body: Buffer } {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const day = new Date(time).toISOString().slice(0, 10);
  const key = rawKey({ listener, slug: streamSlug(stream), day }, run, part, sha256(text));
  return { key, text, body: gzipSync(text) };
}

function httpDate(time: number): string {
  return new Date(time).toUTCString();
}
