/** Albums that the listener saved and artists whom they follow: at the start, and what a day does to them. */
import { insertAt, Random } from "./random";
import { dayMs, hourMs, seconds } from "./times";
import type { Album, Artist, Library, SavedAlbum, Track } from "./model";

/** The part of a library that this file makes. */
type Collection = Pick<Library, "savedAlbums" | "followed">;

const savingTime = 5 * 365 * dayMs;

/** What the listener saved and followed before `start` (ms since 1970 UTC), as far as there are so many. */
export function firstCollection(
  seed: string,
  start: number,
  size: { albums: number; followed: number },
  allTracks: Track[],
): Collection {
  const random = new Random(seed, "collection");
  const albums = random.shuffle(albumsOf(allTracks)).slice(0, size.albums);
  const saved = albums.map((album, place) => ({
    addedAt: seconds(start - ((place + 1) / albums.length) * savingTime),
    album,
  }));
  return {
    savedAlbums: saved.length > 20 ? insertAt(saved, random.int(0, saved.length), null) : saved,
    followed: random.shuffle(artistsOf(allTracks)).slice(0, size.followed).sort(byId),
  };
}

/**
 * The collection a day later: up to two albums more, now and then one less, now and then an artist more or less.
 * `midnight` is when the day begins, ms since 1970 UTC.
 */
export function livedCollection(
  library: Library,
  seed: string,
  number: number,
  midnight: number,
): Collection {
  const random = new Random(seed, "collection", number);
  return {
    savedAlbums: saveAlbums(library, midnight, random),
    followed: followArtists(library, random),
  };
}

/** The albums saved: those newly saved come first, at times of the day that begins at `midnight`. */
function saveAlbums(
  { savedAlbums, allTracks }: Library,
  midnight: number,
  random: Random,
): (SavedAlbum | null)[] {
  const dropped = random.chance(0.1) ? random.pick(savedAlbums) : undefined;
  const kept = savedAlbums.filter((entry) => entry === null || entry !== dropped);
  const known = new Set(kept.map((entry) => entry?.album));
  const unsaved = albumsOf(allTracks).filter((album) => !known.has(album));
  const fresh = random.shuffle(unsaved).slice(0, random.int(0, 2));
  const times = fresh.map(() => midnight + random.int(6 * hourMs, 23 * hourMs)).sort((a, b) => b - a);
  return [...fresh.map((album, k) => ({ addedAt: seconds(times[k]!), album })), ...kept];
}

function followArtists({ followed, allTracks }: Library, random: Random): Artist[] {
  const dropped = followed.length > 0 && random.chance(0.06) ? random.pick(followed) : undefined;
  const added = random.chance(0.25) ? random.pick(artistsOf(allTracks)) : undefined;
  const kept = followed.filter((artist) => artist !== dropped);
  return added && !followed.includes(added) ? [...kept, added].sort(byId) : kept;
}

/** Returns every album of the tracks, once. */
export function albumsOf(allTracks: Track[]): Album[] {
  return [...new Set(allTracks.map(({ album }) => album))].filter((album) => album !== null);
}

/** Returns every artist who made one of the tracks, once. */
export function artistsOf(allTracks: Track[]): Artist[] {
  return [...new Set(allTracks.flatMap(({ artists }) => artists))];
}

/** The order of followed artists. */
export function byId(a: Artist, b: Artist): number {
  return a.id < b.id ? -1 : 1;
}
