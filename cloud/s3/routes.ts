/** Which operation a request asks for. */
import { notImplemented } from "./errors";
import type { Call } from "./requests";

/**
 * Parameters that say how an operation is done, beside those of signed links; any other names what it is done to
 * (`?acl`, `?tagging` …).
 */
const PARAMETERS = [
  "list-type",
  "prefix",
  "delimiter",
  "max-keys",
  "marker",
  "start-after",
  "continuation-token",
  "encoding-type",
  "fetch-owner",
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

/** The name that S3 gives the operation, such as `PutObject` or `GetBucketAcl`. */
export function operationName({ method, bucket, key, query, headers }: Call): string {
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
    (name) => !PARAMETERS.includes(name) && !isRefused(name) && !/^x-amz-/i.test(name),
  );
}

/** `legal-hold` becomes `LegalHold`. */
function pascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z])/gi, (_, letter: string) => letter.toUpperCase());
}

/** Headers that ask for what is not kept here. Storage class and encryption at rest change nothing a client could see. */
const REFUSED_HEADERS =
  /^x-amz-(acl|grant-.*|tagging|object-lock-.*|website-redirect-location|write-offset-bytes|server-side-encryption-customer-.*)$/;

/** Throws for a header or parameter that would make the operation mean something else. */
export function refuseVariants(operation: string, { headers, query }: Call): void {
  const parameter = [...query.keys()].find((name) => isRefused(name) && operation !== "UploadPart");
  const variant = parameter ?? Object.keys(headers).find((name) => REFUSED_HEADERS.test(name));
  if (variant) throw notImplemented(`${operation} with ${variant}`);
}

function isRefused(parameter: string): boolean {
  return parameter === "versionId" || parameter === "partNumber" || parameter.startsWith("response-");
}
