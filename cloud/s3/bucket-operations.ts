/** The operations on buckets: listings and the deletion of many objects. */
import { asS3Error, invalidArgument, notImplemented } from "./errors";
import type { ObjectPage } from "./objects";
import { type Answer, type Call, type Operation, readText, type Stores, wholeNumber } from "./requests";
import { childText, malformed, parseXml, requiredText, toXml, type XmlValue } from "./xml";

/** Most keys that S3 puts on a page or deletes at once. */
const MOST_KEYS = 1000;

const onlyVersion = "null";

const listBuckets: Operation = async (_call, { files }) => {
  const buckets = await files.buckets();
  const Bucket = buckets.map(({ name, created }) => ({ Name: name, CreationDate: created.toISOString() }));
  return { status: 200, body: toXml("ListAllMyBucketsResult", { Buckets: { Bucket } }) };
};

const headBucket: Operation = async (call, { files }) => {
  await files.requireBucket(call.bucket);
  return { status: 200 };
};

const listObjectsV2: Operation = async (call, stores) => {
  const { query } = call;
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after");
  const after = token === null ? (startAfter ?? "") : Buffer.from(token, "base64url").toString();
  const listing = await readPage(call, stores, after);
  return listingAnswer(call, listing, {
    KeyCount: listing.objects.length + listing.commonPrefixes.length,
    StartAfter: startAfter === null ? undefined : encoder(query)(startAfter),
    ContinuationToken: token ?? undefined,
    NextContinuationToken: listing.next && Buffer.from(listing.next).toString("base64url"),
  });
};

const listObjects: Operation = async (call, stores) => {
  const marker = call.query.get("marker") ?? "";
  const listing = await readPage(call, stores, marker);
  const encode = encoder(call.query);
  return listingAnswer(call, listing, {
    Marker: encode(marker),
    NextMarker: listing.next && encode(listing.next),
  });
};

/** Buckets here keep one version of an object, as those that never had versioning do: S3 calls it `null`. */
const listObjectVersions: Operation = async (call, stores) => {
  const marker = call.query.get("key-marker") ?? "";
  const listing = await readPage(call, stores, marker);
  const encode = encoder(call.query);
  const paging = {
    KeyMarker: encode(marker),
    NextKeyMarker: listing.next && encode(listing.next),
    NextVersionIdMarker: listing.next && onlyVersion,
  };
  return listingAnswer(call, listing, paging, true);
};

const deleteObjects: Operation = async (call, { files }) => {
  await files.requireBucket(call.bucket);
  const request = parseXml(await readText(call), "Delete");
  const objects = request.Object ?? [];
  if (objects.length === 0 || objects.length > MOST_KEYS)
    throw malformed(`it names ${objects.length} objects, but 1 to ${MOST_KEYS} are allowed`);
  const keys = objects.map((object) => requiredText(object, "Key"));

  const Deleted: XmlValue[] = [];
  const Errors: XmlValue[] = [];
  for (const [i, Key] of keys.entries()) {
    try {
      const version = childText(objects[i]!, "VersionId");
      if (version && version !== onlyVersion) throw notImplemented("DeleteObjects with VersionId");
      await files.delete(call.bucket, Key, { ifMatch: childText(objects[i]!, "ETag") });
      Deleted.push({ Key });
    } catch (error) {
      const { code, message } = asS3Error(error);
      Errors.push({ Key, Code: code, Message: message });
    }
  }
  const quiet = childText(request, "Quiet") === "true";
  return { status: 200, body: toXml("DeleteResult", { Deleted: quiet ? [] : Deleted, Error: Errors }) };
};

/** The operations on buckets, by name. */
export const bucketOperations: Record<string, Operation> = {
  ListBuckets: listBuckets,
  HeadBucket: headBucket,
  ListObjects: listObjects,
  ListObjectsV2: listObjectsV2,
  ListObjectVersions: listObjectVersions,
  DeleteObjects: deleteObjects,
};

async function readPage({ bucket, query }: Call, { files }: Stores, after: string): Promise<ObjectPage> {
  return files.list(bucket, {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    after,
    limit: Math.min(maxKeys(query), MOST_KEYS),
  });
}

function maxKeys(query: URLSearchParams): number {
  return wholeNumber("max-keys", query.get("max-keys") ?? String(MOST_KEYS), 0, 2 ** 31 - 1);
}

function listingAnswer(
  { bucket, query }: Call,
  listing: ObjectPage,
  paging: Record<string, XmlValue>,
  ofVersions = false,
): Answer {
  const encode = encoder(query);
  const delimiter = query.get("delimiter");
  const body = toXml(ofVersions ? "ListVersionsResult" : "ListBucketResult", {
    Name: bucket,
    Prefix: encode(query.get("prefix") ?? ""),
    Delimiter: delimiter ? encode(delimiter) : undefined,
    MaxKeys: maxKeys(query),
    EncodingType: query.get("encoding-type") ?? undefined,
    IsTruncated: listing.next !== undefined,
    ...paging,
    [ofVersions ? "Version" : "Contents"]: listing.objects.map((object) => ({
      Key: encode(object.key),
      ...(ofVersions && { VersionId: onlyVersion, IsLatest: true }),
      LastModified: new Date(object.lastModified).toISOString(),
      ETag: object.etag,
      Size: object.size,
      StorageClass: "STANDARD",
    })),
    CommonPrefixes: listing.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
  return { status: 200, body };
}

/** How keys are written in the answer: `encoding-type=url` is for keys that XML cannot hold. */
function encoder(query: URLSearchParams): (text: string) => string {
  const type = query.get("encoding-type");
  if (type === null) return (text) => text;
  if (type === "url") return (text) => encodeURIComponent(text).replaceAll("%2F", "/");
  throw invalidArgument(`encoding-type is "${type}": only "url" is known.`);
}
