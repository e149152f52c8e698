/** Conditional writes: what the headers of a request ask of the object that is there. */
import type { IncomingHttpHeaders } from "node:http";
import { noSuchKey, notImplemented, preconditionFailed } from "./errors";

/** A write's condition; without either it always holds. */
export interface WriteCondition {
  /** Only over the version with this ETag (quotes may be left out), or over any with `*`. */
  ifMatch?: string;
  /** `*`: only if there is no object yet. */
  ifNoneMatch?: string;
}

/** Throws unless the write may replace `current`: 412, or 404 for If-Match if there is no object. */
export function requireWritable(
  key: string,
  current: { etag: string } | undefined,
  { ifMatch, ifNoneMatch }: WriteCondition = {},
): void {
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*")
    throw notImplemented("If-None-Match with an ETag on a write");
  if (ifNoneMatch !== undefined && current) throw preconditionFailed("If-None-Match");
  if (ifMatch === undefined) return;
  if (!current) throw noSuchKey(key);
  if (!names(ifMatch, current.etag)) throw preconditionFailed("If-Match");
}

/** Returns the write condition of a request. */
export function writeCondition(headers: IncomingHttpHeaders): WriteCondition {
  return { ifMatch: headers["if-match"], ifNoneMatch: headers["if-none-match"] };
}

function names(header: string, etag: string): boolean {
  const bare = (tag: string) => tag.trim().replace(/^"|"$/g, "");
  return header.split(",").some((tag) => tag.trim() === "*" || bare(tag) === bare(etag));
}
