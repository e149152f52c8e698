/** Which operation a request asks for. */
import { notImplemented } from "./errors";
import type { S3Request } from "./requests";

/** Parameters that say how an operation is done. Any other, such as `acl`, names what it is done to. */
const PARAMETERS = [
  "list-type",
  "prefix",
  "delimiter",
  "max-keys",
  "marker",
  "key-marker",
  "version-id-marker",
  "start-after",
  "continuation-token",
  "encoding-type",
  "fetch-owner",
  "versionId",
  "partNumber",
  "x-id",
];

/** Sub-resources whose operations are not named after them. */
const NAMED: Record<string, string> = {
  "GET bucket versions": "ListObjectVersions",
  "GET bucket uploads": "ListMultipartUploads",
  "POST bucket delete": "DeleteObjects",
  "GET bucket notification": "GetBucketNotificationConfiguration",
  "PUT bucket notification": "PutBucketNotificationConfiguration",
  "GET bucket lifecycle": "GetBucketLifecycleConfiguration",
  "PUT bucket lifecycle": "PutBucketLifecycleConfiguration",
  "POST object uploads": "CreateMultipartUpload",
  "POST object uploadId": "CompleteMultipartUpload",
  "PUT object uploadId": "UploadPart",
  "DELETE object uploadId": "AbortMultipartUpload",
  "GET object uploadId": "ListParts",
  "POST object restore": "RestoreObject",
  "POST object select": "SelectObjectContent",
};

const VERBS: Record<string, string> = {
  GET: "Get",
  HEAD: "Head",
  PUT: "Put",
  DELETE: "Delete",
  POST: "Post",
};

/** Returns S3's name of the operation, such as `PutObject` or `GetBucketAcl`. */
export function operationName({ method, bucket, key, query, headers }: S3Request): string {
  const copies = headers["x-amz-copy-source"] !== undefined;
  const scope = key === "" ? "Bucket" : "Object";
  const verb = VERBS[method] ?? method;
  if (bucket === "") return method === "GET" ? "ListBuckets" : verb;

  const subresource = subresourceOf(query);
  if (subresource !== undefined) {
    const name = NAMED[`${method} ${scope.toLowerCase()} ${subresource}`];
    if (name === "UploadPart" && copies) return "UploadPartCopy";
    return name ?? `${verb}${scope}${pascalCase(subresource)}`;
  }
  if (scope === "Object") return method === "PUT" && copies ? "CopyObject" : `${verb}Object`;
  if (method === "GET") return query.get("list-type") === "2" ? "ListObjectsV2" : "ListObjects";
  return method === "PUT" ? "CreateBucket" : `${verb}Bucket`;
}

function subresourceOf(query: URLSearchParams): string | undefined {
  if (query.has("uploadId")) return "uploadId";
  return [...query.keys()].find(
    (name) => !PARAMETERS.includes(name) && !/^response-/.test(name) && !/^x-amz-/i.test(name),
  );
}

/** `legal-hold` becomes `LegalHold`. */
function pascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z])/gi, (_, letter: string) => letter.toUpperCase());
}

/** Headers that ask for what is not kept here. Storage class and encryption at rest change nothing a client could see. */
const REFUSED_HEADERS =
  /^x-amz-(acl|grant-.*|tagging|object-lock-.*|website-redirect-location|write-offset-bytes|if-match-.*|server-side-encryption-customer-.*)$/;

/** Headers of a read that ask for a part of the object, or for none of it. */
const REFUSED_READ_HEADERS = /^(range|if-(match|none-match|modified-since|unmodified-since))$/;

/** Throws `NotImplemented` for a header or parameter that would change the meaning of the operation. */
export function refuseVariants(operation: string, { headers, query }: S3Request): void {
  const isRead = operation === "GetObject" || operation === "HeadObject";
  const variant =
    [...query.keys()].find(
      (name) => isRefused(name) && `${operation} ${name}` !== "DeleteObject versionId",
    ) ??
    Object.keys(headers).find(
      (name) => REFUSED_HEADERS.test(name) || (isRead && REFUSED_READ_HEADERS.test(name)),
    );
  if (variant) throw notImplemented(`${operation} with ${variant}`);
}

function isRefused(parameter: string): boolean {
  return parameter === "versionId" || parameter === "partNumber" || parameter.startsWith("response-");
}
