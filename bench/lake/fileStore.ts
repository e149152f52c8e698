import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { s3Error } from "../../cloud/memory/memoryStore";
import type { BucketStore, ObjectVersion } from "../../handlers/shared/store";

/**
 * A bucket as plain files, without a server between, for one process; conditions and ETags as S3 has them. Metadata is
 * kept in memory: a file that was there before has none.
 */
export function fileStore(root: string): BucketStore {
  const known = new Map<string, ObjectVersion>();
  const fileOf = (key: string) => path.join(root, key);
  const versionOf = (key: string) => {
    if (!known.has(key) && fs.existsSync(fileOf(key)))
      known.set(key, { etag: etagOf(fs.readFileSync(fileOf(key))), metadata: {} });
    return known.get(key);
  };
  return {
    head: async (key) => versionOf(key),
    list: async (prefix) => {
      const folder = fileOf(prefix.slice(0, prefix.lastIndexOf("/") + 1));
      if (!fs.existsSync(folder)) return [];
      return fs
        .readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
        .filter((key) => key.startsWith(prefix))
        .sort();
    },
    folders: async (prefix) => {
      if (!fs.existsSync(fileOf(prefix))) return [];
      const entries = fs.readdirSync(fileOf(prefix), { withFileTypes: true });
      return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
    },
    remove: async (keys) => {
      for (const key of keys) {
        fs.rmSync(fileOf(key), { force: true });
        known.delete(key);
      }
    },
    get: async (key) => {
      const version = versionOf(key);
      return version && { ...version, body: fs.createReadStream(fileOf(key)) };
    },
    put: async (key, body, condition, { metadata = {} } = {}) => {
      const there = versionOf(key);
      if ("ifMatch" in condition && !there) throw s3Error("NoSuchKey", 404);
      const isOther = "ifMatch" in condition ? there?.etag !== condition.ifMatch : there !== undefined;
      if (isOther) throw s3Error("PreconditionFailed", 412);
      const etag = etagOf(body);
      fs.mkdirSync(path.dirname(fileOf(key)), { recursive: true });
      fs.writeFileSync(fileOf(key), body);
      known.set(key, { etag, metadata });
      return etag;
    },
  };
}

function etagOf(body: Uint8Array): string {
  return `"${createHash("md5").update(body).digest("hex")}"`;
}
