/** Finding things of a library by id. */
import type { Album, Artist, Library, Playlist, Track } from "./model";

interface Index {
  playlists: Map<string, Playlist>;
  tracks: Map<string, Track>;
  albums: Map<string, { album: Album; tracks: Track[] }>;
  artists: Map<string, Artist>;
  /** The albums of an artist, by the artist's id. */
  discographies: Map<string, { album: Album; group: string }[]>;
}

/** Music by list of tracks, so that the libraries of many days share one index. */
const music = new WeakMap<Track[], Omit<Index, "playlists">>();

/** Everything of a library that has an address of its own, by id. A relinked track answers at its old id too. */
export function indexOf({ playlists, unlisted, allTracks }: Library): Index {
  const known = music.get(allTracks) ?? indexMusic(allTracks);
  music.set(allTracks, known);
  const lists = [...playlists, ...unlisted].filter((list) => list !== null);
  return { ...known, playlists: new Map(lists.map((list) => [list.id, list])) };
}

function indexMusic(allTracks: Track[]): Omit<Index, "playlists"> {
  const index: Omit<Index, "playlists" | "discographies"> = {
    tracks: new Map(),
    albums: new Map(),
    artists: new Map(),
  };
  for (const track of allTracks) {
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
  return { ...index, discographies: discographiesOf([...index.albums.values()]) };
}

/** An album is its artists' own; on those of others who play on it, it is one that they appear on. */
function discographiesOf(albums: { album: Album; tracks: Track[] }[]): Index["discographies"] {
  const discographies: Index["discographies"] = new Map();
  for (const { album, tracks } of albums) {
    const artists = new Set([...album.artists, ...tracks.flatMap((track) => track.artists)]);
    for (const artist of artists) {
      const group = album.artists.includes(artist) ? album.type : "appears_on";
      discographies.set(artist.id, [...(discographies.get(artist.id) ?? []), { album, group }]);
    }
  }
  return discographies;
}
