/** Conditional requests and ranges: what the headers ask of the object that is there. */
import type { IncomingHttpHeaders } from "node:http";
import { noSuchKey, notImplemented, preconditionFailed, S3Error } from "./errors";

/** A write's condition; without either it always holds. */
export interface WriteCondition {
  /** Only over the version with this ETag (quotes may be left out), or over any with `*`. */
  ifMatch?: string;
  /** `*`: only if there is no object yet. */
  ifNoneMatch?: string;
}

/** What a condition looks at. */
interface Version {
  etag: string;
  /** ms since 1970 UTC */
  lastModified: number;
}

/** Throws unless the write may go over `current`: 412, or 404 for If-Match where nothing is. */
export function requireWritable(
  key: string,
  current: Version | undefined,
  condition: WriteCondition = {},
): void {
  const { ifMatch, ifNoneMatch } = condition;
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*")
    throw notImplemented("If-None-Match with an ETag on a write");
  if (ifNoneMatch !== undefined && current) throw preconditionFailed("If-None-Match");
  if (ifMatch === undefined) return;
  if (!current) throw noSuchKey(key);
  if (!names(ifMatch, current.etag)) throw preconditionFailed("If-Match");
}

/** The write condition of a request. */
export function writeCondition(headers: IncomingHttpHeaders): WriteCondition {
  return { ifMatch: headers["if-match"], ifNoneMatch: headers["if-none-match"] };
}

/**
 * How a read is to be answered: `fresh` means that the client has this version already (304). Throws 412 if a condition
 * fails. `prefix` is put before the header names (`x-amz-copy-source-`). Precedence as in RFC 9110, section 13.2.2.
 */
export function readCondition(headers: IncomingHttpHeaders, version: Version, prefix = ""): "fresh" | "send" {
  const header = (name: string) => headers[`${prefix}${name}`] as string | undefined;
  const seconds = Math.floor(version.lastModified / 1000) * 1000;

  const match = header("if-match");
  const unmodifiedSince = time(header("if-unmodified-since"));
  if (match !== undefined && !names(match, version.etag)) throw preconditionFailed("If-Match");
  if (match === undefined && unmodifiedSince !== undefined && seconds > unmodifiedSince)
    throw preconditionFailed("If-Unmodified-Since");

  const noneMatch = header("if-none-match");
  const modifiedSince = time(header("if-modified-since"));
  if (noneMatch !== undefined) return names(noneMatch, version.etag) ? "fresh" : "send";
  return modifiedSince !== undefined && seconds <= modifiedSince ? "fresh" : "send";
}

function names(header: string, etag: string): boolean {
  const bare = (tag: string) => tag.trim().replace(/^W\//, "").replace(/^"|"$/g, "");
  return header.split(",").some((tag) => tag.trim() === "*" || bare(tag) === bare(etag));
}

/** ms since 1970 UTC; a date that cannot be read is passed over, as HTTP asks. */
function time(header: string | undefined): number | undefined {
  const ms = Date.parse(header ?? "");
  return Number.isNaN(ms) ? undefined : ms;
}

/** First and last byte that a Range header asks for. */
interface ByteRange {
  start: number;
  end: number;
}

/**
 * The range to send, or undefined for the whole object: no header, or a form that HTTP lets a server pass over (another
 * unit, several ranges). Throws 416 if no byte of it is there.
 */
export function byteRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const [first, last] = [match[1]!, match[2]!];
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end)
    throw new S3Error(416, "InvalidRange", `The range ${header} lies outside the object's ${size} bytes.`);
  return { start, end };
}
