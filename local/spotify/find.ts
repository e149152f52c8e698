/** Finding things of a library by id. */
import type { Album, Artist, Library, Playlist, Track } from "./model";

interface Index {
  playlists: Map<string, Playlist>;
  tracks: Map<string, Track>;
  albums: Map<string, { album: Album; tracks: Track[] }>;
  artists: Map<string, Artist>;
}

/** Music by catalogue, so that the libraries of many days share one index. */
const music = new WeakMap<Track[], Omit<Index, "playlists">>();

/** Everything of a library that has an address of its own, by id. A relinked track answers at its old id too. */
export function indexOf({ playlists, unlisted, catalogue }: Library): Index {
  const known = music.get(catalogue) ?? indexMusic(catalogue);
  music.set(catalogue, known);
  const lists = [...playlists, ...unlisted].filter((list) => list !== null);
  return { ...known, playlists: new Map(lists.map((list) => [list.id, list])) };
}

function indexMusic(catalogue: Track[]): Omit<Index, "playlists"> {
  const index: Omit<Index, "playlists"> = { tracks: new Map(), albums: new Map(), artists: new Map() };
  for (const track of catalogue) {
    const { album } = track;
    index.tracks.set(track.id, track);
    if (track.linkedFrom !== null) index.tracks.set(track.linkedFrom, track);
    if (album) {
      const known = index.albums.get(album.id) ?? { album, tracks: [] };
      known.tracks.push(track);
      index.albums.set(album.id, known);
    }
    for (const artist of [...track.artists, ...(album?.artists ?? [])]) index.artists.set(artist.id, artist);
  }
  return index;
}
