import { gzipSync } from "node:zlib";
import { runFailure } from "../shared/runFailures";
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
}

/** Lines of one stream and day that are to be written, each with the number of its read. */
interface Part {
  stream: string;
  day: string;
  lines: { readSeq: number | null; text: string }[];
  size: number;
}

const defaultPartSize = 8_000_000;
const writeTries = 3;

/**
 * Returns a writer of raw objects.
 * @throws `storage` from each method that writes, if the store does not take an object
 */
export function openRawWriter(options: RawWriterOptions): RawWriter {
  const { store, listener, run, beforePut, partSize = defaultPartSize } = options;
  let parts: Part[] = [];
  let written = 0;

  const partOf = (stream: string, day: string) => {
    let part = parts.find((one) => one.stream === stream && one.day === day);
    if (!part) parts.push((part = { stream, day, lines: [], size: 0 }));
    return part;
  };
  const append = (part: Part, readSeq: number | null, text: string) => {
    part.lines.push({ readSeq, text });
    part.size += text.length + 1;
  };
  const write = async (part: Part) => {
    const text = part.lines.map((line) => `${line.text}\n`).join("");
    const streamDay = { listener, slug: streamSlug(part.stream), day: part.day };
    await beforePut();
    await put(store, rawKey(streamDay, run, written, sha256(text)), text);
    written += 1;
  };

  return {
    async addToRead(header, day, line) {
      const part = partOf(header.stream, day);
      const isOpen = part.lines.some((one) => one.readSeq === header.read_seq);
      if (!isOpen) append(part, header.read_seq, JSON.stringify(header));
      append(part, header.read_seq, line);
      if (part.size < partSize) return;
      await write(part);
      parts = parts.filter((one) => one !== part);
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

/** Writes an object. If it is there already, it is ours, since the key has the run and a hash: the answer was lost. */
async function put(store: Store, key: string, text: string): Promise<void> {
  const body = gzipSync(text);
  for (let tries = 1; ; tries += 1) {
    try {
      await store.put(key, body, { ifNoneMatch: "*" }, { contentType: "application/gzip" });
      return;
    } catch (error) {
      if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 412) return;
      if (tries === writeTries)
        throw runFailure("storage", `${key} could not be written: is the raw bucket reachable?`, error);
    }
  }
}
