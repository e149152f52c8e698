/**
 * A listener who follows the rhythm of days and weeks: a day's plays are a pure function of the library of the day, the
 * seed and the day, worked out when they are asked for.
 */
import { musicOn, type Music } from "./music-choice";
import { Random } from "./random";
import { dayMs, hourMs, midnightOf } from "./times";
import type { Library } from "./model";
import type { Listening, Play } from "./plays";

/** A day's plays begin and end within the 24 hours from this time of the day on (ms): hardly anyone listens then. */
const dawn = 4 * hourMs;

/** How often listening begins in each hour of the day, UTC: little at night, most in the evening, more on weekends. */
const weekdayHours = [2, 1, 0.5, 0.2, 0.2, 1, 4, 6, 5, 3, 3, 3, 4, 3, 3, 4, 5, 8, 10, 10, 10, 8, 5, 3];
const weekendHours = [4, 2, 1, 0.3, 0.2, 0.3, 1, 2, 4, 6, 7, 8, 8, 8, 8, 8, 9, 10, 12, 12, 11, 10, 8, 6];

const minute = 60_000;

/** How a stretch of listening goes. */
interface Session {
  begins: number;
  length: number;
  /** Each track is left after less than a minute: more than 50 plays in an hour. */
  skipping: boolean;
}

/**
 * The plays of a seed. `libraryOn` gives the library of the day that begins at a midnight UTC, and the same one every
 * time. Plays are the same objects every time, so they can be kept in sets.
 */
export function listeningOf(seed: string | number, libraryOn: (midnight: number) => Library): Listening {
  const days = new Map<number, Play[]>();
  const playsOn = (midnight: number): Play[] => {
    const known = days.get(midnight) ?? livedPlays(libraryOn(midnight), String(seed), midnight);
    days.set(midnight, known);
    return known;
  };
  return {
    between: (from, to) => {
      const plays: Play[] = [];
      for (let midnight = midnightOf(from - dawn); midnight + dawn < to; midnight += dayMs)
        plays.push(...playsOn(midnight));
      return plays.filter(({ playedAt }) => playedAt >= from && playedAt < to);
    },
  };
}

/** The plays of the 24 hours from dawn on, oldest first; some days have none. */
function livedPlays(library: Library, seed: string, midnight: number): Play[] {
  const random = new Random(seed, "plays", midnight);
  const ends = midnight + dawn + dayMs;
  const plays: Play[] = [];
  const pick = musicOn(library, seed, midnight);
  if (!pick) return [];
  let free = midnight + dawn;
  for (const session of sessionsOf(midnight, random)) {
    const begins = Math.max(session.begins, free);
    const heard = listen({ ...session, begins }, pick(random), random);
    plays.push(...heard.filter(({ startedAt, msPlayed }) => startedAt + msPlayed < ends));
    free = heard.reduce((end, play) => Math.max(end, play.startedAt + play.msPlayed), free) + 2 * minute;
  }
  return plays;
}

/** When the listener begins to listen on a day, and for how long, in ascending order. */
function sessionsOf(midnight: number, random: Random): Session[] {
  if (random.chance(0.03)) return [];
  const weekend = [0, 6].includes(new Date(midnight).getUTCDay());
  const count = weekend ? random.int(5, 8) : random.int(3, 4);
  const usual = Array.from({ length: count }, () => ({ length: random.int(3, 20), skipping: false }));
  const burst = random.chance(0.15) ? [{ length: random.int(58, 75), skipping: true }] : [];
  return [...usual, ...burst]
    .map((session) => ({ ...session, begins: beginning(midnight, weekend, random) }))
    .sort((a, b) => a.begins - b.begins);
}

/** A moment of the listener's day, likelier in some hours than in others. */
function beginning(midnight: number, weekend: boolean, random: Random): number {
  const hours = weekend ? weekendHours : weekdayHours;
  let left = random.next() * hours.reduce((sum, weight) => sum + weight, 0);
  const hour = hours.findIndex((weight) => (left -= weight) < 0);
  const afterMidnight = hour * hourMs + random.int(0, hourMs - 1);
  return midnight + afterMidnight + (afterMidnight < dawn ? dayMs : 0);
}

/** The plays of a session, as a device of one kind tells Spotify of them. */
function listen(session: Session, music: Music, random: Random): Play[] {
  const plays: Play[] = [];
  const givesEnd = random.chance(0.6);
  let startedAt = session.begins;
  for (let place = 0; plays.length < session.length; place += 1) {
    const { track, context } = music(place);
    for (let left = random.chance(0.04) ? random.int(2, 5) : 1; left > 0; left -= 1) {
      const msPlayed = session.skipping ? random.int(31_000, 50_000) : heardMs(track.durationMs, random);
      const playedAt = givesEnd ? startedAt + msPlayed : startedAt;
      plays.push({ track, startedAt, msPlayed, playedAt, context, visibleAt: null });
      startedAt += msPlayed + random.int(150, 2_500) + (random.chance(0.04) ? random.int(1, 9) * minute : 0);
    }
  }
  return published(plays, random);
}

/** Mostly to the end; the rest is skipped, after half a minute at the earliest. */
function heardMs(durationMs: number, random: Random): number {
  return random.chance(0.12) ? random.int(30_000, durationMs) : durationMs;
}

/**
 * When Spotify reports a session's plays: after minutes or hours, so later plays often come first. What was heard
 * offline comes all at once, hours later; a private session never.
 */
function published(plays: Play[], random: Random): Play[] {
  const kind = random.next();
  if (kind < 0.04) return plays;
  const offlineUntil = plays.at(-1)!.startedAt + random.int(2 * hourMs, 9 * hourMs);
  return plays.map((play) => {
    const late = random.chance(0.12)
      ? random.int(20 * minute, 150 * minute)
      : random.int(minute / 2, 12 * minute);
    return { ...play, visibleAt: kind < 0.1 ? offlineUntil : play.startedAt + play.msPlayed + late };
  });
}
