/** The default library: synthetic, the same for the same seed, and a little different every simulated day. */
import { livedDay } from "./edits";
import { firstLibrary, type LibrarySize } from "./initialLibrary";
import { dayMs, midnightOf } from "./times";
import type { Library, Playlist } from "./model";
import { modes, type Mode } from "./modes";

const defaultSize: LibrarySize = { playlists: 48, tracks: 2_400, saved: 640, albums: 90, followed: 75 };

/** Days that were worked out, oldest use first: [0] of each is the library at the start. */
const lived = new Map<string, Library[]>();

/** How many simulations are kept at once. */
const keptSimulations = 4;

/** What a default library follows from. */
export interface Simulation {
  seed: string | number;
  /** When its days begin to pass, ms since 1970 UTC. */
  start: number;
  /** What it starts with: 48 playlists, 2,400 tracks (640 of them saved), 90 saved albums, 75 followed artists. */
  size?: Partial<LibrarySize>;
}

/**
 * The library at a moment: the same for the same seed, start day, size and day of `now`. A day's changes show from the
 * next midnight UTC on, so that nothing was added in the future; before `start` it is the library of the start.
 * `now` in ms since 1970 UTC.
 */
export function libraryAt(options: Simulation & { now: number }): Library {
  const seed = String(options.seed);
  const size = { ...defaultSize, ...options.size };
  const midnight = midnightOf(options.start);
  const today = Math.max(0, Math.floor((options.now - midnight) / dayMs));
  const key = JSON.stringify([seed, midnight, size]);
  const days = lived.get(key) ?? [firstLibrary(seed, midnight, size)];
  lived.delete(key);
  lived.set(key, days);
  if (lived.size > keptSimulations) lived.delete(lived.keys().next().value!);
  for (let day = days.length; day <= today; day += 1)
    days.push(livedDay(days[day - 1]!, seed, day, midnight + (day - 1) * dayMs));
  return days[today]!;
}

/** Returns the playlists whose contents Spotify gives the listener in a mode. */
export function readablePlaylists({ playlists, listener }: Library, mode: Mode = "development"): Playlist[] {
  return playlists.filter(
    (playlist): playlist is Playlist =>
      playlist !== null &&
      !playlist.gone &&
      (playlist.owner.id === listener.id ||
        playlist.collaborators.includes(listener.id) ||
        (modes[mode].readsOthersPlaylists && playlist.public !== false)),
  );
}
