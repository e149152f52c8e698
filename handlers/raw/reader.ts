/** Reads raw objects: gzip bytes in, checked lines out, one at a time. */
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { instant, isObject, type Json } from "./json";
import { textWithoutMarkets } from "./markets";
import { codeOf, failure, type CodedError } from "../shared/errors";
import type { Store } from "../shared/store";
import type { ObjectLine, PageLine, RawLine } from "./format";

/** A line without its body, if it has one. */
export type Outline =
  Exclude<RawLine, PageLine | ObjectLine> | Omit<PageLine, "body"> | Omit<ObjectLine, "body">;

/** Reads raw objects by key, one line after another. */
export interface RawReader {
  lines(key: string): AsyncIterable<RawLine>;
  /** Reads the lines without their bodies. */
  outlines(key: string): AsyncIterable<Outline>;
}

/** Returns a {@link RawReader} of a bucket. It throws `bad_raw_object` for a key that is not there, see {@link rawLines}. */
export function rawReader(raw: Pick<Store, "get">): RawReader {
  const open = async (key: string) => {
    const object = await raw.get(key);
    if (!object) throw badRawObject(key, 1, "it is gone");
    return object.body;
  };
  return {
    async *lines(key) {
      yield* rawLines(await open(key), key);
    },
    async *outlines(key) {
      yield* rawOutlines(await open(key), key);
    },
  };
}

/**
 * Yields the lines of a raw object. Only "\n" ends a line (U+2028 is data), and no more than one line is held in memory.
 * Throws `bad_raw_object`, which names the key and the line, if the bytes are not whole gzip or a line is not one that
 * handlers/raw/format.ts describes; an error of `body` itself comes through as it is.
 * Lists of markets (`available_markets`) are left empty: no table holds them.
 */
export function rawLines(body: NodeJS.ReadableStream, key: string): AsyncGenerator<RawLine> {
  return checkedLines(body, key, (bytes) => parseLine(textWithoutMarkets(bytes)));
}

/** Yields lines as {@link rawLines} does, but far cheaper: bodies are neither parsed nor checked. */
export function rawOutlines(body: NodeJS.ReadableStream, key: string): AsyncGenerator<Outline> {
  return checkedLines(body, key, (bytes) => {
    // The body is a line's last field. In a text before it, quotes would be escaped.
    const end = bytes.indexOf(',"body":');
    return end === -1 ? parseLine(bytes.toString("utf8")) : parseLine(`${bytes.toString("utf8", 0, end)}}`);
  });
}

/** Returns the error for a raw object that cannot be used; `line` counts from 1. */
export function badRawObject(key: string, line: number, why: string, cause?: unknown): CodedError {
  return failure(
    "bad_raw_object",
    `Raw object ${key}, line ${line}: ${why}. Its stream-day was left as it was; move the object away or fix it, then send its event again.`,
    cause,
  );
}

async function* checkedLines<Line>(
  body: NodeJS.ReadableStream,
  key: string,
  parse: (bytes: Buffer) => Line,
): AsyncGenerator<Line> {
  let number = 0;
  try {
    for await (const bytes of unzippedLines(body)) {
      number += 1;
      yield parse(bytes);
    }
  } catch (error) {
    if (codeOf(error) === "bad_line") throw badRawObject(key, number, (error as Error).message);
    if (codeOf(error) === "too_long" || codeOf(error)?.startsWith("Z_"))
      throw badRawObject(key, number + 1, (error as Error).message, error);
    throw error;
  }
  if (number === 0) throw badRawObject(key, 1, "there is none");
}

/** Limits in bytes, unzipped: extract writes parts of 8 MB, and the longest page has about 1 MB. */
const longestLine = 32 * 1024 * 1024;
const largestObject = 512 * 1024 * 1024;

/** Bytes unzipped at once: some lines, so that few of them have to be put together from parts. */
const chunkSize = 512 * 1024;

/**
 * Yields unzipped bytes, split at "\n", which is never part of another UTF-8 character. Throws `too_long` above a limit,
 * before everything is in memory.
 */
async function* unzippedLines(body: NodeJS.ReadableStream): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize });
  // Errors of either stream reach the loop below through `gunzip`.
  pipeline(body, gunzip, () => undefined);
  let parts: Buffer[] = [];
  let [length, total] = [0, 0];
  for await (const chunk of gunzip as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > largestObject) throw failure("too_long", `it unzips to more than ${largestObject} bytes`);
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = chunk.subarray(start, end);
      yield parts.length === 0 ? line : Buffer.concat([...parts, line]);
      parts = [];
      length = 0;
      start = end + 1;
    }
    if (start < chunk.length) parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > longestLine) throw failure("too_long", `it is longer than ${longestLine} bytes`);
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}

type FieldCheck = (value: unknown) => boolean;

const isText: FieldCheck = (value) => typeof value === "string" && value !== "";
const isCount: FieldCheck = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isSmallCount: FieldCheck = (value) => isCount(value) && (value as number) < 2 ** 31;
const isPosition: FieldCheck = (value) => value === -1 || isSmallCount(value);
const isInstant: FieldCheck = (value) => instant(value) !== null;

/** The fields that transform needs, by kind of line. */
const requiredFields: Record<RawLine["kind"], Record<string, FieldCheck>> = {
  header: {
    format: (value) => value === 1,
    listener: isText,
    stream: isText,
    container: isText,
    read_seq: isCount,
    run_id: isText,
    read_kind: (value) => value === "full" || value === "additions",
    library_version: isCount,
  },
  page: { read_seq: isCount, offset: isSmallCount },
  object: { read_seq: isCount },
  close: { read_seq: isCount, pages: isSmallCount, positions: isSmallCount, completed_at: isInstant },
  skip: {
    listener: isText,
    stream: isText,
    run_id: isText,
    container: isText,
    position: isPosition,
    reason: isText,
    count: isSmallCount,
    at: isInstant,
  },
  run: {
    listener: isText,
    run_id: isText,
    event_id: isText,
    started_at: isInstant,
    ended_at: isInstant,
    status: isText,
    calls: isSmallCount,
    retries: isSmallCount,
    containers_read: isSmallCount,
    containers_unchanged: isSmallCount,
    containers_skipped: isSmallCount,
    raw_objects: isSmallCount,
    budget_used: isSmallCount,
  },
  gap: {
    listener: isText,
    stream: isText,
    run_id: isText,
    from: isInstant,
    to: isInstant,
    at: isInstant,
  },
};

/** Throws `bad_line` with the reason. */
function parseLine(text: string): RawLine {
  const line = parseJson(text);
  const { kind } = line;
  if (typeof kind !== "string" || !Object.hasOwn(requiredFields, kind)) {
    throw failure("bad_line", `no kind of line is named ${JSON.stringify(kind)}`);
  }
  for (const [field, check] of Object.entries(requiredFields[kind as RawLine["kind"]])) {
    if (!check(line[field])) throw failure("bad_line", `a ${kind} line needs a proper "${field}"`);
  }
  return line as unknown as RawLine;
}

function parseJson(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw failure("bad_line", "not JSON", error);
  }
  if (!isObject(value)) throw failure("bad_line", "not a JSON object");
  return value;
}
