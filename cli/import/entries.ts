/** The entries of a JSON list, without ever holding the whole list. */
import { JSONParser } from "@streamparser/json";

/** Bytes that are parsed at once. */
const defaultBatch = 1_000_000;

/** Batches without a whole entry before the list is left to the slow parser, which needs none. */
const mostWithoutEntry = 8;

/**
 * Yields the entries of a list, some at a time. Throws an error that says at which byte the list breaks, once all entries
 * before it are yielded.
 */
export async function* entriesOf(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  batchSize = defaultBatch,
): AsyncGenerator<unknown[]> {
  // What is not parsed yet, and where it starts: at the list's start, else at the comma after an entry.
  let rest: Buffer = Buffer.alloc(0);
  let start = 0;
  let slow: SlowParser | undefined;
  for await (const batch of batchesOf(chunks, batchSize)) {
    if (slow) {
      yield* slow.read(batch);
      continue;
    }
    rest = Buffer.concat([rest, batch]);
    const end = rest.lastIndexOf("},") + 1;
    if (end === 0 && rest.length < mostWithoutEntry * batchSize) continue;
    const entries = end === 0 ? undefined : parsed(rest.toString("utf8", 0, end), start, "]");
    if (entries) {
      yield entries;
      rest = rest.subarray(end);
      start += end;
    } else yield* (slow = slowParser(start)).read(rest);
  }
  const last = slow ? undefined : parsed(rest.toString("utf8"), start, "");
  if (last) return yield last;
  if (!slow) yield* (slow = slowParser(start)).read(rest);
  slow.end();
}

/** Joins chunks to batches of `size` bytes and more; only the last one may be smaller. */
async function* batchesOf(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  size: number,
): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    if (length < size) continue;
    yield Buffer.concat(parts);
    parts = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(parts);
}

/**
 * Returns the entries of a part of the list that starts at byte `start` and is closed by `closing`. Undefined if that is
 * no list: the list is broken, or the part ends within an entry or a text.
 */
function parsed(text: string, start: number, closing: string): unknown[] | undefined {
  try {
    const list: unknown = JSON.parse(`${headAt(start)}${text}${closing}`);
    if (!Array.isArray(list)) return undefined;
    return start === 0 ? list : list.slice(1);
  } catch {
    return undefined;
  }
}

/** An entry takes the place of those before a part, which begins with a comma. */
function headAt(start: number): string {
  return start === 0 ? "" : "[0";
}

/** Parses byte by byte. It is several times slower, but knows where a list breaks and what comes before. */
interface SlowParser {
  read(bytes: Buffer): Generator<unknown[]>;
  /** Throws if the list has not ended. */
  end(): void;
}

function slowParser(start: number): SlowParser {
  const head = headAt(start);
  const entries: unknown[] = [];
  const parser = new JSONParser({ paths: ["$.*"], keepStack: false });
  let failed: Error | undefined;
  const offset = start - Buffer.byteLength(head);
  let bytes = start;
  let token = 0;
  parser.onToken = (read) => void (token = read.offset);
  parser.onValue = ({ value, key }) => {
    if (typeof key !== "number") failed ??= new Error("byte 0: this is no list of plays");
    else if (head === "" || key > 0) entries.push(value);
  };
  parser.onError = ({ message }) => void (failed ??= new Error(brokenAt(message, token, offset)));
  if (head !== "") parser.write(head);
  return {
    *read(chunk) {
      parser.write(chunk);
      bytes += chunk.length;
      yield entries.splice(0);
      if (failed) throw failed;
    },
    end() {
      if (!parser.isEnded) throw new Error(`byte ${bytes}: the file ends too early`);
    },
  };
}

/**
 * Returns the sign or token that has no place, and its byte. The parser's own words name its state, which tells a person
 * nothing, and a sign's position in what it was given, but none of a token.
 */
function brokenAt(message: string, token: number, offset: number): string {
  const [, sign, at] = /^Unexpected ("[^]*") at .*absolute position "(\d+)"/.exec(message) ?? [];
  const [, unexpected] = /^Unexpected [A-Z_]+ \(([^]*)\) in state/.exec(message) ?? [];
  const what = sign === undefined ? unexpected : JSON.stringify(sign.slice(1, -1));
  return what === undefined ? message : `byte ${Number(at ?? token) + offset}: ${what} has no place there`;
}
