/** One file of a streaming history on its way to raw objects. */
import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { constants } from "node:zlib";
import { isObject, type Json } from "../../handlers/raw/json";
import { isThere, openRawWriter, type RawWriter } from "../../handlers/raw/writer";
import { utcDay, type HeaderLine, type ObjectLine } from "../../handlers/raw/format";
import { readPlay } from "../../handlers/transform/rows/history";
import type { Store } from "../../handlers/shared/store";
import { contentOf, noHistory } from "./content";
import { entriesOf } from "./entries";
import type { HistoryFile } from "./export-files";

/** What became of a file. */
export interface FileReport {
  file: string;
  plays: number;
  /** Entries that are no play, and the first few of them; the table skips has those that come after a play. */
  invalid: number;
  invalid_examples: { entry: number; reason: string }[];
  /** Raw objects that were new, and that were there from an earlier import. */
  objects: number;
  objects_known: number;
  /** UTC, ISO 8601; null without a play. */
  first_played_at: string | null;
  last_played_at: string | null;
  /** Why the rest of the file could not be read, and where. */
  error: string | null;
}

/** What an import needs to know. */
export interface ImportOptions {
  /** The raw bucket. */
  store: Store;
  listener: string;
  /** Keep IP addresses, user agents and the user's name. */
  keepPrivate: boolean;
  /** Called with the bytes read of a file, of two times its size: it is read twice. */
  onProgress?(file: string, bytes: number): void;
}

const stream = "streaming_history";
const privateFields = /^(ip_addr|user_agent|username)/;
/** Whether fields are private, by their names: the same few in each entry. */
const knownFields = new Map<string, boolean>();

/** Plays of one line of a raw object. */
const chunkSize = 500;

/** Characters that wait to be written: all of a usual file, so that each of its months becomes one object. */
const waitingSize = 16_000_000;

/** Bytes up to which a file stays in memory from its hashing to its parsing; a longer one is read again. */
const keptSize = 32_000_000;

/** Reasons, as a report names them, why an entry is no play. */
const shownInvalid = 3;
const reasons = {
  null_entry: "is no object",
  no_time: "has no time (ts, endTime) or no length (ms_played, msPlayed) that can be read",
  no_id: "names no track, episode or chapter",
};

/** A UTC month: its first day, its start and its end in ms UTC. */
interface Month {
  day: string;
  start: number;
  end: number;
}

/** Plays that lie next to each other in the file and in one month. */
interface Chunk {
  day: string;
  offset: number;
  items: unknown[];
}

/**
 * Writes the plays of a file, those of a UTC month under its first day. What is written follows from the file alone, so
 * a second time writes nothing new. A file that breaks off is written as far as it goes.
 * @throws `storage` if the store does not take an object
 */
export async function importFile(file: HistoryFile, options: ImportOptions): Promise<FileReport> {
  const report: FileReport = {
    file: file.name,
    plays: 0,
    invalid: 0,
    invalid_examples: [],
    objects: 0,
    objects_known: 0,
    first_played_at: null,
    last_played_at: null,
    error: null,
  };
  let bytes = 0;
  const see = (chunk: Buffer) => options.onProgress?.(file.name, (bytes += chunk.length));
  try {
    const why = noHistory(await contentOf(file.open));
    if (why !== undefined) throw new Error(why);
    const { hash, chunks } = await hashed(file, see);
    const writer = historyWriter(options, hash, report);
    try {
      let index = 0;
      for await (const entries of entriesOf(seen(chunks ?? (await file.open()), see)))
        for (const entry of entries) await writer.add(entry, index++);
    } finally {
      await writer.end();
    }
  } catch (error) {
    if ((error as { code?: string }).code === "storage") throw error;
    report.error = (error as Error).message;
  }
  return report;
}

/** Returns the SHA-256 of a file in hexadecimal digits, and the file's bytes if they are few. */
async function hashed(
  { open }: HistoryFile,
  see: (chunk: Buffer) => void,
): Promise<{ hash: string; chunks: Buffer[] | undefined }> {
  const hash = createHash("sha256");
  let chunks: Buffer[] | undefined = [];
  let size = 0;
  for await (const chunk of (await open()) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    size += chunk.length;
    if (size > keptSize) chunks = undefined;
    chunks?.push(chunk);
    see(chunk);
  }
  return { hash: hash.digest("hex"), chunks };
}

