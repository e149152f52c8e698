import * as fs from "node:fs";
import * as path from "node:path";

/** A folder `key=value` that holds files. */
export interface PartitionFolder {
  key: string;
  value: string;
  /** The folder in the bucket, `s3://bucket/…/`. */
  location: string;
}

/** Query engines ignore names that begin with "." or "_". */
const isVisible = (name: string) => !/^[._]/.test(name);

/** Returns the files at an S3 location (`s3://bucket/…`) that engines read; `s3Root` is the folder of the buckets. */
export function filesAt(location: string, s3Root: string): string[] {
  const folder = folderOf(location, s3Root);
  return entriesOf(folder)
    .filter((entry) => entry.isFile())
    .map(({ name }) => path.join(folder, name));
}

/** Returns the names of the folders at a location. */
export function foldersAt(location: string, s3Root: string): string[] {
  return entriesOf(folderOf(location, s3Root))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

/** Returns the folders `key=value` directly at a location that have a non-empty file. */
export function partitionFolders(location: string, s3Root: string): PartitionFolder[] {
  const base = location.replace(/\/?$/, "/");
  return foldersAt(base, s3Root).flatMap((name) => {
    const [, key, value] = /^([^=]+)=([^=]+)$/.exec(name) ?? [];
    const folder = `${base}${name}/`;
    const isFilled = filesAt(folder, s3Root).some((file) => fs.statSync(file).size > 0);
    return key && value && isFilled ? [{ key, value: decoded(value), location: folder }] : [];
  });
}

/** Decodes a folder's name, which Hive percent-encodes; a single "%" is kept. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function folderOf(location: string, s3Root: string): string {
  return path.join(s3Root, location.replace(/^s3:\/\//, ""));
}

function entriesOf(folder: string): fs.Dirent[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => isVisible(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
