/**
 * What is known of an object beside its bytes, in a file of its own. Two files cannot be renamed at once, so a sidecar
 * describes the version being written *and* the one it replaces, and is in place before the body is: the rename of the
 * body alone decides which of them holds, whenever the process dies.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Content } from "./checksums";
import { ignoreMissing } from "./errors";

/** One version of an object. */
export interface ObjectInfo extends Content {
  /** With quotes, as in the header. */
  etag: string;
  /** ms since 1970 UTC */
  lastModified: number;
  /** Content-Type and its like, by name in lower case. */
  headers: Record<string, string>;
  /** User metadata, without `x-amz-meta-`. */
  metadata: Record<string, string>;
  /** Of the body's file (see drafts.ts). */
  fingerprint: string;
}

/** The sidecars below one folder. */
export class Sidecars {
  constructor(
    private readonly folder: string,
    private readonly drafts: string,
  ) {}

  /** The versions that a sidecar describes, newest first; none if it is lost or is not JSON. */
  async read(bucket: string, key: string): Promise<ObjectInfo[]> {
    const text = await readFile(this.path(bucket, key), "utf8").catch(ignoreMissing);
    if (text === undefined) return [];
    try {
      return (JSON.parse(text) as { versions?: ObjectInfo[] }).versions ?? [];
    } catch {
      return [];
    }
  }

  /** Replaces a sidecar. */
  async write(bucket: string, key: string, versions: ObjectInfo[]): Promise<void> {
    const path = this.path(bucket, key);
    const draft = join(this.drafts, randomUUID());
    try {
      await writeFile(draft, JSON.stringify({ key, versions }), { flag: "wx" });
      await mkdir(dirname(path), { recursive: true });
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  /** Removes a sidecar, if there is one. */
  async remove(bucket: string, key: string): Promise<void> {
    await rm(this.path(bucket, key), { force: true });
  }

  /** Named by hash, so that no key is too long and none is the folder of another. */
  private path(bucket: string, key: string): string {
    return join(this.folder, bucket, `${createHash("sha256").update(key).digest("hex")}.json`);
  }
}
