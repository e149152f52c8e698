/** Listings: the keys below a folder in S3's order, rolled up at a delimiter, a page at a time. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** What to list. */
export interface ListQuery {
  /** Default: every key. */
  prefix?: string;
  /** Keys that hold this after the prefix are rolled up to a common prefix; default: none. */
  delimiter?: string;
  /** Only what comes after this key or common prefix. */
  after?: string;
  /** Most keys and common prefixes together; default 1000. */
  limit?: number;
}

/** A page of a listing. */
export interface KeyPage {
  keys: string[];
  commonPrefixes: string[];
  /** The `after` of the next page, if there is one. */
  next?: string;
}

/** One page of the keys below `folder`, in ascending UTF-8 order. */
export async function listKeys(folder: string, query: ListQuery): Promise<KeyPage> {
  const { prefix = "", delimiter = "", after = "", limit = 1000 } = query;
  const page: KeyPage = { keys: [], commonPrefixes: [] };
  if (limit === 0) return page;
  let last = after;
  for await (const key of keysBelow(folder, "", prefix, after)) {
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = cut < 0 ? key : key.slice(0, cut + delimiter.length);
    if (entry === last) continue;
    if (page.keys.length + page.commonPrefixes.length === limit) return { ...page, next: last };
    (cut < 0 ? page.keys : page.commonPrefixes).push(entry);
    last = entry;
  }
  return page;
}

/** Keys that begin with `prefix` and come after `after`; `base` is what leads to `folder`, with its slash. */
async function* keysBelow(
  folder: string,
  base: string,
  prefix: string,
  after: string,
): AsyncGenerator<string> {
  const paths = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() || entry.isDirectory())
    // With its slash a folder sorts as the keys in it do: "a-b" comes before "a/b".
    .map((entry) => base + entry.name + (entry.isDirectory() ? "/" : ""))
    .filter((path) => path.startsWith(prefix) || (path.endsWith("/") && prefix.startsWith(path)))
    .sort(byBytes);
  for (const path of paths) {
    if (!path.endsWith("/")) {
      if (byBytes(path, after) > 0) yield path;
      continue;
    }
    const listedBefore = byBytes(path, after) < 0 && !after.startsWith(path);
    if (!listedBefore) yield* keysBelow(join(folder, path.slice(base.length)), path, prefix, after);
  }
}

/** S3 sorts keys by their UTF-8 bytes; JavaScript's own order differs beyond U+FFFF. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
