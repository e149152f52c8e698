import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { BucketStore } from "../../handlers/shared/store";

/** An object as the memory store keeps it. */
export interface StoredObject {
  body: Buffer;
  etag: string;
  metadata: Record<string, string>;
}

/** A bucket in memory; conditions and ETags (of the content) as S3 has them. */
export function memoryStore(): BucketStore & { objects: Map<string, StoredObject> } {
  const objects = new Map<string, StoredObject>();
  return {
    objects,
    async head(key) {
      const object = objects.get(key);
      return object && { etag: object.etag, metadata: object.metadata };
    },
    async list(prefix) {
      return [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    },
    async folders(prefix) {
      const below = [...objects.keys()].filter((key) => key.startsWith(prefix));
      const names = below.map((key) => key.slice(prefix.length).split("/"));
      return [...new Set(names.filter(({ length }) => length > 1).map(([name]) => name!))].sort();
    },
    async remove(keys) {
      for (const key of keys) objects.delete(key);
    },
    async get(key) {
      const object = objects.get(key);
      return object && { ...object, body: Readable.from([object.body]) };
    },
    async put(key, body, condition, options = {}) {
      const there = objects.get(key);
      if ("ifMatch" in condition) {
        if (!there) throw s3Error("NoSuchKey", 404);
        if (there.etag !== condition.ifMatch) throw s3Error("PreconditionFailed", 412);
      } else if (there) {
        throw s3Error("PreconditionFailed", 412);
      }
      const etag = `"${createHash("md5").update(body).digest("hex")}"`;
      objects.set(key, { body: Buffer.from(body), etag, metadata: options.metadata ?? {} });
      return etag;
    },
  };
}

/** An error as the SDK throws it. */
export function s3Error(name: string, httpStatusCode: number): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
}
