/** The operations on one object. */
import { byteRange, readCondition, writeCondition } from "./conditions";
import { invalidArgument, noSuchKey, notImplemented, preconditionFailed, S3Error } from "./errors";
import { type Answer, type Call, carriedHeaders, decodeUri, type Operation, type Stores } from "./requests";
import type { ObjectInfo } from "./sidecars";
import { toXml } from "./xml";

const putObject: Operation = async (call, { files }) => {
  const info = await files.put(call.bucket, call.key, call.body(), {
    ...carriedHeaders(call.headers),
    condition: writeCondition(call.headers),
  });
  return { status: 200, headers: { etag: info.etag, ...checksumHeaders(info) } };
};

const headObject: Operation = async (call, { files }) => {
  const info = await files.head(call.bucket, call.key);
  if (!info) throw noSuchKey(call.key);
  return describe(call, info).answer;
};

const getObject: Operation = async (call, { files }) => {
  const opened = await files.get(call.bucket, call.key);
  if (!opened) throw noSuchKey(call.key);
  const { info, file } = opened;
  try {
    const { answer, range } = describe(call, info);
    if (answer.status === 304 || info.size === 0) {
      await file.close();
      return answer;
    }
    return { ...answer, body: file.createReadStream(range) };
  } catch (error) {
    await file.close();
    throw error;
  }
};

const deleteObject: Operation = async (call, { files }) => {
  await files.delete(call.bucket, call.key, writeCondition(call.headers));
  return { status: 204 };
};

const copyObject: Operation = async (call, { files }) => {
  const source = await openSource(call, files);
  try {
    readSourceCondition(call, source.info);
    const info = await files.put(call.bucket, call.key, source.file.createReadStream({ autoClose: false }), {
      ...copiedHeaders(call, source),
      condition: writeCondition(call.headers),
      cause: "Copy",
    });
    const LastModified = new Date(info.lastModified).toISOString();
    return { status: 200, body: toXml("CopyObjectResult", { ETag: info.etag, LastModified }) };
  } finally {
    await source.file.close();
  }
};

/** The operations on one object, by name. */
export const objectOperations: Record<string, Operation> = {
  PutObject: putObject,
  HeadObject: headObject,
  GetObject: getObject,
  DeleteObject: deleteObject,
  CopyObject: copyObject,
};

/** Status and headers of a GET or HEAD, and the bytes to send if not all of them. */
function describe(call: Call, info: ObjectInfo): { answer: Answer; range?: { start: number; end: number } } {
  const validators = { etag: info.etag, "last-modified": new Date(info.lastModified).toUTCString() };
  if (readCondition(call.headers, info) === "fresh") return { answer: { status: 304, headers: validators } };

  const range = byteRange(call.headers.range, info.size);
  const headers: Record<string, string> = {
    "content-type": "binary/octet-stream",
    ...info.headers,
    ...validators,
    "accept-ranges": "bytes",
    "content-length": String(range ? range.end - range.start + 1 : info.size),
  };
  for (const [name, value] of Object.entries(info.metadata)) headers[`x-amz-meta-${name}`] = value;
  if (range) headers["content-range"] = `bytes ${range.start}-${range.end}/${info.size}`;
  // A checksum of the whole object would fail the client's check of a part of it.
  else if (call.headers["x-amz-checksum-mode"] === "ENABLED") Object.assign(headers, checksumHeaders(info));
  return { answer: { status: range ? 206 : 200, headers }, range };
}

function checksumHeaders({ crc32 }: ObjectInfo): Record<string, string> {
  return { "x-amz-checksum-crc32": crc32, "x-amz-checksum-type": "FULL_OBJECT" };
}

type Source = NonNullable<Awaited<ReturnType<Stores["files"]["get"]>>> & { bucket: string; key: string };

async function openSource(call: Call, files: Stores["files"]): Promise<Source> {
  const [path, version] = String(call.headers["x-amz-copy-source"]).split("?");
  if (version) throw notImplemented("CopyObject with versionId");
  const [bucket, ...rest] = decodeUri(path!).replace(/^\//, "").split("/");
  const key = rest.join("/");
  const opened = await files.get(bucket!, key);
  if (!opened) throw noSuchKey(key);
  return { ...opened, bucket: bucket!, key };
}

function readSourceCondition(call: Call, info: ObjectInfo): void {
  if (readCondition(call.headers, info, "x-amz-copy-source-") === "fresh")
    throw preconditionFailed("x-amz-copy-source-if-none-match or -if-modified-since");
}

function copiedHeaders(call: Call, { info, bucket, key }: Source): ReturnType<typeof carriedHeaders> {
  const directive = call.headers["x-amz-metadata-directive"] ?? "COPY";
  if (directive === "REPLACE") return carriedHeaders(call.headers);
  if (directive !== "COPY")
    throw invalidArgument(`x-amz-metadata-directive is "${directive}": use COPY or REPLACE.`);
  if (bucket === call.bucket && key === call.key)
    throw new S3Error(
      400,
      "InvalidRequest",
      "An object can be copied to itself only with x-amz-metadata-directive: REPLACE.",
    );
  return { headers: info.headers, metadata: info.metadata };
}
