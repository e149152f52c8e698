import type { SignIn } from "./secrets";

const dayMs = 86_400_000;

/** With fewer days left, every run warns that the listener has to sign in again. */
export const warnedDays = 21;

/**
 * Whole days until Spotify ends a sign-in, six months after the consent; below 0 if that is past, null if nobody knows
 * when it was given. Source: https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens
 * @param now ms UTC
 */
export function tokenDaysLeft(signIn: SignIn | undefined, now: number): number | null {
  if (!signIn?.authorizedAt) return null;
  const authorized = new Date(signIn.authorizedAt);
  return Math.floor((authorized.setUTCMonth(authorized.getUTCMonth() + 6) - now) / dayMs);
}
