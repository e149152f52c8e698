/**
 * Objects as plain files: the body of a key is `<root>/<bucket>/<key>`, so that any tool can read it; its headers and
 * metadata are in a sidecar in `<root>/.meta/`. A file copied in by hand is an object too. Only one process at a time may
 * write to a root.
 */
import { type BigIntStats, renameSync, statSync } from "node:fs";
import { type FileHandle, mkdir, open, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UserError } from "../errors";
import type { Clock, ObjectEvent } from "../types";
import { contentHash } from "./checksums";
import { requireWritable, type WriteCondition } from "./conditions";
import { ignoreMissing, noSuchBucket } from "./errors";
import { isFolder, makeRoom, removeEmptyParents } from "./folders";
import { isBucketName, isFileKey, requireFileKey } from "./keys";
import { KeyedLock } from "./keyedLock";
import { type ListQuery, listKeys } from "./listing";
import { type ObjectInfo, Sidecars } from "./sidecars";
import { type Body, fingerprint, writeTemporaryFile } from "./temporaryFiles";

/** Where objects are stored, and what is called on changes. */
interface ObjectFilesOptions {
  root: string;
  /** Sets LastModified; real time if left out. */
  clock?: Clock;
  /** Called after each change, before the next one of that bucket begins. */
  onChange?(event: ObjectEvent): void;
}

/** What goes with a body. */
export interface PutOptions {
  condition?: WriteCondition;
  /** Content-Type and similar headers, by name in lower case. */
  headers?: Record<string, string>;
  /** User metadata, without `x-amz-meta-`. */
  metadata?: Record<string, string>;
}

/** An object in a listing. */
interface ListedObject extends ObjectInfo {
  key: string;
}

/** A page of a listing of objects. */
export interface ObjectPage {
  objects: ListedObject[];
  commonPrefixes: string[];
  /** The `after` of the next page, if there is one. */
  next?: string;
}

/** The buckets below one folder. Every method throws `S3Error` for a missing bucket, writes also for a key that cannot be a file. */
export class ObjectFiles {
  /** Folder for bodies that are not objects yet; inside the root, so that a rename can move them to a bucket. */
  private readonly temporary: string;
  private readonly root: string;
  private readonly clock: Clock;
  private readonly onChange: (event: ObjectEvent) => void;
  private readonly sidecars: Sidecars;
  // By bucket, not by key: two keys may share folders.
  private readonly lock = new KeyedLock();
  private lastSequence = 0;

  constructor({ root, clock = { now: () => Date.now() }, onChange = () => undefined }: ObjectFilesOptions) {
    this.root = resolve(root);
    this.temporary = join(this.root, ".tmp");
    this.clock = clock;
    this.onChange = onChange;
    this.sidecars = new Sidecars(join(this.root, ".meta"), this.temporary);
  }

  /** Makes the root and removes what a killed process left half-written. Only for the process that serves the root. */
  async prepare(): Promise<void> {
    await rm(this.temporary, { recursive: true, force: true }).catch(() => undefined);
    await this.makeFolder(this.temporary);
  }

  /** Makes a bucket unless it is there. */
  async createBucket(name: string): Promise<void> {
    if (!isBucketName(name))
      throw new UserError(
        `"${name}" is not a bucket name: use 3 to 63 lower-case letters, digits, dots and hyphens.`,
      );
    await this.makeFolder(join(this.root, name));
    await this.makeFolder(this.temporary);
  }

  /** Throws `NoSuchBucket` unless the bucket is there. */
  requireBucket(bucket: string): void {
    if (!isBucketName(bucket) || !isFolder(join(this.root, bucket))) throw noSuchBucket(bucket);
  }

  /** What is known of an object, or undefined if there is none. */
  async head(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    this.requireBucket(bucket);
    return this.lock.run(bucket, () => this.current(bucket, key));
  }

  /**
   * An object opened for reading, or undefined if there is none. The caller closes the file. The file stays the same
   * version, even if the object is overwritten.
   */
  async get(bucket: string, key: string): Promise<{ info: ObjectInfo; file: FileHandle } | undefined> {
    this.requireBucket(bucket);
    return this.lock.run(bucket, async () => {
      const info = await this.current(bucket, key);
      return info && { info, file: await open(this.path(bucket, key)) };
    });
  }

