import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { storageFailure } from "../shared/runFailures";
import { sha256 } from "../shared/sha256";
import { rawKey, streamSlug, type HeaderLine, type ObjectLine, type PageLine, type RawLine } from "./format";
import type { Store } from "../shared/store";

/** Collects the raw lines of one listener's run and writes them as raw objects. */
export interface RawWriter {
  /** Adds a line of a read; the read's header goes before it, once per object. */
  addToRead(header: HeaderLine, day: string, line: string): Promise<void>;
  /** Adds a line that belongs to no read. */
  add(stream: string, day: string, line: RawLine): void;
  /** Takes back what is not written yet of a read. */
  drop(readSeq: number): void;
  /** Writes all that is collected. */
  flush(): Promise<void>;
  /** Returns the number of objects written so far. */
  written(): number;
}

/** What a writer needs; `beforePut` runs before each object is written. */
export interface RawWriterOptions {
  store: Store;
  listener: string;
  run: string;
  beforePut(): Promise<void>;
  /** Characters of JSON after which a part is written; about 8 million if not given. */
  partSize?: number;
  /** Characters of all parts together above which the one that was added to longest ago is written; no limit if not given. */
  waitingSize?: number;
  /** How hard gzip tries, 1 to 9; zlib's default if not given. */
  gzipLevel?: number;
}

/** Lines of one stream and day that are to be written, each with the number of its read. */
interface Part {
  stream: string;
  day: string;
  lines: { readSeq: number | null; text: string }[];
  size: number;
  /** Lines that all parts together had when the last one was added. */
  addedTo: number;
}

const defaultPartSize = 8_000_000;
const writeTries = 3;

/**
 * Returns a writer of raw objects.
 * @throws `storage` from each method that writes, if the store does not take an object
 */
export function openRawWriter(options: RawWriterOptions): RawWriter {
  const { store, listener, run, beforePut, partSize = defaultPartSize, waitingSize = Infinity } = options;
  const level = options.gzipLevel ?? constants.Z_DEFAULT_COMPRESSION;
  let parts: Part[] = [];
  let written = 0;
  let lines = 0;

  const partOf = (stream: string, day: string) => {
    let part = parts.find((one) => one.stream === stream && one.day === day);
    if (!part) parts.push((part = { stream, day, lines: [], size: 0, addedTo: 0 }));
    return part;
  };
  const append = (part: Part, readSeq: number | null, text: string) => {
    part.lines.push({ readSeq, text });
    part.size += text.length + 1;
    part.addedTo = lines += 1;
  };
  const write = async (part: Part) => {
    const bytes = Buffer.from(part.lines.map((line) => `${line.text}\n`).join(""));
    const streamDay = { listener, slug: streamSlug(part.stream), day: part.day };
    await beforePut();
    await put(store, rawKey(streamDay, run, written, sha256(bytes)), await promisify(gzip)(bytes, { level }));
    written += 1;
    parts = parts.filter((one) => one !== part);
  };
  const writeLarge = async (part: Part) => {
    if (part.size >= partSize) return write(part);
    if (parts.reduce((sum, { size }) => sum + size, 0) <= waitingSize) return;
    await write(parts.reduce((oldest, one) => (one.addedTo < oldest.addedTo ? one : oldest)));
  };

  return {
    async addToRead(header, day, line) {
      const part = partOf(header.stream, day);
      const isOpen = part.lines.some((one) => one.readSeq === header.read_seq);
      if (!isOpen) append(part, header.read_seq, JSON.stringify(header));
      append(part, header.read_seq, line);
      await writeLarge(part);
    },
    add(stream, day, line) {
      append(partOf(stream, day), null, JSON.stringify(line));
    },
    drop(readSeq) {
      for (const part of parts) {
        part.lines = part.lines.filter((line) => line.readSeq !== readSeq);
        part.size = part.lines.reduce((size, line) => size + line.text.length + 1, 0);
      }
    },
    async flush() {
      for (const part of parts) if (part.lines.length > 0) await write(part);
      parts = [];
    },
    written: () => written,
  };
}

/**
 * Returns a line with an answer's body exactly as received, but for line breaks: JSON has them only between its tokens,
 * where a space means the same.
 */
export function bodyLine(line: Omit<PageLine, "body"> | Omit<ObjectLine, "body">, body: string): string {
  return `${JSON.stringify(line).slice(0, -1)},"body":${body.replace(/[\r\n]/g, " ")}}`;
}

/** Returns whether an object was refused since its key is there already. */
export function isThere(error: unknown): boolean {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 412;
}

/** Writes an object. If it is there already, it is ours, since the key has the run and a hash: the answer was lost. */
async function put(store: Store, key: string, body: Buffer): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await store.put(key, body, { ifNoneMatch: "*" }, { contentType: "application/gzip" });
      return;
    } catch (error) {
      if (isThere(error)) return;
      if (tries === writeTries) throw storageFailure(`${key} could not be written`, error);
    }
  }
}
