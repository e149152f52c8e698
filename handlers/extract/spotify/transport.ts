import httpManager from "spotify-web-api-node/src/http-manager";
import { codeOf } from "../../shared/errors";
import { failureOf, spotifyFailure, type SpotifyFailure } from "./failures";
import { hideSecrets, secretsIn } from "./secretsOfRequest";

/** An answer of Spotify's: the body as text and parsed, and what is stored with it. */
export interface ApiAnswer {
  text: string;
  body: Record<string, unknown>;
  /** The Date header, as sent. */
  date: string;
  /** Path and query of the request. */
  request: string;
}

/** Where requests go and how long they may take. */
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

type LibraryVerb = (request: LibraryRequest, callback: (error: unknown, answer?: ApiAnswer) => void) => void;

/**
 * Makes one call of `spotify-web-api-node` over our transport. The library has neither timeout nor base URL and drops
 * the text of answers. But it looks its verbs up in one object when a call is made: they are replaced right before each
 * call, so that several runs of one process do not mix.
 */
export function overTransport(options: TransportOptions, call: () => Promise<unknown>): Promise<ApiAnswer> {
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
  return call() as Promise<ApiAnswer>;
}

async function exchange(
  options: TransportOptions,
  method: string,
  request: LibraryRequest,
): Promise<ApiAnswer> {
  const url = urlOf(options, request);
  const form = request.getBodyParameters();
  const timeoutMs = options.timeoutMs();
  const secrets = secretsIn(request.getHeaders()?.Authorization, form);
  let answer: Response, text: string;
  try {
    answer = await options.fetch(url, {
      method,
      headers: request.getHeaders() ?? {},
      body: form && new URLSearchParams(form).toString(),
      // A redirect would send the token to another address.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await answer.text();
  } catch (error) {
    throw connectionFailure(error, url, timeoutMs, secrets);
  }
  const { status, headers } = answer;
  const path = request.getPath();
  if (!answer.ok) {
    // Messages of failures are stored and logged, and a proxy may repeat the request in its refusal.
    const shown = hideSecrets(text, secrets);
    throw failureOf({ status, text: shown, path, retryAfter: headers.get("retry-after") });
  }
  return {
    text,
    body: objectIn(text, path, status),
    date: headers.get("date") ?? new Date(options.now()).toUTCString(),
    request: path + new URL(url).search,
  };
}

/** Returns the URL of a request: the library names Spotify's hosts, the settings may name others. */
function urlOf(options: TransportOptions, request: LibraryRequest): string {
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
    // Reported below.
  }
  throw malformedBody(path, status);
}

/** Returns the failure of an answer that is cut off, no JSON, or without what its endpoint promises. */
export function malformedBody(path: string, status: number): SpotifyFailure {
  return spotifyFailure(
    "malformed_body",
    `Spotify's answer to ${path} is cut off or not what it should be.`,
    status,
  );
}

/** What no network looks like: no name is found (EAI_AGAIN on Linux), no host or port takes the connection. */
const unreachable = ["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "ENETDOWN"];

function connectionFailure(
  error: unknown,
  url: string,
  timeoutMs: number,
  secrets: string[],
): SpotifyFailure {
  const { host } = new URL(url);
  if ((error as Error).name === "TimeoutError")
    return spotifyFailure("timeout", `No answer from ${host} within ${timeoutMs / 1000} s.`, null, error);
  const said = codeOf((error as Error).cause) ?? codeOf(error) ?? (error as Error).message;
  // fetch quotes a header that it cannot send.
  const reason = hideSecrets(said, secrets);
  return spotifyFailure(
    unreachable.includes(reason) ? "unreachable" : "connection_reset",
    `The connection to ${host} failed (${reason}): is the network there?`,
    null,
    reason === said ? error : undefined,
  );
}
