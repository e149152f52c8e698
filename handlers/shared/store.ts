/** What extract and transform need of S3, so that their logic can be tested against any store. */
import { text } from "node:stream/consumers";

/** A stored object's version: its ETag and the user metadata written with it. */
export interface ObjectVersion {
  etag: string;
  metadata: Record<string, string>;
}

/** An object that is being read; `size` is in bytes, if the store tells it. */
interface StoredObject extends ObjectVersion {
  body: NodeJS.ReadableStream;
  size?: number;
}

/** A write's condition: only if nothing is there yet, or only over the version with this ETag. */
export type Condition = { ifNoneMatch: "*" } | { ifMatch: string };

/** Optional parts of a write. */
interface PutOptions {
  contentType?: string;
  metadata?: Record<string, string>;
}

/**
 * One bucket. Every method rejects with the SDK's error if S3 does; a failed condition rejects with an error for which
 * {@link isConflict} holds.
 */
export interface Store {
  /** Version of an object, or undefined if there is none. */
  head(key: string): Promise<ObjectVersion | undefined>;
  /** All keys under a prefix, in ascending UTF-8 order. */
  list(prefix: string): Promise<string[]>;
  /** The body as a stream of bytes, or undefined if there is no such object. */
  get(key: string): Promise<StoredObject | undefined>;
  /** Writes an object under a condition and returns its new ETag. */
  put(key: string, body: Uint8Array, condition: Condition, options?: PutOptions): Promise<string>;
}

/** One bucket, with what sealing needs beside. */
export interface BucketStore extends Store {
  /** The names of the folders directly under a prefix that ends in "/". */
  folders(prefix: string): Promise<string[]>;
  /** Deletes objects; those that are not there are no error. */
  remove(keys: string[]): Promise<void>;
}

/** Returns the text and the ETag of an object, or undefined if there is none. */
export async function readText(
  store: Store,
  key: string,
): Promise<{ text: string; etag: string } | undefined> {
  const found = await store.get(key);
  return found && { text: await text(found.body), etag: found.etag };
}

/**
 * True for a write that lost a race: precondition failed (412), conflict (409), or If-Match on a missing object (404
 * NoSuchKey). A missing bucket is a 404 too, but no race.
 */
export function isConflict(error: unknown): boolean {
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return status === 409 || status === 412 || (status === 404 && name === "NoSuchKey");
}
