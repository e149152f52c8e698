/** The music and podcasts that a simulated Spotify has, whoever listens. */
import { oddName, personName, title } from "./inventNames";
import { idOf, Random } from "./random";
import type { Album, Artist, Episode, LocalFile, ReleaseDate, Track } from "./model";

export interface Music {
  tracks: Track[];
  episodes: Episode[];
  localFiles: LocalFile[];
}

/** True for every `step`-th index: how oddities are spread so that every library has them, at any seed. */
function every(step: number, index: number): boolean {
  return index % step === step >> 1;
}

/** Returns the music of a seed: `trackCount` tracks on the albums of about a sixth as many artists, released before `year` ends. */
export function musicOf(seed: string, trackCount: number, year: number): Music {
  return {
    tracks: makeTracks(seed, trackCount, makeArtists(seed, Math.max(12, Math.ceil(trackCount / 6))), year),
    episodes: makeEpisodes(seed, year),
    localFiles: makeLocalFiles(seed),
  };
}

function makeArtists(seed: string, count: number): Artist[] {
  const random = new Random(seed, "artists");
  return Array.from({ length: count }, (_, rank) => {
    const plain = personName(random);
    return {
      id: idOf(seed, "artist", rank),
      name: every(13, rank) ? oddName(1 + Math.floor(rank / 13), plain) : plain,
      popularity: Math.round(90 / (1 + rank / 40)),
      followers: Math.round(4_000_000 / (rank + 1)),
    };
  });
}

/** Albums are made for artists by Zipf's law until there are enough tracks: a few artists have many, most have few. */
function makeTracks(seed: string, count: number, artists: Artist[], year: number): Track[] {
  const random = new Random(seed, "tracks");
  const tracks: Track[] = [];
  for (let number = 0; tracks.length < count; number += 1) {
    const artist = artists[random.zipf(artists.length)]!;
    const album = makeAlbum(seed, number, artist, random, year);
    const room = Math.min(album.totalTracks, count - tracks.length);
    for (let place = 0; place < room; place += 1) {
      const main = album.type === "compilation" ? random.pick(artists) : artist;
      tracks.push(makeTrack(seed, tracks.length, album, place, credits(main, artists, random), random));
    }
  }
  return tracks;
}

function credits(main: Artist, artists: Artist[], random: Random): Artist[] {
  const guests = random.chance(0.15) ? random.int(1, 3) : 0;
  const others = Array.from({ length: guests }, () => random.pick(artists));
  return [...new Set([main, ...others])];
}

function makeAlbum(seed: string, number: number, artist: Artist, random: Random, year: number): Album {
  const type = random.chance(0.35) ? "single" : random.chance(0.08) ? "compilation" : "album";
  const plain = title(random);
  const takenDown = every(67, number);
  return {
    id: idOf(seed, "album", number),
    name: takenDown ? "" : every(17, number) ? oddName(Math.floor(number / 17), plain) : plain,
    type,
    artists: takenDown ? [] : [artist],
    release: releaseOf(number, random, year),
    totalTracks: type === "single" ? random.int(1, 2) : random.int(6, 14),
    upc: String(5_000_000_000_000 + number * 7),
    label: `${personName(random)} Records`,
    popularity: random.int(0, 80),
  };
}

function releaseOf(number: number, random: Random, year: number): ReleaseDate {
  const day = pastDay(random, year);
  if (every(53, number)) return { text: "0000", precision: "year" };
  if (every(61, number)) return { text: null, precision: null };
  if (every(31, number)) return { text: day.slice(0, 7), precision: "month" };
  if (every(9, number)) return { text: day.slice(0, 4), precision: "year" };
  return { text: day, precision: "day" };
}

/** A day of the years before `year`, `yyyy-MM-dd`. */
function pastDay(random: Random, year: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${random.int(1961, year - 1)}-${two(random.int(1, 12))}-${two(random.int(1, 28))}`;
}

function makeTrack(
  seed: string,
  number: number,
  album: Album,
  place: number,
  artists: Artist[],
  random: Random,
): Track {
  const plain = title(random);
  const recorded = album.release.text?.slice(2, 4) ?? "00";
  return {
    kind: "track",
    id: idOf(seed, "track", number),
    name: every(19, number) ? oddName(Math.floor(number / 19), plain) : plain,
    artists,
    album: every(401, number) ? null : album,
    durationMs: random.int(75_000, 430_000),
    explicit: random.chance(0.12),
    discNumber: place < 10 ? 1 : 2,
    trackNumber: place < 10 ? place + 1 : place - 9,
    isrc: every(29, number) ? null : `QZSIM${recorded}${String(number % 100_000).padStart(5, "0")}`,
    popularity: Math.round(random.int(0, 100) * (artists[0]!.popularity / 100)),
    playable: !every(37, number),
    linkedFrom: every(83, number) ? idOf(seed, "linked", number) : null,
  };
}

function makeEpisodes(seed: string, year: number): Episode[] {
  const random = new Random(seed, "episodes");
  const shows = Array.from({ length: 5 }, (_, number) => ({
    id: idOf(seed, "show", number),
    name: `The ${title(random)} Podcast`,
    publisher: personName(random),
    totalEpisodes: random.int(20, 300),
  }));
  return Array.from({ length: 40 }, (_, number) => {
    const plain = `#${random.int(1, 300)}: ${title(random)}`;
    return {
      kind: "episode" as const,
      id: idOf(seed, "episode", number),
      name: every(5, number) ? oddName(Math.floor(number / 5), plain) : plain,
      show: random.pick(shows),
      description: `A talk about ${title(random)}.`,
      durationMs: random.int(600_000, 7_200_000),
      explicit: random.chance(0.2),
      release: { text: pastDay(random, year), precision: "day" as const },
    };
  });
}

/** Local files with each combination of empty texts, and texts that an URI has to encode. */
function makeLocalFiles(seed: string): LocalFile[] {
  const random = new Random(seed, "local");
  return Array.from({ length: 24 }, (_, number) => {
    const plain = title(random);
    return {
      kind: "local" as const,
      name: number === 0 ? "" : number % 3 === 2 ? `${plain}: 50% + "more" & é` : plain,
      artistName: number & 1 ? personName(random) : "",
      albumName: number & 2 ? title(random) : "",
      durationMs: random.int(30, 900) * 1000,
    };
  });
}
