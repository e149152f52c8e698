/** Times of the simulated Spotify, in ms since 1970 UTC. */

/** Simulated time. */
export interface Clock {
  now(): number;
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** The first ms of a moment's UTC day. */
export function midnightOf(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs;
}

/** A time as Spotify writes when something was added: ISO 8601, whole seconds. */
export function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
