/** The files of a streaming history, in a zip as Spotify sends it, in a folder, or alone. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { Readable } from "node:stream";
import * as yauzl from "yauzl";
import { UserError } from "../../cloud/errors";

/** A file with plays, which can be read more than once. */
export interface HistoryFile {
  /** Name without folders. */
  name: string;
  /** Bytes. */
  size: number;
  open(): Promise<Readable>;
}

/** The files of an export that hold plays, by name. */
export interface HistoryExport {
  files: HistoryFile[];
  close(): void;
}

/** Extended history (`endsong_0.json` until 2022) and account data. Videos are left out. */
const historyName = /^(Streaming_History_Audio_.*|endsong_\d+|StreamingHistory.*)\.json$/;

/** Opens an export. Throws a `UserError` if there is none, it cannot be read, or it holds no plays. */
export async function openExport(file: string): Promise<HistoryExport> {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (!stats) throw new UserError(`There is no ${file}; name the zip that Spotify sent, or its folder.`);
  const opened = stats.isDirectory()
    ? ofPaths(fs.readdirSync(file, { recursive: true, encoding: "utf8" }).map((one) => path.join(file, one)))
    : file.endsWith(".json")
      ? ofPaths([file])
      : await ofZip(file);
  const files = opened.files.filter(({ name }) => historyName.test(name));
  if (files.length > 0) return { ...opened, files: files.sort((a, b) => (a.name < b.name ? -1 : 1)) };
  opened.close();
  throw new UserError(
    `${file} holds no Streaming_History_Audio_*.json and no StreamingHistory*.json; ask Spotify for your extended streaming history at https://www.spotify.com/account/privacy/.`,
  );
}

function ofPaths(paths: string[]): HistoryExport {
  const files = paths
    .map((file) => ({ file, stats: fs.statSync(file) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ file, stats }) => ({
      name: path.basename(file),
      size: stats.size,
      open: async () => fs.createReadStream(file),
    }));
  return { files, close: () => undefined };
}

async function ofZip(file: string): Promise<HistoryExport> {
  try {
    const zip = await yauzl.openPromise(file, { autoClose: false });
    const files: HistoryFile[] = [];
    for await (const entry of zip.eachEntry())
      files.push({
        name: path.posix.basename(entry.fileName),
        size: entry.uncompressedSize,
        open: () => zip.openReadStreamPromise(entry),
      });
    return { files, close: () => zip.close() };
  } catch (error) {
    throw new UserError(
      `${file} cannot be read as a zip (${(error as Error).message}); download it again, or name the folder of its files.`,
    );
  }
}
