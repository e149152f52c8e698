import type { LibrarySize } from "../../simulator/initialLibrary";
import type { Mode } from "../../simulator/modes";
import type { Random } from "../../simulator/random";
import { dayMs, hourMs } from "../../simulator/times";

/** What a simulation starts with. */
export interface Setup {
  sources: string[];
  listeners: string[];
  mode: Mode;
  callBudget: number;
  /** Calls in 24 hours that Spotify allows; 0: no limit. */
  quota: number;
  /** First ms of the first day, UTC. */
  start: number;
  /** When the first run starts, in ms since `start`. */
  firstRun: number;
  /** Bytes of a raw object, after which the next one begins; undefined: the usual. */
  partSize: number | undefined;
  /** How long a call to Spotify takes, in ms; one to AWS takes a fifth. */
  callMs: number;
  /** Seed and size of the library that the listeners have at the start. */
  library: string;
  size: LibrarySize;
  /** How many days the clock of seals is ahead; undefined: nothing is sealed, nor does a month pass. */
  sealAheadDays: number | undefined;
}

/** The days before an ordinary day, a month, a leap day and a year begin. */
const starts = ["2026-03-10", "2026-03-31", "2028-02-28", "2026-12-31"].map((day) => Date.parse(day));

/** Some sources alone, for short runs, and all of a listener's at once. */
const sourceChoices = [
  ["playlists", "playlist_items"],
  ["playlists", "playlist_items"],
  ["saved_tracks"],
  ["saved_tracks"],
  ["recently_played"],
  ["recently_played"],
  ["recently_played"],
  ["saved_albums", "followed_artists"],
  ["top_items", "profile"],
  ["playlists", "playlist_items", "artist_details"],
  ["me"],
  ["me"],
  ["me"],
  ["me"],
];

/**
 * With 0, seals find their month due once it is over. Else they seal the month that is still being read: with 8 one part
 * after the other, with 40 all of it, so that most of what is read is late.
 */
const sealChoices = [undefined, undefined, undefined, undefined, undefined, undefined, 0, 8, 40];

/** Draws a setup. Seals are drawn by a generator of their own, so that the other lives stay what they were. */
export function randomSetup(random: Random, seals: Random): Setup {
  const sources = random.pick(sourceChoices);
  // Only apps with extended quota get details of artists.
  const modes: Mode[] = ["development", "development", "extended", "pre2026"];
  return {
    sources,
    mode: sources.includes("artist_details") ? "extended" : random.pick(modes),
    listeners: random.pick([["me"], ["me"], ["me", "ann"]]),
    start: random.pick(starts),
    firstRun: random.pick([4 * hourMs, 22 * hourMs, dayMs - 5_000]),
    callBudget: random.pick([12, 25, 60, 600, 600]),
    quota: random.pick([0, 0, 0, 7, 30]),
    // Of all sources, parts as small as a page would be too many to transform.
    partSize: random.pick([sources.includes("me") ? 60_000 : 10_000, undefined, undefined]),
    callMs: 100,
    library: String(random.int(1, 8)),
    size: { playlists: 10, tracks: 80, saved: 60, albums: 4, followed: 55 },
    sealAheadDays: seals.pick(sealChoices),
  };
}
