/** A request as the operations see it, and their response. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { checksOf, verified } from "./checksums";
import { decodeChunked, isChunked } from "./chunked";
import { S3Error } from "./errors";
import type { ObjectFiles, PutOptions } from "./objects";

/** Longest XML body: the names of 1,000 objects to delete are far shorter. */
const XML_LIMIT = 8 * 1024 * 1024;

/** One request. */
export interface S3Request {
  method: string;
  /** Empty for the list of buckets. */
  bucket: string;
  /** Empty for the bucket itself. */
  key: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /**
   * Throws `AccessDenied` unless the caller may do `action`, such as `s3:GetObject`, to the object with this key, by
   * default the request's; to the bucket itself if the key is empty.
   */
  require(action: string, key?: string): void;
  /** The body without its framing; reading it to the end throws if a checksum sent along does not match. */
  body(): AsyncIterable<Uint8Array>;
}

/** One response. */
export interface S3Response {
  status: number;
  headers?: Record<string, string>;
  /** Text is XML. */
  body?: string | Buffer | Readable;
}

/** One operation of S3. */
export type Operation = (request: S3Request, files: ObjectFiles) => Promise<S3Response>;

/** Reads the address and headers of a request, which may do everything. */
export function readRequest(request: IncomingMessage): S3Request {
  const [path, ...query] = (request.url ?? "/").split("?");
  const [bucket, ...key] = path!.replace(/^\//, "").split("/");
  const { method = "GET", headers } = request;
  return {
    method,
    bucket: decodeUri(bucket!),
    key: decodeUri(key.join("/")),
    query: new URLSearchParams(query.join("?")),
    headers,
    require: () => undefined,
    body: () => readBody(request),
  };
}

function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, "InvalidURI", `"${text}" is not valid percent-encoded UTF-8.`);
  }
}

function readBody(request: IncomingMessage): AsyncIterable<Uint8Array> {
  const { headers } = request;
  const trailers: Record<string, string> = {};
  const checks = checksOf(headers, trailers);
  // The connection stays open if the body is refused before its end, to send the reason.
  const received = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  if (!isChunked(headers)) return verified(received, checks);
  const body = verified(decodeChunked(received, trailers), checks);
  const length = headers["x-amz-decoded-content-length"];
  return length === undefined ? body : ofLength(body, Number(length));
}

async function* ofLength(body: AsyncIterable<Uint8Array>, expected: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    yield chunk;
  }
  if (size !== expected)
    throw new S3Error(400, "IncompleteBody", `${expected} bytes were announced, ${size} received.`);
}

/** Returns the whole body as text. */
export async function readText(request: S3Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body()) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > XML_LIMIT)
      throw new S3Error(400, "EntityTooLarge", `The XML of the request is longer than ${XML_LIMIT} bytes.`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const STORED_HEADERS = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];

/** Returns the headers and metadata of a request that are stored with the object. */
export function carriedHeaders(
  headers: IncomingHttpHeaders,
): Required<Pick<PutOptions, "headers" | "metadata">> {
  const carried: Record<string, string> = {};
  for (const name of STORED_HEADERS) {
    const value = headers[name];
    if (typeof value === "string") carried[name] = value;
  }
  const encoding = (carried["content-encoding"] ?? "").split(",").map((word) => word.trim());
  carried["content-encoding"] = encoding.filter((word) => word && word !== "aws-chunked").join(",");
  if (!carried["content-encoding"]) delete carried["content-encoding"];
  return { headers: carried, metadata: userMetadata(headers) };
}

/** Names without `x-amz-meta-`. Throws if S3 would not take so much. */
function userMetadata(headers: IncomingHttpHeaders): Record<string, string> {
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith("x-amz-meta-")) continue;
    const name = header.slice("x-amz-meta-".length);
    metadata[name] = String(value);
    size += name.length + metadata[name].length;
  }
  if (size > 2048)
    throw new S3Error(400, "MetadataTooLarge", `The user metadata has ${size} bytes, S3 takes 2048.`);
  return metadata;
}
