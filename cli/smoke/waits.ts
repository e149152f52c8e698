import { setTimeout as wait } from "node:timers/promises";

/** Returns a sleep that begins with a quarter of a second and doubles up to `longestMs`. */
export function growingWaits(longestMs: number): () => Promise<void> {
  let nextMs = 250;
  return async () => {
    await wait(nextMs);
    nextMs = Math.min(nextMs * 2, longestMs);
  };
}
