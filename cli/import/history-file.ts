/** One file of a streaming history on its way to raw objects. */
import { createHash } from "node:crypto";
import { JSONParser } from "@streamparser/json";
import { isObject, type Json } from "../../handlers/raw/json";
import { bodyLine, openRawWriter, type RawWriter } from "../../handlers/raw/writer";
import { utcDay, type HeaderLine } from "../../handlers/raw/format";
import { historyPlay, playEnd } from "../../handlers/transform/rows/history";
import { provenanceOf } from "../../handlers/transform/rows/provenance";
import type { Store } from "../../handlers/shared/store";
import { contentOf, noHistory } from "./content";
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

/** Plays of one line of a raw object, and characters of one object: months come in one after the other. */
const chunkSize = 500;
const partSize = 1_000_000;

/** Reasons, as a report names them, why an entry is no play. */
const shownInvalid = 3;
const reasons = {
  null_entry: "is no object",
  no_time: "has no time (ts, endTime) or no length (ms_played, msPlayed) that can be read",
  no_id: "names no track, episode or chapter",
};

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
  const see = (chunk: Uint8Array) => options.onProgress?.(file.name, (bytes += chunk.length));
  try {
    const why = noHistory(await contentOf(file.open));
    if (why !== undefined) throw new Error(why);
    const hash = createHash("sha256");
    for await (const chunk of await file.open()) {
      hash.update(chunk as Buffer);
      see(chunk as Buffer);
    }
    const writer = historyWriter(options, hash.digest("hex"), report);
    try {
      for await (const { entry, index } of entriesOf(file, see)) await writer.add(entry, index);
    } finally {
      await writer.end();
    }
  } catch (error) {
    if ((error as { code?: string }).code === "storage") throw error;
    report.error = (error as Error).message;
  }
  return report;
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
    partSize,
    beforePut: async () => undefined,
  });
  let chunk: Chunk | undefined;
  const land = async () => {
    if (chunk) await landChunk(landing, header, chunk);
    chunk = undefined;
  };
  return {
    async add(entry: unknown, index: number) {
      const time = isObject(entry) ? playEnd(entry) : null;
      count(report, entry, index, header);
      // What has no time stays beside what came before; without any before, there is no day to keep it under.
      const day = time === null ? chunk?.day : `${utcDay(time).slice(0, 7)}-01`;
      if (day === undefined) return;
      if (chunk && (chunk.day !== day || chunk.items.length >= chunkSize)) await land();
      chunk ??= { day, offset: index, items: [] };
      chunk.items.push(keepPrivate || !isObject(entry) ? entry : withoutPrivate(entry));
    },
    async end() {
      await land();
      await landing.flush();
    },
  };
}

async function landChunk(
  landing: RawWriter,
  header: HeaderLine,
  { day, offset, items }: Chunk,
): Promise<void> {
  // Everything here follows from the file, this date too.
  const date = new Date(day).toUTCString();
  const line = { kind: "object", read_seq: header.read_seq, date } as const;
  await landing.addToRead(header, day, bodyLine(line, JSON.stringify({ offset, items })));
}

function count(report: FileReport, entry: unknown, index: number, header: HeaderLine): void {
  const { made, skip } = historyPlay(entry, index, provenanceOf(header, "", 0));
  const row = made?.row;
  if (!row) {
    report.invalid += 1;
    if (report.invalid <= shownInvalid)
      report.invalid_examples.push({ entry: index + 1, reason: reasons[skip!] });
    return;
  }
  report.plays += 1;
  const time = new Date(row.played_at as number).toISOString();
  if (report.first_played_at === null || time < report.first_played_at) report.first_played_at = time;
  if (report.last_played_at === null || time > report.last_played_at) report.last_played_at = time;
}

function withoutPrivate(entry: Json): Json {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => !privateFields.test(name)));
}

/** A store that tells new objects from those that an earlier import has left. */
function counting(store: Store, report: FileReport): Store {
  return {
    ...store,
    async put(key, ...rest) {
      if (await store.head(key)) {
        report.objects_known += 1;
        return "";
      }
      const etag = await store.put(key, ...rest);
      report.objects += 1;
      return etag;
    },
  };
}

/** The entries of the list that a file is, as they come. Throws an error that says at which byte it breaks. */
async function* entriesOf(
  file: HistoryFile,
  see: (chunk: Uint8Array) => void,
): AsyncGenerator<{ entry: unknown; index: number }> {
  const entries: { entry: unknown; index: number }[] = [];
  const parser = new JSONParser({ paths: ["$.*"], keepStack: false });
  let failed: Error | undefined;
  parser.onValue = ({ value, key }) => {
    if (typeof key === "number") entries.push({ entry: value, index: key });
    else failed ??= new Error("byte 0: this is no list of plays");
  };
  parser.onError = ({ message }) => void (failed ??= new Error(brokenAt(message)));
  let bytes = 0;
  for await (const chunk of await file.open()) {
    parser.write(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    see(chunk as Buffer);
    yield* entries.splice(0);
    if (failed) throw failed;
  }
  if (!parser.isEnded) throw new Error(`byte ${bytes}: the file ends too early`);
}

/** The parser's own words name its position in the chunk and its state, which tell a person nothing. */
function brokenAt(message: string): string {
  const [, sign, at] = /^Unexpected "([^]*)" at .*absolute position "(\d+)"/.exec(message) ?? [];
  return at === undefined ? message : `byte ${at}: ${JSON.stringify(sign)} has no place there`;
}