  /** Writes an object whole or not at all; throws `S3Error` 412 or 404 if the condition does not hold. */
  async put(bucket: string, key: string, body: Body, options: PutOptions = {}): Promise<ObjectInfo> {
    requireFileKey(key);
    this.requireBucket(bucket);
    const { path: temporary, ...content } = await writeTemporaryFile(this.temporary, body);
    try {
      return await this.lock.run(bucket, async () => {
        const current = await this.current(bucket, key);
        requireWritable(key, current, options.condition);
        const info: ObjectInfo = {
          ...content,
          etag: `"${content.md5}"`,
          lastModified: this.clock.now(),
          headers: options.headers ?? {},
          metadata: options.metadata ?? {},
        };
        if (!current) await makeRoom(this.path(bucket, key), key);
        this.sidecars.write(bucket, key, info, current);
        renameSync(temporary, this.path(bucket, key));
        this.changed("ObjectCreated:Put", bucket, key, info);
        return info;
      });
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Deletes an object and says whether there was one. */
  async delete(bucket: string, key: string, condition?: WriteCondition): Promise<boolean> {
    requireFileKey(key);
    this.requireBucket(bucket);
    return this.lock.run(bucket, async () => {
      const current = await this.current(bucket, key);
      requireWritable(key, current, condition);
      if (!current) return false;
      const path = this.path(bucket, key);
      await rm(path, { force: true });
      this.sidecars.remove(bucket, key);
      await removeEmptyParents(path, join(this.root, bucket));
      this.changed("ObjectRemoved:Delete", bucket, key, { size: 0, etag: "" });
      return true;
    });
  }

  /** One page of the objects of a bucket, in ascending UTF-8 order of their keys. */
  async list(bucket: string, query: ListQuery = {}): Promise<ObjectPage> {
    this.requireBucket(bucket);
    return this.lock.run(bucket, async () => {
      const { keys, commonPrefixes, next } = await listKeys(join(this.root, bucket), query);
      const objects: ListedObject[] = [];
      for (const key of keys) {
        const info = await this.current(bucket, key);
        if (info) objects.push({ key, ...info });
      }
      return { objects, commonPrefixes, next };
    });
  }

  private async makeFolder(path: string): Promise<void> {
    try {
      await mkdir(path, { recursive: true });
    } catch (error) {
      throw new UserError(
        `The folder ${this.root} cannot hold S3 objects (${(error as Error).message}): choose one that can be written to.`,
      );
    }
  }

  private path(bucket: string, key: string): string {
    return join(this.root, bucket, ...key.split("/"));
  }

  /** The version that is in the body's file: from its sidecar, or from its bytes if the sidecar does not know it. */
  private async current(bucket: string, key: string): Promise<ObjectInfo | undefined> {
    if (!isFileKey(key)) return undefined;
    const stats = statsOf(this.path(bucket, key));
    if (!stats?.isFile()) return undefined;
    const now = fingerprint(stats);
    for (const version of this.sidecars.read(bucket, key)) if (version.fingerprint === now) return version;
    return this.adopt(bucket, key, stats);
  }

  /** Hashes a file that was copied in by hand, or with the whole root; in the second case the sidecar still has its metadata. */
  private async adopt(bucket: string, key: string, stats: BigIntStats): Promise<ObjectInfo | undefined> {
    const path = this.path(bucket, key);
    const hash = contentHash();
    const file = await open(path);
    for await (const chunk of file.createReadStream()) hash.update(chunk as Buffer);
    const now = statsOf(path);
    if (!now || fingerprint(now) !== fingerprint(stats)) return this.current(bucket, key);

    const content = hash.digest();
    const known = [...this.sidecars.read(bucket, key)].find(({ md5 }) => md5 === content.md5);
    const info = {
      etag: `"${content.md5}"`,
      lastModified: Number(stats.mtimeMs),
      headers: {},
      metadata: {},
      ...known,
      ...content,
      fingerprint: fingerprint(stats),
    };
    try {
      this.sidecars.write(bucket, key, info);
    } catch {
      // The sidecar only saves hashing again: the read succeeds even if it cannot be written.
    }
    return info;
  }

  private changed(
    name: string,
    bucket: string,
    key: string,
    { size, etag }: Pick<ObjectInfo, "size" | "etag">,
  ) {
    // From real time, so that it grows across restarts and whatever the simulated clock does.
    this.lastSequence = Math.max(this.lastSequence + 1, Date.now() * 1024);
    const sequencer = this.lastSequence.toString(16).toUpperCase().padStart(16, "0");
    this.onChange({ name, bucket, key, size, etag, sequencer });
  }
}

/** Sync, as it takes less time than handing it to a thread; undefined if there is no such file. */
function statsOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    return ignoreMissing(error);
  }
}
