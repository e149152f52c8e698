/** The operations on buckets: listings and the deletion of many objects. */
import { asS3Error, invalidArgument, notImplemented } from "./errors";
import { onlyVersion } from "./object-operations";
import type { ObjectFiles, ObjectPage } from "./objects";
import { type Operation, readText, type S3Request, type S3Response } from "./requests";
import { childText, malformed, parseXml, requiredText, toXml, type XmlValue } from "./xml";

/** Most keys that S3 puts on a page or deletes at once. */
const MOST_KEYS = 1000;

const listObjectsV2: Operation = async (request, files) => {
  request.require("s3:ListBucket");
  const { query } = request;
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after");
  const page = await readPage(request, files, token === null ? (startAfter ?? "") : keyOf(token));
  return listing(request, page, "ListBucketResult", {
    KeyCount: page.objects.length + page.commonPrefixes.length,
    StartAfter: startAfter === null ? undefined : encoder(query)(startAfter),
    ContinuationToken: token ?? undefined,
    NextContinuationToken: page.next && tokenOf(page.next),
    Contents: described(request, page),
  });
};

const listObjectVersions: Operation = async (request, files) => {
  request.require("s3:ListBucketVersions");
  const { query } = request;
  const marker = query.get("key-marker") ?? "";
  const version = query.get("version-id-marker") ?? "";
  if (version !== "" && (marker === "" || version !== onlyVersion))
    throw invalidArgument(
      `version-id-marker is "${version}": it must be "${onlyVersion}", beside a key-marker.`,
    );
  const page = await readPage(request, files, marker);
  const encode = encoder(query);
  return listing(request, page, "ListVersionsResult", {
    KeyMarker: encode(marker),
    VersionIdMarker: version,
    NextKeyMarker: page.next && encode(page.next),
    NextVersionIdMarker: page.next && onlyVersion,
    Version: described(request, page).map((object) => ({
      ...object,
      VersionId: onlyVersion,
      IsLatest: true,
    })),
  });
};

const deleteObjects: Operation = async (request, files) => {
  files.requireBucket(request.bucket);
  const asked = parseXml(await readText(request), "Delete");
  const objects = asked.Object ?? [];
  if (objects.length === 0 || objects.length > MOST_KEYS)
    throw malformed(`it names ${objects.length} objects, but 1 to ${MOST_KEYS} are allowed`);
  const keys = objects.map((object) => requiredText(object, "Key"));

  const Deleted: XmlValue[] = [];
  const Errors: XmlValue[] = [];
  for (const [i, Key] of keys.entries()) {
    try {
      const version = childText(objects[i]!, "VersionId");
      const ifMatch = childText(objects[i]!, "ETag");
      request.require(version ? "s3:DeleteObjectVersion" : "s3:DeleteObject", Key);
      if (ifMatch !== undefined) request.require("s3:GetObject", Key);
      if (version && version !== onlyVersion) throw notImplemented("DeleteObjects with VersionId");
      await files.delete(request.bucket, Key, { ifMatch });
      Deleted.push({ Key });
    } catch (error) {
      const { code, message } = asS3Error(error);
      Errors.push({ Key, Code: code, Message: message });
    }
  }
  const quiet = childText(asked, "Quiet") === "true";
  return { status: 200, body: toXml("DeleteResult", { Deleted: quiet ? [] : Deleted, Error: Errors }) };
};

/** The operations on buckets, by name. */
export const bucketOperations: Record<string, Operation> = {
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  DeleteObjects: deleteObjects,
};

/** Continuation tokens are the last key, marked, so that no other text is taken for one. */
const tokenMark = "after:";

function tokenOf(key: string): string {
  return Buffer.from(tokenMark + key).toString("base64url");
}

function keyOf(token: string): string {
  const key = Buffer.from(token, "base64url").toString().slice(tokenMark.length);
  if (token !== tokenOf(key)) throw invalidArgument("The continuation token is not one of this endpoint.");
  return key;
}

function readPage({ bucket, query }: S3Request, files: ObjectFiles, after: string): Promise<ObjectPage> {
  return files.list(bucket, {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    after,
    limit: Math.min(maxKeys(query), MOST_KEYS),
  });
}

function maxKeys(query: URLSearchParams): number {
  const text = query.get("max-keys") ?? String(MOST_KEYS);
  if (/^\d+$/.test(text) && Number(text) < 2 ** 31) return Number(text);
  throw invalidArgument(`max-keys is "${text}", but must be a whole number from 0 to ${2 ** 31 - 1}.`);
}

function described({ query }: S3Request, { objects }: ObjectPage): Record<string, XmlValue>[] {
  const encode = encoder(query);
  return objects.map(({ key, lastModified, etag, size }) => ({
    Key: encode(key),
    LastModified: new Date(lastModified).toISOString(),
    ETag: etag,
    Size: size,
    StorageClass: "STANDARD",
  }));
}

function listing(
  { bucket, query }: S3Request,
  page: ObjectPage,
  root: string,
  content: Record<string, XmlValue>,
): S3Response {
  const encode = encoder(query);
  const delimiter = query.get("delimiter");
  const body = toXml(root, {
    Name: bucket,
    Prefix: encode(query.get("prefix") ?? ""),
    Delimiter: delimiter ? encode(delimiter) : undefined,
    MaxKeys: maxKeys(query),
    EncodingType: query.get("encoding-type") ?? undefined,
    IsTruncated: page.next !== undefined,
    ...content,
    CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
  return { status: 200, body };
}

/** Returns how keys are written in the response: `encoding-type=url` is for keys that XML cannot hold. */
function encoder(query: URLSearchParams): (text: string) => string {
  const type = query.get("encoding-type");
  if (type === null) return (text) => text;
  if (type === "url") return (text) => encodeURIComponent(text).replaceAll("%2F", "/");
  throw invalidArgument(`encoding-type is "${type}": only "url" is known.`);
}
