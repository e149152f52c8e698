/** The operations on multipart uploads. */
import { type Check, checksOf, isOfObject } from "./checksums";
import { writeCondition } from "./conditions";
import { notImplemented } from "./errors";
import { type Call, carriedHeaders, type Operation, readText, wholeNumber } from "./requests";
import type { NamedPart, UploadId } from "./uploads";
import { childText, malformed, parseXml, requiredText, toXml, type XmlElement } from "./xml";

const MOST_PARTS = 10_000;

const createMultipartUpload: Operation = async (call, { files, uploads }) => {
  const { bucket, key } = call;
  await files.head(bucket, key);
  const id = await uploads.create(bucket, key, carriedHeaders(call.headers));
  return {
    status: 200,
    body: toXml("InitiateMultipartUploadResult", { Bucket: bucket, Key: key, UploadId: id }),
  };
};

const uploadPart: Operation = async (call, { uploads }) => {
  const number = wholeNumber("partNumber", call.query.get("partNumber") ?? "", 1, MOST_PARTS);
  const part = await uploads.putPart(uploadOf(call), number, call.body());
  return { status: 200, headers: { etag: `"${part.md5}"`, "x-amz-checksum-crc32": part.crc32 } };
};

const completeMultipartUpload: Operation = async (call, { uploads }) => {
  const { bucket, key, headers } = call;
  const parts = parseXml(await readText(call), "CompleteMultipartUpload").Part ?? [];
  if (parts.length === 0) throw malformed("it names no part");
  const info = await uploads.complete(
    uploadOf(call),
    parts.map(namedPart),
    writeCondition(headers),
    objectChecks(call),
  );
  return {
    status: 200,
    body: toXml("CompleteMultipartUploadResult", {
      Bucket: bucket,
      Key: key,
      ETag: info.etag,
      ChecksumCRC32: info.crc32,
      ChecksumType: "FULL_OBJECT",
    }),
  };
};

const abortMultipartUpload: Operation = async (call, { uploads }) => {
  await uploads.abort(uploadOf(call));
  return { status: 204 };
};

/** The operations on multipart uploads, by name. */
export const uploadOperations: Record<string, Operation> = {
  CreateMultipartUpload: createMultipartUpload,
  UploadPart: uploadPart,
  CompleteMultipartUpload: completeMultipartUpload,
  AbortMultipartUpload: abortMultipartUpload,
};

function uploadOf({ bucket, key, query }: Call): UploadId {
  return { bucket, key, id: query.get("uploadId") ?? "" };
}

function namedPart(part: XmlElement): NamedPart {
  const number = wholeNumber("PartNumber", requiredText(part, "PartNumber"), 1, MOST_PARTS);
  const names = Object.keys(part).filter((name) => name.startsWith("Checksum"));
  return {
    number,
    etag: requiredText(part, "ETag"),
    checks: names.map((name) => ({
      header: `${name} of part ${number}`,
      algorithm: name.slice("Checksum".length).toLowerCase(),
      encoding: "base64",
      expected: () => childText(part, name),
    })),
  };
}

/** Checksums of the object that the parts make; those made of the parts' checksums are not known here. */
function objectChecks({ headers }: Call): Check[] {
  const checks = checksOf(headers, {}).filter(isOfObject);
  if (checks.some((check) => check.expected()?.includes("-")))
    throw notImplemented("CompleteMultipartUpload with a composite checksum");
  return checks;
}
