import SpotifyWebApi from "spotify-web-api-node";
import { consequenceOf, hasCode, runFailure } from "../../shared/runFailures";
import type { AppSecret } from "../secrets";
import type { SpotifyFailure } from "./failures";
import { malformedBody, overTransport, type ApiAnswer } from "./transport";

/** What calls need; see {@link SpotifyCalls}. */
export interface CallOptions {
  fetch: typeof globalThis.fetch;
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Hex digits. */
  random(): string;
  apiUrl: string;
  accountsUrl: string;
  app: AppSecret;
  /** Without it the app signs in as itself. */
  refreshToken: string | undefined;
  /** Milliseconds until the last moment at which a call may be in progress. */
  timeLeft(): number;
  /** Counts one Web API call before it is made; throws if none is left. */
  spend(): Promise<void>;
}

/** A call of the library. */
type LibraryCall = () => Promise<unknown>;

/** Returns whether a body holds what its endpoint promises. */
export type BodyCheck = (body: ApiAnswer["body"]) => boolean;

const requestTimeoutMs = 15_000;
const mostTries = 5;
const longestRateLimitWaitMs = 60_000;
const firstBackoffMs = 1_000;

/**
 * Makes Web API calls for one sign-in and one run: signs in before the first one, signs in again if the token is
 * refused once, and repeats a call after a transient failure as long as calls and time are left.
 */
export class SpotifyCalls {
  readonly api: SpotifyWebApi;
  /** Calls made so far, how many of them were repeats, and the time that they took. */
  readonly spent = { calls: 0, repeats: 0, ms: 0 };
  /** True once a sign-in has brought another refresh token, which this program does not store. */
  isRenewed = false;

  constructor(private readonly options: CallOptions) {
    this.api = new SpotifyWebApi({ ...options.app, refreshToken: options.refreshToken });
  }

  /** Makes a call and returns the answer, whose body passes the check. */
  async get(call: LibraryCall, isWhole: BodyCheck): Promise<ApiAnswer> {
    const { sleep, timeLeft } = this.options;
    const callsBefore = this.spent.calls;
    let signedInAgain = false;
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.callOnce(call, isWhole, this.spent.calls > callsBefore);
      } catch (error) {
        if (hasCode(error, "unauthorized") && !signedInAgain) {
          signedInAgain = true;
          this.api.resetAccessToken();
          continue;
        }
        const wait = this.waitMs(error, tries);
        if (wait === undefined || wait >= timeLeft()) throw error;
        await sleep(wait);
      }
    }
  }

  private async callOnce(call: LibraryCall, isWhole: BodyCheck, isRepeat: boolean): Promise<ApiAnswer> {
    const { now, spend } = this.options;
    if (!this.api.getAccessToken()) await this.signIn();
    this.checkTime();
    await spend();
    this.spent.calls += 1;
    if (isRepeat) this.spent.repeats += 1;
    const startedAt = now();
    try {
      const answer = await this.send(call);
      if (!isWhole(answer.body)) throw malformedBody(answer.request, 200);
      return answer;
    } finally {
      this.spent.ms += now() - startedAt;
    }
  }

  private async signIn(): Promise<void> {
    const { refreshToken } = this.options;
    this.checkTime();
    const { body } = await this.send(() =>
      refreshToken ? this.api.refreshAccessToken() : this.api.clientCredentialsGrant(),
    );
    if (typeof body.access_token !== "string") throw malformedBody("/api/token", 200);
    this.api.setAccessToken(body.access_token);
    if (body.refresh_token !== undefined && body.refresh_token !== refreshToken) this.isRenewed = true;
  }

  private send(call: LibraryCall): Promise<ApiAnswer> {
    const timeoutMs = () => Math.min(requestTimeoutMs, Math.max(1, this.options.timeLeft()));
    return overTransport({ ...this.options, timeoutMs }, call);
  }

  private checkTime(): void {
    if (this.options.timeLeft() <= 0)
      throw runFailure("out_of_time", "The function's time is used up: the next run goes on.");
  }

  /** Returns how long to wait before a failed call is repeated, or undefined if it is not to be repeated. */
  private waitMs(error: unknown, tries: number): number | undefined {
    if (tries >= mostTries) return undefined;
    const jitter = parseInt(this.options.random().slice(0, 8), 16) / 2 ** 32;
    const backoff = firstBackoffMs * 2 ** (tries - 1) * (0.5 + jitter / 2);
    if (consequenceOf(error) === "transient") return backoff;
    if (!hasCode(error, "rate_limited")) return undefined;
    const wait = (error as SpotifyFailure).retryAfterMs ?? longestRateLimitWaitMs / 2;
    return wait <= longestRateLimitWaitMs ? wait + backoff : undefined;
  }
}
