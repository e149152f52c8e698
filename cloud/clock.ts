import { performance } from "node:perf_hooks";
import type { Clock } from "./types";

/** A clock that starts where it is set and goes on at real speed; it never goes back. */
export class SimulatedClock implements Clock {
  private base: number;
  private since = performance.now();

  /** @param start ms since 1970 UTC */
  constructor(start: number) {
    this.base = start;
  }

  now(): number {
    return Math.floor(this.base + performance.now() - this.since);
  }

  /** Moves on to `time` (ms UTC); does nothing if it is past already. */
  advanceTo(time: number): void {
    if (time <= this.now()) return;
    this.base = time;
    this.since = performance.now();
  }
}

/** The machine's own clock. */
export const realClock: Clock = { now: () => Date.now() };
