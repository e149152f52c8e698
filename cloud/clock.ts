import type { Clock } from "./types";

/**
 * A clock that moves only when it is told to, so that a simulation gives the same times whenever and wherever it runs.
 * It never goes back.
 */
export class SimulatedClock implements Clock {
  readonly callMs = 100;

  /** @param time ms since 1970 UTC */
  constructor(private time: number) {}

  now(): number {
    return this.time;
  }

  /** Moves on to `time` (ms UTC); does nothing if that is in the past. */
  advanceTo(time: number): void {
    this.time = Math.max(this.time, time);
  }

  /** Moves on by what one call of a function takes. A simulated service does this for each request. */
  passCall(): void {
    this.time += this.callMs;
  }
}

/** The machine's own clock. */
export const realClock: Clock = { now: () => Date.now() };
