/** The folders that keys with "/" need. S3 knows none, so one without files must never be in the way. */
import { mkdirSync, statSync } from "node:fs";
import { readdir, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { failedWith, S3Error } from "./errors";

/** True if there is a folder of that path. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}

/** Makes the folders above a key's file; refuses a key that lies inside, or is a folder of, another object's. */
export async function makeRoom(path: string, key: string): Promise<void> {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    if (failedWith(error, "EEXIST", "ENOTDIR"))
      throw keyInTheWay(key, "a part of it is the key of another object");
    throw error;
  }
  if (!isFolder(path)) return;
  await removeEmptyFolders(path);
  if (isFolder(path)) throw keyInTheWay(key, "other objects have keys that begin with it and a slash");
}

/** Removes the folders above a deleted file that nothing else is in, up to `top`. */
export async function removeEmptyParents(path: string, top: string): Promise<void> {
  for (let folder = dirname(path); folder !== top; folder = dirname(folder)) {
    const removed = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}

/** Removes a folder and those below it, as far as no file is in them: a killed write can leave them behind. */
async function removeEmptyFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await removeEmptyFolders(join(folder, entry.name));
  await rmdir(folder).catch(() => undefined);
}

function keyInTheWay(key: string, why: string): S3Error {
  return new S3Error(
    400,
    "InvalidArgument",
    `The key "${key}" cannot be kept as a plain file because ${why}: use another key.`,
  );
}
