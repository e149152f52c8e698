/**
 * Sidecars: an object's headers, metadata and checksums, in a file beside its body. Two files cannot be renamed at once.
 * So a version is added to the sidecar, as a line, before its body is there, and those before it stay. The rename of the
 * body alone decides which of them is valid, whenever the process dies. A line that is cut short describes nothing.
 *
 * Lines are added in place: ext4 takes up to a millisecond to make a file where many were removed a short time ago.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Content } from "./checksums";
import { ignoreMissing } from "./errors";

/** One version of an object. */
export interface ObjectInfo extends Content {
  /** With quotes, as in the header. */
  etag: string;
  /** ms since 1970 UTC */
  lastModified: number;
  /** Content-Type and similar headers, by name in lower case. */
  headers: Record<string, string>;
  /** User metadata, without `x-amz-meta-`. */
  metadata: Record<string, string>;
  /** Of the body's file (see temporaryFiles.ts). */
  fingerprint: string;
}

/** Bytes of a sidecar from which the next write keeps only the newest two versions. */
const maxBytes = 8192;

/** The sidecars below one folder. */
export class Sidecars {
  constructor(
    private readonly folder: string,
    private readonly temporary: string,
  ) {}

  /** The versions that a sidecar describes, newest first; none if it is missing. */
  *read(bucket: string, key: string): Generator<ObjectInfo> {
    let text: string;
    try {
      text = readFileSync(this.path(bucket, key), "utf8");
    } catch (error) {
      return ignoreMissing(error);
    }
    for (const line of text.split("\n").reverse()) yield* versionsIn(line);
  }

  /** Adds a version to a sidecar; `current` is the one whose body is there, if there is one. */
  write(bucket: string, key: string, version: ObjectInfo, current?: ObjectInfo): void {
    const path = this.path(bucket, key);
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size < maxBytes)
      return inFolder(path, () => writeFileSync(path, lineOf(key, [version]), { flag: "a" }));
    const temporary = join(this.temporary, randomUUID());
    try {
      writeFileSync(temporary, lineOf(key, current ? [version, current] : [version]), { flag: "wx" });
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }

  /** Removes a sidecar, if there is one. */
  remove(bucket: string, key: string): void {
    rmSync(this.path(bucket, key), { force: true });
  }

  /** Named by hash, so that no key is too long and none is the folder of another. */
  private path(bucket: string, key: string): string {
    return join(this.folder, bucket, `${createHash("sha256").update(key).digest("hex")}.json`);
  }
}

/** One line of a sidecar. The line break comes first, so that a line before it that was cut short ends there. */
function lineOf(key: string, versions: ObjectInfo[]): string {
  return `\n${JSON.stringify({ key, versions })}`;
}

function versionsIn(line: string): ObjectInfo[] {
  try {
    return (JSON.parse(line) as { versions?: ObjectInfo[] }).versions ?? [];
  } catch {
    return [];
  }
}

/** Calls `write`, which writes to `path`; makes the folder first if there is none. */
function inFolder(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    ignoreMissing(error);
    mkdirSync(dirname(path), { recursive: true });
    write();
  }
}
