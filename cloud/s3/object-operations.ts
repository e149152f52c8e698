/** The operations on one object. */
import { readFileSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";
import { writeCondition } from "./conditions";
import { noSuchKey, notImplemented } from "./errors";
import { carriedHeaders, type Operation } from "./requests";
import type { ObjectInfo } from "./sidecars";

/** Buckets here keep one version of each object. S3 gives it this id in a bucket that never had versioning. */
export const onlyVersion = "null";

const putObject: Operation = async ({ bucket, key, headers, body }, files) => {
  const info = await files.put(bucket, key, body(), {
    ...carriedHeaders(headers),
    condition: writeCondition(headers),
  });
  return { status: 200, headers: { etag: info.etag, ...checksumHeaders(info) } };
};

const headObject: Operation = async ({ bucket, key, headers }, files) => {
  const info = await files.head(bucket, key);
  if (!info) throw noSuchKey(key);
  return { status: 200, headers: describe(info, headers["x-amz-checksum-mode"] === "ENABLED") };
};

const getObject: Operation = async ({ bucket, key, headers }, files) => {
  const opened = await files.get(bucket, key);
  if (!opened) throw noSuchKey(key);
  return {
    status: 200,
    headers: describe(opened.info, headers["x-amz-checksum-mode"] === "ENABLED"),
    body: await contentOf(opened.file, opened.info),
  };
};

/** Bytes up to which a body is read at once, as it is then sent in one piece with its headers. */
const smallBody = 64 * 1024;

/** Returns an opened body, and closes its file when it has been read. */
async function contentOf(file: FileHandle, { size }: ObjectInfo): Promise<Readable | Buffer> {
  if (size > smallBody) return file.createReadStream();
  try {
    return readFileSync(file.fd);
  } finally {
    await file.close();
  }
}

const deleteObject: Operation = async ({ bucket, key, headers, query }, files) => {
  const version = query.get("versionId") ?? onlyVersion;
  if (version !== onlyVersion) throw notImplemented("DeleteObject with versionId");
  await files.delete(bucket, key, writeCondition(headers));
  return { status: 204 };
};

/** The operations on one object, by name. */
export const objectOperations: Record<string, Operation> = {
  PutObject: putObject,
  HeadObject: headObject,
  GetObject: getObject,
  DeleteObject: deleteObject,
};

function describe(info: ObjectInfo, withChecksum: boolean): Record<string, string> {
  const metadata = Object.entries(info.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return {
    "content-type": "binary/octet-stream",
    ...info.headers,
    etag: info.etag,
    "last-modified": new Date(info.lastModified).toUTCString(),
    "content-length": String(info.size),
    ...(Object.fromEntries(metadata) as Record<string, string>),
    ...(withChecksum && checksumHeaders(info)),
  };
}

function checksumHeaders({ crc32 }: ObjectInfo): Record<string, string> {
  return { "x-amz-checksum-crc32": crc32, "x-amz-checksum-type": "FULL_OBJECT" };
}
