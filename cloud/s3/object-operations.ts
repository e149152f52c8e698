/** The operations on one object. */
import { readFileSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";
import { writeCondition } from "./conditions";
import { noSuchKey, notImplemented, type S3Error } from "./errors";
import { carriedHeaders, type Operation, type S3Request } from "./requests";
import type { ObjectInfo } from "./sidecars";

/** Buckets here keep one version of each object. S3 gives it this id in a bucket that never had versioning. */
export const onlyVersion = "null";

const putObject: Operation = async (request, files) => {
  const { bucket, key, headers, body } = request;
  request.require("s3:PutObject");
  if (headers["if-match"] !== undefined) request.require("s3:GetObject");
  const info = await files.put(bucket, key, body(), {
    ...carriedHeaders(headers),
    condition: writeCondition(headers),
  });
  return { status: 200, headers: { etag: info.etag, ...checksumHeaders(info) } };
};

const headObject: Operation = async (request, files) => {
  const { bucket, key, headers } = request;
  request.require("s3:GetObject");
  const info = await files.head(bucket, key);
  if (!info) throw missing(request);
  return { status: 200, headers: describe(info, headers["x-amz-checksum-mode"] === "ENABLED") };
};

const getObject: Operation = async (request, files) => {
  const { bucket, key, headers } = request;
  request.require("s3:GetObject");
  const opened = await files.get(bucket, key);
  if (!opened) throw missing(request);
  return {
    status: 200,
    headers: describe(opened.info, headers["x-amz-checksum-mode"] === "ENABLED"),
    body: await contentOf(opened.file, opened.info),
  };
};

/** Returns a 404. Throws a 403 instead if the caller may not list the bucket, and so not know what is missing. */
function missing(request: S3Request): S3Error {
  request.require("s3:ListBucket", "");
  return noSuchKey(request.key);
}

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

const deleteObject: Operation = async (request, files) => {
  const { bucket, key, headers, query } = request;
  request.require(query.has("versionId") ? "s3:DeleteObjectVersion" : "s3:DeleteObject");
  if (headers["if-match"] !== undefined) request.require("s3:GetObject");
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
