import type { SignIn } from "./secrets";

const dayMs = 86_400_000;

/** With fewer days left, every run warns that the listener has to sign in again. */
export const warnedDays = 21;

/**
 * Returns the whole days until Spotify ends a sign-in, six months after the consent; below 0 if that is past, null if
 * nobody knows when it was given. Source: https://developer.spotify.com/documentation/web-api/tutorials/refreshing-tokens
 * @param now ms UTC
 */
export function tokenDaysLeft(signIn: SignIn | undefined, now: number): number | null {
  if (!signIn?.authorizedAt) return null;
  return Math.floor((sixMonthsAfter(Date.parse(signIn.authorizedAt)) - now) / dayMs);
}

/**
 * Returns the time six calendar months later, ms UTC: on the same day of the month, or on the month's last day if it has
 * no such day, so that 31 August leads to 28 or 29 February.
 */
function sixMonthsAfter(time: number): number {
  const from = new Date(time);
  const to = new Date(time);
  to.setUTCMonth(from.getUTCMonth() + 6);
  // Date continues into the month after where the day does not exist.
  if (to.getUTCDate() !== from.getUTCDate()) to.setUTCDate(0);
  return to.getTime();
}
