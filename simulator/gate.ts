/** What Spotify refuses whatever is asked for: the app, the listener, or one call too many. */
import { ApiError, quotaExceeded, rateLimited } from "./errors";
import { dayMs, type Clock } from "./times";
import type { Grant } from "./accounts";

/** What is limited; nothing unless it is given. */
export interface GateOptions {
  /** Web API calls in any 30 seconds; refused ones count too. */
  rateLimit?: number;
  /** Web API calls in any 24 hours, for all that asks this simulator as for all apps of a developer account. Refused ones do not count. */
  quota?: number;
  /** When the Premium of the app's owner lapses, ms since 1970 UTC: no call is served from then on. */
  premiumUntil?: number;
  /** True: the refusals for want of Premium and of allow-listing are plain text, as they sometimes are, not JSON. */
  plainRefusals?: boolean;
  /** False: the listener is not among those who may use the app. */
  allowListed?: boolean;
}

const rateWindow = 30_000;

/** Every so many refusals for the rate come without Retry-After. */
const silentRefusal = 4;

/** Counts Web API calls by the simulated clock and refuses those that are too many or not allowed at all. */
export class Gate {
  private readonly inRateWindow: number[] = [];
  private readonly inDay: number[] = [];
  private refusals = 0;

  constructor(
    private readonly options: GateOptions,
    private readonly clock: Clock,
  ) {}

  /** Lets a call through or throws the ApiError that refuses it. */
  pass(grant: Grant): void {
    const { premiumUntil = Infinity, plainRefusals: plain = false, allowListed = true } = this.options;
    const { rateLimit, quota } = this.options;
    if (this.clock.now() >= premiumUntil) throw new ApiError(403, premiumMissing, { plain });
    if (!allowListed && grant === "listener") throw new ApiError(403, notRegistered, { plain });
    if (rateLimit !== undefined) this.countForRate(rateLimit);
    if (quota !== undefined) this.countForQuota(quota);
  }

  private countForRate(most: number): void {
    const now = this.clock.now();
    forget(this.inRateWindow, now - rateWindow);
    this.inRateWindow.push(now);
    if (this.inRateWindow.length <= most) return;
    this.refusals += 1;
    const free = this.inRateWindow.at(-most)! + rateWindow;
    throw rateLimited(this.refusals % silentRefusal === 0 ? undefined : secondsUntil(free, now));
  }

  private countForQuota(most: number): void {
    const now = this.clock.now();
    forget(this.inDay, now - dayMs);
    if (this.inDay.length >= most) throw quotaExceeded(secondsUntil((this.inDay[0] ?? now) + dayMs, now));
    this.inDay.push(now);
  }
}

/** Drops the times that are not after `time`. */
function forget(times: number[], time: number): void {
  const kept = times.findIndex((one) => one > time);
  times.splice(0, kept < 0 ? times.length : kept);
}

function secondsUntil(time: number, now: number): number {
  return Math.max(1, Math.ceil((time - now) / 1000));
}

const premiumMissing =
  "Active premium subscription required for the owner of the app. When the subscription status changes, it can take a few hours.";

const notRegistered =
  "The user is not registered for this application. Please check your settings on https://developer.spotify.com/dashboard.";
