/** Reads JSON that Spotify sent without trusting its shape. */

/** A JSON object whose fields may be anything. */
export type Json = Record<string, unknown>;

/** Returns `value` if it is a JSON object, else an empty one, so that fields can be read from it. */
export function object(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** Returns whether `value` is a JSON object (not an array, not null). */
export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns `value` if it is an array, else an empty one. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns the time in ms of an ISO 8601 text with a zone (`2026-01-02T03:04:05Z`); null for anything else, and for 1970-01-01. */
export function instant(value: unknown): number | null {
  return isIso(value) ? time(Date.parse(value)) : null;
}

/** Returns whether `value` is an ISO 8601 text with a zone. */
export function isIso(value: unknown): value is string {
  const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
  return typeof value === "string" && iso.test(value);
}

/** Returns the time in ms of an HTTP `Date` header (`Fri, 02 Jan 2026 03:04:05 GMT`); null for anything else. */
export function headerDate(value: unknown): number | null {
  const http = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
  return typeof value === "string" && http.test(value) ? time(Date.parse(value)) : null;
}

/** Returns a time in ms if it is later than 1970-01-01, which is Spotify's "unknown", and before the year 10000; else null. */
export function time(value: unknown): number | null {
  const ms = Number.isSafeInteger(value) ? (value as number) : 0;
  return ms > 0 && ms < 253402300800000 ? ms : null;
}
