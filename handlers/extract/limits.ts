/** When Spotify wants no calls. */
import type { CodedError } from "../shared/errors";
import { runFailure } from "../shared/runFailures";
import type { SpotifyFailure } from "./spotify/failures";
import { iso, type ListenerRun } from "./streams/listenerRun";

const dayMs = 86_400_000;
const rateLimitMs = 30_000;
const leastQuotaMs = 3_600_000;

/** Returns the time before which Spotify wants no calls, null if it is past. */
export function notBefore(run: ListenerRun): string | null {
  const { not_before } = run.session.state();
  return not_before !== null && not_before > iso(run.now()) ? not_before : null;
}

/** Returns why no call may be made now, or undefined if one may. */
export function pauseAt(run: ListenerRun): CodedError | undefined {
  const wait = notBefore(run);
  return wait === null
    ? undefined
    : runFailure("not_before", `Spotify wants no calls before ${wait}: a later run goes on.`);
}

/**
 * Records until when Spotify wants no calls: as its Retry-After says, else until the window of its rate limit has
 * passed, or for a quota until the next UTC day.
 */
export function recordRetryAfter(run: ListenerRun, stop: CodedError): void {
  const toNextDay = dayMs - (run.now() % dayMs);
  const usual = stop.code === "rate_limited" ? rateLimitMs : Math.max(toNextDay, leastQuotaMs);
  const not_before = iso(run.now() + ((stop as SpotifyFailure).retryAfterMs ?? usual));
  run.session.change((state) => ({ ...state, not_before }));
}
