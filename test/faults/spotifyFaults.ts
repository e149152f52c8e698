import type { HttpFault } from "../../simulator/faults";
import { dayMs, type Clock } from "../../simulator/times";
import type { FaultInjector } from "./faultInjector";
import type { Setup } from "./setup";

const spotifyFaults = new Map<string, HttpFault>([
  ["Spotify 500", { kind: "status", status: 500 }],
  ["Spotify 503 HTML", { kind: "status", status: 503, body: "<html>busy</html>" }],
  ["Spotify truncated", { kind: "truncated" }],
  ["Spotify malformed", { kind: "malformed" }],
  ["Spotify timeout", { kind: "timeout" }],
  ["Spotify reset", { kind: "reset", when: "before" }],
  ["Spotify reset mid-body", { kind: "reset", when: "mid_body" }],
  ["Spotify rate limit", { kind: "rate_limit", retryAfter: 3 }],
  ["Spotify rate limit without Retry-After", { kind: "rate_limit", retryAfter: null }],
]);

/** Decides what goes wrong with Spotify's answers to Web API requests. */
export class SpotifyFaults {
  private readonly quotaCalls: number[] = [];

  constructor(
    private readonly injector: FaultInjector,
    private readonly setup: Pick<Setup, "quota">,
    private readonly clock: Clock,
  ) {}

  /** Returns what goes wrong with the next answer; usually nothing. */
  next(): HttpFault | undefined {
    if (this.isQuotaUsed()) {
      this.injector.count("Spotify quota");
      return { kind: "quota", retryAfter: 20 * 3600 };
    }
    return spotifyFaults.get(this.injector.draw([...spotifyFaults.keys()]) ?? "");
  }

  private isQuotaUsed(): boolean {
    const { quota } = this.setup;
    if (quota === 0) return false;
    const since = this.clock.now() - dayMs;
    while (this.quotaCalls.length > 0 && this.quotaCalls[0]! <= since) this.quotaCalls.shift();
    if (this.quotaCalls.length >= quota) return true;
    this.quotaCalls.push(this.clock.now());
    return false;
  }
}
