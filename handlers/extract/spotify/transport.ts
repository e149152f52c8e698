import httpManager from "spotify-web-api-node/src/http-manager";
import { codeOf } from "../../shared/errors";
import { failureOf, spotifyFailure, type SpotifyFailure } from "./failures";

/** What Spotify answered: the body as text and parsed, and what must be kept beside it. */
export interface Answer {
  text: string;
  body: Record<string, unknown>;
  /** The Date header, as sent. */
  date: string;
  /** Path and query of the request. */
  request: string;
}

/** Where requests go and what they may take. */
export interface TransportOptions {
  fetch: typeof globalThis.fetch;
  now(): number;
  apiUrl: string;
  accountsUrl: string;
  /** Milliseconds that the next request may take. */
  timeoutMs(): number;
}

/** The parts of the library's request object that a transport needs. */
interface LibraryRequest {
  getHost(): string;
  getPath(): string;
  getQueryParameters(): Record<string, string | number | undefined> | undefined;
  getHeaders(): Record<string, string> | undefined;
  getBodyParameters(): Record<string, string> | undefined;
}

type LibraryVerb = (request: LibraryRequest, callback: (error: unknown, answer?: Answer) => void) => void;

/**
 * Makes one call of `spotify-web-api-node` over our transport. The library has neither timeout nor base URL and drops
 * the text of answers, but it takes its verbs from one object at the moment of the call; they are replaced right
 * there, so runs of one process do not mix.
 */
export function overTransport(options: TransportOptions, call: () => Promise<unknown>): Promise<Answer> {
  const verbs = httpManager as Record<"get" | "post", LibraryVerb>;
  const verb =
    (method: string): LibraryVerb =>
    (request, callback) => {
      exchange(options, method, request).then((answer) => {
        callback(null, answer);
      }, callback);
    };
  verbs.get = verb("GET");
  verbs.post = verb("POST");
  return call() as Promise<Answer>;
}

async function exchange(options: TransportOptions, method: string, request: LibraryRequest): Promise<Answer> {
  const url = address(options, request);
  const form = request.getBodyParameters();
  const timeoutMs = options.timeoutMs();
  let answer: Response, text: string;
  try {
    answer = await options.fetch(url, {
      method,
      headers: request.getHeaders() ?? {},
      body: form && new URLSearchParams(form).toString(),
      // A redirect would carry the token to a place that nobody chose.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await answer.text();
  } catch (error) {
    throw unanswered(error, url, timeoutMs);
  }
  const { status, headers } = answer;
  const path = request.getPath();
  if (!answer.ok) throw failureOf({ status, text, path, retryAfter: headers.get("retry-after") });
  return {
    text,
    body: objectIn(text, path, status),
    date: headers.get("date") ?? new Date(options.now()).toUTCString(),
    request: path + new URL(url).search,
  };
}

/** The library names Spotify's hosts; the settings say where these really are. */
function address(options: TransportOptions, request: LibraryRequest): string {
  const base = request.getHost().startsWith("accounts.") ? options.accountsUrl : options.apiUrl;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.getQueryParameters() ?? {}))
    if (value !== undefined) query.set(name, String(value));
  const search = query.toString();
  return base.replace(/\/+$/, "") + request.getPath() + (search && `?${search}`);
}

function objectIn(text: string, path: string, status: number): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return body as Record<string, unknown>;
  } catch {
    // Told below.
  }
  throw malformedBody(path, status);
}

/** Spotify's answer is cut off, is no JSON (an HTML page of a gateway, say), or lacks what the endpoint promises. */
export function malformedBody(path: string, status: number): SpotifyFailure {
  return spotifyFailure(
    "malformed_body",
    `Spotify's answer to ${path} is cut off or not what it should be.`,
    status,
  );
}

/** What no network looks like: no name is found (EAI_AGAIN on Linux), no host or port takes the connection. */
const unreachable = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "ENETDOWN"];

function unanswered(error: unknown, url: string, timeoutMs: number): SpotifyFailure {
  const { host } = new URL(url);
  if ((error as Error).name === "TimeoutError")
    return spotifyFailure("timeout", `No answer from ${host} within ${timeoutMs / 1000} s.`, null, error);
  const reason = codeOf((error as Error).cause) ?? codeOf(error) ?? (error as Error).message;
  return spotifyFailure(
    unreachable.includes(reason) ? "unreachable" : "connection_reset",
    `The connection to ${host} failed (${reason}): is the network there?`,
    null,
    error,
  );
}
