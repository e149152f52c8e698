/** The files of a streaming history, in a zip as Spotify sends it, in a folder, or alone. */
import * as fs from "node:fs";
import * as path from "node:path";
import { pipeline, Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import * as yauzl from "yauzl";
import { UserError } from "../../cloud/errors";
import { contentOf, noHistory } from "./content";

/** A file with plays, which can be read more than once. */
export interface HistoryFile {
  /** Name without folders. */
  name: string;
  /** Bytes. */
  size: number;
  open(): Promise<Readable>;
}

/** What an export holds of plays, in the order of the names. */
export interface HistoryExport {
  files: HistoryFile[];
  /** Sentences about archives in the export, which may hold plays and are not read. */
  unread: string[];
  close(): void;
}

/** Extended history (`endsong_0.json` and `endvideo_0.json` until 2022) and account data. */
const historyName = /^(Streaming_History_(Audio|Video)_|endsong_|endvideo|StreamingHistory).*\.json$/i;

/**
 * Opens an export. A file counts by its name, or by its fields if it was renamed. Throws a `UserError` if there is none,
 * it cannot be read, or it holds no plays.
 */
export async function openExport(file: string): Promise<HistoryExport> {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (!stats) throw new UserError(`There is no ${file}; name the zip that Spotify sent, or its folder.`);
  if (!stats.isDirectory()) return ofFile(file);
  const paths = fs.readdirSync(file, { recursive: true, encoding: "utf8" });
  return histories(file, ofPaths(paths.map((one) => path.join(file, one))), () => undefined);
}

async function ofFile(file: string): Promise<HistoryExport> {
  const files = ofPaths([file]);
  const content = await contentOf(files[0]!.open);
  const isNamed = historyName.test(path.basename(file));
  if (content === "zip" || (content === "other" && !file.endsWith(".json"))) return ofZip(file);
  const why =
    noHistory(content) ?? `this is ${content === "empty list" ? "an empty list" : "no list of plays"}`;
  if (content !== "history" && (!isNamed || noHistory(content))) throw new UserError(`${file}: ${why}.`);
  return { files, unread: [], close: () => undefined };
}

/** The histories among the files of an export. */
async function histories(from: string, all: HistoryFile[], close: () => void): Promise<HistoryExport> {
  const files: HistoryFile[] = [];
  const unread: string[] = [];
  for (const file of all.filter(({ name }) => !name.startsWith("."))) {
    if (/\.(zip|gz)$/i.test(file.name))
      unread.push(`${file.name} in ${from} was not read; unpack it and import what is in it by itself.`);
    else if (historyName.test(file.name)) files.push(file);
    else if (/\.json$/i.test(file.name) && (await contentOf(file.open)) === "history") files.push(file);
  }
  if (files.length > 0) return { files: files.sort((a, b) => (a.name < b.name ? -1 : 1)), unread, close };
  close();
  const request =
    "ask Spotify for your extended streaming history at https://www.spotify.com/account/privacy/.";
  const none = `${from} holds no Streaming_History_Audio_*.json and no StreamingHistory*.json; ${request}`;
  throw new UserError([...unread, none].join("\n"));
}

function ofPaths(paths: string[]): HistoryFile[] {
  return paths
    .map((file) => ({ file, stats: fs.statSync(file) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ file, stats }) => ({
      name: path.basename(file),
      size: stats.size,
      open: async () => fs.createReadStream(file),
    }));
}

async function ofZip(file: string): Promise<HistoryExport> {
  try {
    const zip = await yauzl.openPromise(file, { autoClose: false });
    const files: HistoryFile[] = [];
    for await (const entry of zip.eachEntry())
      files.push({
        name: path.posix.basename(entry.fileName),
        size: entry.uncompressedSize,
        open: () => openEntry(file, zip, entry),
      });
    return await histories(file, files, () => zip.close());
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${file} cannot be read as a zip (${(error as Error).message}); download it again, or name the folder of its files.`,
    );
  }
}

/** Bytes unzipped at once: in pieces of Node's 16 kB it takes longer. */
const pieceSize = 256 * 1024;

async function openEntry(file: string, zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Readable> {
  // yauzl says what is wrong with any other.
  if (!entry.isCompressed() || entry.isEncrypted()) return zip.openReadStreamPromise(entry);
  const { fileDataStart: start } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  const packed = fs.createReadStream(file, { start, end: start + entry.compressedSize - 1 });
  return Readable.from(inflated(packed, entry.crc32));
}

/** Yields what deflated bytes hold. Throws at their end if that is not what was zipped. */
async function* inflated(packed: Readable, expected: number): AsyncGenerator<Buffer> {
  // Errors of either stream reach the loop.
  const pieces = pipeline(packed, createInflateRaw({ chunkSize: pieceSize }), () => undefined);
  let crc = 0;
  for await (const piece of pieces as AsyncIterable<Buffer>) {
    crc = crc32(piece, crc);
    yield piece;
  }
  if (crc !== expected) throw new Error("its checksum is wrong: it was damaged on its way");
}
