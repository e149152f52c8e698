/** What keeps a run from calling Spotify: a limit that Spotify set, and calls that are kept for later today. */
import type { CodedError } from "../shared/errors";
import { runFailure } from "../shared/runFailures";
import type { SpotifyFailure } from "./spotify/failures";
import { iso, type ListenerRun } from "./streams/listenerRun";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const rateLimitMs = 30_000;

/** Time before which Spotify wants no calls, if that is still to come. */
export function notBefore(run: ListenerRun): string | null {
  const { not_before } = run.session.state();
  return not_before !== null && not_before > iso(run.now()) ? not_before : null;
}

/** Why no call may be made now, or undefined if one may. */
export function pauseAt(run: ListenerRun): CodedError | undefined {
  const wait = notBefore(run);
  return wait === null
    ? undefined
    : runFailure("not_before", `Spotify wants no calls before ${wait}: a later run goes on.`);
}

/**
 * Remembers until when Spotify wants no calls. Without a Retry-After that is the window that Spotify counts rates over,
 * or for a quota the next UTC day.
 */
export function recordRetryAfter(run: ListenerRun, stop: CodedError): void {
  const toNextDay = dayMs - (run.now() % dayMs);
  const usual = stop.code === "rate_limited" ? rateLimitMs : Math.max(toNextDay, hourMs);
  const not_before = iso(run.now() + ((stop as SpotifyFailure).retryAfterMs ?? usual));
  run.session.change((state) => ({ ...state, not_before }));
}

/**
 * Calls of a day's budget that stay for the runs that read plays alone, since what those miss is gone: one for each
 * listener and hour that is left of the UTC day, a fifth of the budget at most.
 * @param now ms UTC
 */
export function callsKeptForPlays(callBudget: number, listeners: number, now: number): number {
  const hoursLeft = Math.ceil((dayMs - (now % dayMs)) / hourMs);
  return Math.min(listeners * hoursLeft, Math.floor(callBudget / 5));
}
