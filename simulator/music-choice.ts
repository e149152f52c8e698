/** What the listener puts on: an album, a playlist, an artist, their saved tracks, or whatever comes. */
import { Random } from "./random";
import { dayMs } from "./times";
import type { Library, Track } from "./model";
import type { PlayContext } from "./plays";

/** The track at a place of a session (from 0), and from where it is played. Never ends. */
export type Music = (place: number) => { track: Track; context: PlayContext | null };

/** What is queued up; what comes after its end has no context. */
interface Queue {
  tracks: Track[];
  context: PlayContext | null;
}

/** Returns what picks the music of each session on the day that begins at `midnight`; undefined if no track is playable. */
export function musicOn(
  library: Library,
  seed: string,
  midnight: number,
): ((random: Random) => Music) | undefined {
  const playable = library.allTracks.filter((track) => track.playable);
  if (playable.length === 0) return undefined;
  const favourites = favouritesOf(playable, seed, midnight);
  return (random) => {
    const { tracks, context } = queueUp(library, playable, favourites, random);
    return (place) =>
      place < tracks.length
        ? { track: tracks[place]!, context }
        : { track: random.pick(random.chance(0.5) ? favourites : playable), context: null };
  };
}

/** What the listener cannot hear often enough this week. */
function favouritesOf(playable: Track[], seed: string, midnight: number): Track[] {
  const random = new Random(seed, "favourites", Math.floor(midnight / (7 * dayMs)));
  return Array.from({ length: 15 }, () => playable[random.zipf(playable.length)]!);
}

function queueUp(library: Library, playable: Track[], favourites: Track[], random: Random): Queue {
  const kind = random.next();
  if (kind < 0.35) return playlistQueue(library, random);
  if (kind < 0.6) return albumQueue(playable, random);
  if (kind < 0.68) return artistQueue(playable, random);
  if (kind < 0.83) return savedQueue(library, random);
  return { tracks: random.shuffle(favourites), context: null };
}

function playlistQueue({ playlists }: Library, random: Random): Queue {
  const lists = playlists.filter((list) => list !== null).filter((list) => list.entries.length > 0);
  if (lists.length === 0) return { tracks: [], context: null };
  const list = lists[random.zipf(lists.length)]!;
  const items = list.entries.map((entry) => entry?.item).filter((item) => item?.kind === "track");
  const tracks = items.filter((track) => track.playable);
  const context = { type: "playlist" as const, id: list.id };
  return { tracks: random.chance(0.6) ? random.shuffle(tracks) : tracks, context };
}

function albumQueue(playable: Track[], random: Random): Queue {
  const { album } = playable[random.zipf(playable.length)]!;
  if (album === null) return { tracks: [], context: null };
  const tracks = playable.filter((track) => track.album === album);
  return { tracks, context: { type: "album", id: album.id } };
}

function artistQueue(playable: Track[], random: Random): Queue {
  const artist = playable[random.zipf(playable.length)]!.artists[0]!;
  const tracks = playable.filter((track) => track.artists[0] === artist);
  return { tracks: random.shuffle(tracks), context: { type: "artist", id: artist.id } };
}

function savedQueue({ saved, listener }: Library, random: Random): Queue {
  const tracks = saved.map(({ track }) => track).filter((track) => track.kind === "track");
  const shuffled = random.shuffle(tracks.filter((track) => track.playable));
  return { tracks: shuffled, context: { type: "collection", id: listener.id } };
}
