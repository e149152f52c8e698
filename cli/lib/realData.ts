import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../cloud/errors";
import { readFolder, type FolderState } from "../../cloud/localState";

/** What a folder holds that no simulation makes again, in words; undefined if there is none. */
export function realDataIn(dir: string): string | undefined {
  const listeners = rawFolders(dir);
  if (listeners.length === 0) return undefined;
  const streams = listeners.flatMap((folder) => fs.readdirSync(folder));
  const hasImport = streams.includes("streaming_history");
  const source = sourceOf(dir);
  if (source === "unknown") return "data of an unknown source";
  if (source === "spotify" && streams.some((stream) => stream !== "streaming_history"))
    return `a real account's data${hasImport ? " and imported history" : ""}`;
  return hasImport ? "imported history" : undefined;
}

/** Returns the error of a folder of real data that nobody is signed in for. */
export function notSignedIn(dir: string): UserError {
  const found = realDataIn(dir) ?? "a real account's data";
  return new UserError(
    `${dir} holds ${found}; sign in with npx spotify-lake login, or choose another folder with --out.`,
  );
}

function sourceOf(dir: string): FolderState["source"] | "unknown" {
  try {
    return readFolder(dir)?.source ?? "unknown";
  } catch {
    return "unknown";
  }
}

/** Returns the listeners who have data in a folder. */
export function listenersIn(dir: string): string[] {
  return rawFolders(dir).map((folder) => path.basename(folder));
}

/** The folders `raw/LISTENER` of the raw bucket. */
function rawFolders(dir: string): string[] {
  const buckets = path.join(dir, "s3");
  if (!fs.existsSync(buckets)) return [];
  return fs
    .readdirSync(buckets)
    .filter((name) => name.startsWith("raw-"))
    .map((name) => path.join(buckets, name, "raw"))
    .filter((raw) => fs.existsSync(raw))
    .flatMap((raw) => fs.readdirSync(raw).map((listener) => path.join(raw, listener)))
    .filter((folder) => fs.statSync(folder).isDirectory() && fs.readdirSync(folder).length > 0);
}
