/** The listener's top tracks and artists: what they played most, as far as Spotify had heard of it by midnight. */
import { dayMs, midnightOf } from "./times";
import { isVisible, type Listening } from "./plays";
import type { Artist, Track } from "./model";

/** How many days each range looks back: about 4 weeks, 6 months and a year. */
export const rangeDays = { short_term: 28, medium_term: 182, long_term: 365 };

export type TimeRange = keyof typeof rangeDays;

/** Every track played in the range that ends with the midnight before `now`, the most played first. */
export function topTracks(listening: Listening, range: TimeRange, now: number): Track[] {
  return mostFrequent(playedTracks(listening, range, now));
}

/** The main artists of the tracks played in the range that ends with the midnight before `now`, the most played first. */
export function topArtists(listening: Listening, range: TimeRange, now: number): Artist[] {
  return mostFrequent(playedTracks(listening, range, now).map(({ artists }) => artists[0]!));
}

function playedTracks(listening: Listening, range: TimeRange, now: number): Track[] {
  const midnight = midnightOf(now);
  const plays = listening.between(midnight - rangeDays[range] * dayMs, midnight);
  return plays.filter((play) => isVisible(play, midnight)).map(({ track }) => track);
}

/** Each thing once, the most frequent first; of equally frequent ones the more popular. */
function mostFrequent<T extends { id: string; popularity: number }>(things: T[]): T[] {
  const counts = new Map<T, number>();
  for (const thing of things) counts.set(thing, (counts.get(thing) ?? 0) + 1);
  const ranked = [...counts].sort(
    ([a, m], [b, n]) => n - m || b.popularity - a.popularity || (a.id < b.id ? -1 : 1),
  );
  return ranked.map(([thing]) => thing);
}
