/** Albums that the listener saved and artists whom they follow: at the start, and what a day does to them. */
import { insertAt, Random } from "./random";
import { dayMs, hourMs, seconds } from "./times";
import type { Album, Artist, Library, SavedAlbum, Track } from "./model";

/** The part of a library that this file makes. */
type Collection = Pick<Library, "savedAlbums" | "followed">;

const savingTime = 5 * 365 * dayMs;

/** What the listener saved and followed before `start` (ms since 1970 UTC), as far as the catalogue has so many. */
export function firstCollection(
  seed: string,
  start: number,
  size: { albums: number; followed: number },
  catalogue: Track[],
): Collection {
  const random = new Random(seed, "collection");
  const albums = random.shuffle(albumsOf(catalogue)).slice(0, size.albums);
  const saved = albums.map((album, place) => ({
    addedAt: seconds(start - ((place + 1) / albums.length) * savingTime),
    album,
  }));
  return {
    savedAlbums: saved.length > 20 ? insertAt(saved, random.int(0, saved.length), null) : saved,
    followed: random.shuffle(artistsOf(catalogue)).slice(0, size.followed).sort(byId),
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
  { savedAlbums, catalogue }: Library,
  midnight: number,
  random: Random,
): (SavedAlbum | null)[] {
  const dropped = random.chance(0.1) ? random.pick(savedAlbums) : undefined;
  const kept = savedAlbums.filter((entry) => entry === null || entry !== dropped);
  const known = new Set(kept.map((entry) => entry?.album));
  const unsaved = albumsOf(catalogue).filter((album) => !known.has(album));
  const fresh = random.shuffle(unsaved).slice(0, random.int(0, 2));
  const times = fresh.map(() => midnight + random.int(6 * hourMs, 23 * hourMs)).sort((a, b) => b - a);
  return [...fresh.map((album, k) => ({ addedAt: seconds(times[k]!), album })), ...kept];
}

function followArtists({ followed, catalogue }: Library, random: Random): Artist[] {
  const dropped = followed.length > 0 && random.chance(0.06) ? random.pick(followed) : undefined;
  const added = random.chance(0.25) ? random.pick(artistsOf(catalogue)) : undefined;
  const kept = followed.filter((artist) => artist !== dropped);
  return added && !followed.includes(added) ? [...kept, added].sort(byId) : kept;
}

/** Every album of the catalogue, once. */
export function albumsOf(catalogue: Track[]): Album[] {
  return [...new Set(catalogue.map(({ album }) => album))].filter((album) => album !== null);
}

/** Every artist who made a track of the catalogue, once. */
export function artistsOf(catalogue: Track[]): Artist[] {
  return [...new Set(catalogue.flatMap(({ artists }) => artists))];
}

/** The order of followed artists. */
export function byId(a: Artist, b: Artist): number {
  return a.id < b.id ? -1 : 1;
}
