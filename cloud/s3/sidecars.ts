/**
 * Sidecars: an object's headers, metadata and checksums, in a file beside its body. Two files cannot be renamed at once.
 * So a sidecar is written before the body and describes both the new version and the one it replaces. The rename of the
 * body alone decides which of the two is valid, whenever the process dies.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

/** The sidecars below one folder. */
export class Sidecars {
  constructor(
    private readonly folder: string,
    private readonly temporary: string,
  ) {}

  /** The versions that a sidecar describes, newest first; none if it is missing or not JSON. */
  read(bucket: string, key: string): ObjectInfo[] {
    try {
      const text = readFileSync(this.path(bucket, key), "utf8");
      return (JSON.parse(text) as { versions?: ObjectInfo[] }).versions ?? [];
    } catch (error) {
      return error instanceof SyntaxError ? [] : (ignoreMissing(error) ?? []);
    }
  }

  /** Replaces a sidecar. */
  write(bucket: string, key: string, versions: ObjectInfo[]): void {
    const path = this.path(bucket, key);
    const temporary = join(this.temporary, randomUUID());
    try {
      writeFileSync(temporary, JSON.stringify({ key, versions }), { flag: "wx" });
      try {
        renameSync(temporary, path);
      } catch (error) {
        ignoreMissing(error);
        mkdirSync(dirname(path), { recursive: true });
        renameSync(temporary, path);
      }
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
