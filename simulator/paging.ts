/** Offset paging as the Web API does it. */
import { ApiError } from "./errors";

/** Hosts that answers name, whatever host serves them: so answers do not depend on the port they come from. */
export const apiRoot = "https://api.spotify.com/v1";

/** A page of a list, in Spotify's words. */
export interface Page {
  href: string;
  items: unknown[];
  limit: number;
  next: string | null;
  offset: number;
  previous: string | null;
  total: number;
}

/** How an endpoint pages. */
interface PageRules {
  /** Path that hrefs name, from the API's root on. */
  path: string;
  /** Greatest limit, and the limit if none is given. */
  max: number;
  usual: number;
  /** 100,000 if not given. */
  greatestOffset?: number;
}

/** The page of `list` that the query asks for, each entry rendered by `shape`; throws ApiError 400 on a bad limit or offset. */
export function pageOf<T>(
  list: readonly T[],
  query: URLSearchParams,
  rules: PageRules,
  shape: (entry: T) => unknown,
): Page {
  const { greatestOffset = 100_000 } = rules;
  const limit = limitOf(query, rules);
  const offset = wholeNumber(query.get("offset"), 0, 0, greatestOffset, "Invalid offset");
  const at = (start: number) => hrefOf(rules.path, query, start, limit);
  return {
    href: at(offset),
    items: list.slice(offset, offset + limit).map(shape),
    limit,
    next: offset + limit < list.length ? at(offset + limit) : null,
    offset,
    previous: offset > 0 ? at(Math.max(0, offset - limit)) : null,
    total: list.length,
  };
}

/** The limit that the query asks for; throws ApiError 400 on a bad one. */
export function limitOf(query: URLSearchParams, rules: Pick<PageRules, "max" | "usual">): number {
  return wholeNumber(query.get("limit"), rules.usual, 1, rules.max, "Invalid limit");
}

function wholeNumber(text: string | null, usual: number, min: number, max: number, message: string): number {
  if (text === null) return usual;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < min || number > max) throw new ApiError(400, message);
  return number;
}

/** Offset and limit first, then whatever else was asked, as Spotify orders them. */
function hrefOf(path: string, query: URLSearchParams, offset: number, limit: number): string {
  const rest = [...query].filter(([key]) => key !== "offset" && key !== "limit");
  return addressOf(path, [["offset", offset], ["limit", limit], ...rest]);
}

/** The address of a path below the API's root with these parameters, in this order. */
export function addressOf(path: string, parameters: [string, string | number][]): string {
  const parts = parameters.map(
    ([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%2C", ",")}`,
  );
  return `${apiRoot}${path}?${parts.join("&")}`;
}
