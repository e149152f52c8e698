/** A request as the operations see it, and what they answer. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { checksOf, isOfObject, verified } from "./checksums";
import { decodeChunked, isChunked } from "./chunked";
import { invalidArgument, S3Error } from "./errors";
import type { ObjectFiles, PutOptions } from "./objects";
import type { Uploads } from "./uploads";

/** Longest XML body: 10,000 parts with their checksums stay far below. */
const XML_LIMIT = 8 * 1024 * 1024;

/** What operations work on. */
export interface Stores {
  files: ObjectFiles;
  uploads: Uploads;
}

/** One request. */
export interface Call {
  method: string;
  /** Empty for the list of buckets. */
  bucket: string;
  /** Empty for the bucket itself. */
  key: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** The body without its framing; reading it to the end throws if a checksum sent along does not match. */
  body(): AsyncIterable<Uint8Array>;
}

/** One answer. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string | Readable;
}

/** One operation of S3. */
export type Operation = (call: Call, stores: Stores) => Promise<Answer>;

/** Reads the address and headers of a request. */
export function readCall(request: IncomingMessage): Call {
  const [path, ...query] = (request.url ?? "/").split("?");
  const [bucket, ...key] = path!.replace(/^\//, "").split("/");
  const { method = "GET", headers } = request;
  const parameters = new URLSearchParams(query.join("?"));
  // The one body that is not the object its checksum headers speak of.
  const completes = method === "POST" && parameters.has("uploadId");
  return {
    method,
    bucket: decodeUri(bucket!),
    key: decodeUri(key.join("/")),
    query: parameters,
    headers,
    body: () => readBody(request, completes),
  };
}

/** Percent-decodes a part of an address. */
export function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, "InvalidURI", `"${text}" is not valid percent-encoded UTF-8.`);
  }
}

function readBody(request: IncomingMessage, completes: boolean): AsyncIterable<Uint8Array> {
  const { headers } = request;
  const trailers: Record<string, string> = {};
  const checks = checksOf(headers, trailers).filter((check) => !(completes && isOfObject(check)));
  // Left open if the body is refused half-way, so that the answer that says why can still be sent.
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

/** The whole body as text. */
export async function readText(call: Call): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of call.body()) {
    chunks.push(chunk);
    size += chunk.byteLength;
    if (size > XML_LIMIT)
      throw new S3Error(400, "EntityTooLarge", `The XML of the request is longer than ${XML_LIMIT} bytes.`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A whole number of a query parameter, from `least` to `most`. */
export function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw invalidArgument(`${name} is "${text}", but must be a whole number from ${least} to ${most}.`);
}

const STORED_HEADERS = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];

/** The headers of a request that its object is to carry. */
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

/** Names without `x-amz-meta-`. Throws if they are more than S3 takes. */
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