async function* seen(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  see: (chunk: Buffer) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    see(chunk);
    yield chunk;
  }
}

/** Puts plays into chunks by month and writes them. */
function historyWriter({ store, listener, keepPrivate }: ImportOptions, hash: string, report: FileReport) {
  const run = `import-${hash.slice(0, 12)}`;
  const header: HeaderLine = {
    kind: "header",
    format: 1,
    listener,
    stream,
    container: stream,
    // A number that is the file's own, as every read has one.
    read_seq: parseInt(hash.slice(0, 12), 16),
    run_id: run,
    request: `sha256:${hash}`,
    version: null,
    read_kind: "full",
    library_version: 0,
  };
  const landing = openRawWriter({
    store: counting(store, report),
    listener,
    run,
    waitingSize,
    beforePut: async () => undefined,
    // Much less time than the default takes, for somewhat more bytes.
    gzipLevel: constants.Z_BEST_SPEED,
  });
  let month: Month | undefined;
  let chunk: Chunk | undefined;
  let [first, last] = [Infinity, 0];
  const land = async () => {
    if (chunk) await landChunk(landing, header, chunk);
    chunk = undefined;
    // On this machine the same thread serves the functions that transform what has landed.
    await turn();
  };
  return {
    async add(entry: unknown, index: number) {
      const { playedAt, skip } = readPlay(entry);
      if (skip !== undefined) countInvalid(report, index, skip);
      else {
        report.plays += 1;
        [first, last] = [Math.min(first, playedAt), Math.max(last, playedAt)];
      }
      // What has no time stays beside what came before; without any before, there is no day to keep it under.
      if (playedAt !== null) month = monthAt(playedAt, month);
      if (!month) return;
      const { day } = month;
      if (chunk && (chunk.day !== day || chunk.items.length >= chunkSize)) await land();
      chunk ??= { day, offset: index, items: [] };
      chunk.items.push(keepPrivate || !isObject(entry) ? entry : withoutPrivate(entry));
    },
    async end() {
      if (report.plays > 0) {
        report.first_played_at = new Date(first).toISOString();
        report.last_played_at = new Date(last).toISOString();
      }
      await land();
      await landing.flush();
    },
  };
}

/** Returns the month of a time in ms UTC; `last` is that of the play before, mostly the same. */
function monthAt(ms: number, last: Month | undefined): Month {
  if (last && ms >= last.start && ms < last.end) return last;
  const time = new Date(ms);
  const [year, month] = [time.getUTCFullYear(), time.getUTCMonth()];
  const start = Date.UTC(year, month, 1);
  return { day: utcDay(start), start, end: Date.UTC(year, month + 1, 1) };
}

async function landChunk(
  landing: RawWriter,
  header: HeaderLine,
  { day, offset, items }: Chunk,
): Promise<void> {
  // Everything here follows from the file, this date too.
  const date = new Date(day).toUTCString();
  const line: ObjectLine = { kind: "object", read_seq: header.read_seq, date, body: { offset, items } };
  await landing.addToRead(header, day, JSON.stringify(line));
}

function countInvalid(report: FileReport, index: number, skip: keyof typeof reasons): void {
  report.invalid += 1;
  if (report.invalid <= shownInvalid)
    report.invalid_examples.push({ entry: index + 1, reason: reasons[skip] });
}

/** Returns the entry, which is changed: JSON leaves out what is undefined. */
function withoutPrivate(entry: Json): Json {
  for (const name of Object.keys(entry)) if (isPrivate(name)) entry[name] = undefined;
  return entry;
}

function isPrivate(name: string): boolean {
  let known = knownFields.get(name);
  if (known === undefined) knownFields.set(name, (known = privateFields.test(name)));
  return known;
}

/** A store that tells new objects from those that an earlier import has left. */
function counting(store: Store, report: FileReport): Store {
  return {
    ...store,
    async put(...object) {
      try {
        const etag = await store.put(...object);
        report.objects += 1;
        return etag;
      } catch (error) {
        if (isThere(error)) report.objects_known += 1;
        throw error;
      }
    },
  };
}
