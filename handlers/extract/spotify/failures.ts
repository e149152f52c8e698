import type { CodedError } from "../../shared/errors";
import { runFailure, type RunFailureCode } from "../../shared/runFailures";

/** A call that Spotify did not answer as asked. */
export interface SpotifyFailure extends CodedError {
  /** Spotify's status code, or null if no answer came. */
  status: number | null;
  /** For `rate_limited` and `quota_exceeded`: how long Spotify wants no calls, if its answer says so. */
  retryAfterMs?: number;
}

/** An answer that is not a success, as the transport received it. */
export interface RefusedAnswer {
  status: number;
  text: string;
  /** Path without query, such as `/v1/me/tracks`. */
  path: string;
  /** The Retry-After header. */
  retryAfter: string | null;
}

/** A longer Retry-After is due to a quota: the window of a rate limit is half a minute. */
const longestRateLimitMs = 600_000;

/** Returns a failure of a Spotify call, with a code, one sentence, and Spotify's status code. */
export function spotifyFailure(
  code: RunFailureCode,
  message: string,
  status: number | null,
  cause?: unknown,
): SpotifyFailure {
  return Object.assign(runFailure(code, message, cause), { status });
}

/**
 * Returns what an answer other than 2xx means. The reason of a 403 is only in its text, JSON or plain. If the text does
 * not say it, the endpoint does: the playlist is not the listener's, or the app may not use the endpoint.
 */
export function failureOf(answer: RefusedAnswer): SpotifyFailure {
  const { status, path } = answer;
  const { words, reason } = errorIn(answer.text);
  const fail = (code: RunFailureCode, message: string) => spotifyFailure(code, message, status);
  if (path === "/api/token" && status < 500 && status !== 429) return signInRefusal(fail, words);
  if (status === 429) return limit(answer, reason);
  if (status >= 500) return fail("server_error", `Spotify answered ${status} to ${path}.`);
  if (status === 401) return fail("unauthorized", `Spotify did not accept the access token for ${path}.`);
  if (status === 404) return fail("not_found", `Spotify knows nothing at ${path}: it is deleted or hidden.`);
  if (status !== 403) return fail("request_rejected", `Spotify answered ${status} to ${path}: ${words}`);
  if (/premium/i.test(words))
    return fail(
      "premium_lapsed",
      "Spotify serves an app only while its owner has Premium: renew it and wait a few hours.",
    );
  if (/scope/i.test(words))
    return fail(
      "missing_scope",
      `The sign-in lacks a permission that ${path} needs: sign in again and grant all that is asked for.`,
    );
  if (/not (be )?registered/i.test(words))
    return fail(
      "not_allow_listed",
      "The app may not serve this listener: add them under User Management in Spotify's developer dashboard.",
    );
  if (path.startsWith("/v1/playlists/"))
    return fail("not_owned", "Spotify gives a playlist's contents only to its owner and collaborators.");
  return fail("removed_endpoint", `Spotify refuses ${path} to this app (403 ${words}).`);
}

/** Returns what a refusal of the token endpoint means, whose words are OAuth's: `invalid_grant: …`. */
function signInRefusal(fail: (code: RunFailureCode, message: string) => SpotifyFailure, words: string) {
  if (words.startsWith("invalid_grant"))
    return fail(
      "invalid_grant",
      "Spotify no longer accepts this listener's sign-in (it is older than six months, or was revoked): " +
        "sign in again with npx spotify-lake login.",
    );
  if (words.startsWith("invalid_client"))
    return fail(
      "invalid_client",
      "Spotify does not know this client id and secret: compare them with the developer dashboard.",
    );
  return fail("sign_in_refused", `Spotify refused the sign-in: ${words}`);
}

function limit({ status, path, retryAfter }: RefusedAnswer, reason: string): SpotifyFailure {
  const retryAfterMs = retryAfter && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : undefined;
  const quota = reason === "QUOTA_EXCEEDED" || (retryAfterMs ?? 0) > longestRateLimitMs;
  const made = quota
    ? spotifyFailure(
        "quota_exceeded",
        `Spotify's call quota is used up (${path}): the next run goes on.`,
        status,
      )
    : spotifyFailure(
        "rate_limited",
        `Spotify's rate limit was reached at ${path}: the next run goes on.`,
        status,
      );
  return Object.assign(made, { retryAfterMs });
}

/** Returns Spotify's words in a body that is JSON of either shape, plain text or a page of HTML. */
function errorIn(text: string): { words: string; reason: string } {
  const shorten = (words: string) =>
    words
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 200);
  try {
    const { error, error_description: description } = JSON.parse(text) as Record<string, unknown>;
    if (typeof error === "string")
      return { words: shorten([error, description].filter(Boolean).join(": ")), reason: "" };
    const { message = "", reason = "" } = error as { message?: string; reason?: string };
    return { words: shorten(String(message)), reason: String(reason) };
  } catch {
    return { words: shorten(text), reason: "" };
  }
}
