/** Small libraries by hand, for tests: name what matters, the rest is plain. */
import { byId } from "../../../simulator/collection";
import { simulatedListener } from "../../../simulator/initialLibrary";
import { snapshotOf } from "../../../simulator/model";
import type { Listening, Play } from "../../../simulator/plays";
import type {
  Album,
  Artist,
  Episode,
  Item,
  Library,
  LocalFile,
  Playlist,
  SavedTrack,
  Track,
} from "../../../simulator/model";

/** A track named after its id, on an album of its own by an artist of its own. */
export function trackOf(id: string, details: Partial<Track> = {}): Track {
  const artist: Artist = { id: `${id}-artist`, name: `Artist of ${id}`, popularity: 50, followers: 1000 };
  const album: Album = {
    id: `${id}-album`,
    name: `Album of ${id}`,
    type: "album",
    artists: [artist],
    release: { text: "2020-02-20", precision: "day" },
    totalTracks: 10,
    upc: "5000000000000",
    label: "Label",
    popularity: 50,
  };
  return {
    kind: "track",
    id,
    name: `Track ${id}`,
    artists: [artist],
    album,
    durationMs: 200_000,
    explicit: false,
    discNumber: 1,
    trackNumber: 1,
    isrc: "QZSIM2000001",
    popularity: 50,
    playable: true,
    linkedFrom: null,
    ...details,
  };
}

/** An episode of a show of its own. */
export function episodeOf(id: string, details: Partial<Episode> = {}): Episode {
  return {
    kind: "episode",
    id,
    name: `Episode ${id}`,
    show: { id: `${id}-show`, name: `Show of ${id}`, publisher: "Publisher", totalEpisodes: 10 },
    description: "",
    durationMs: 1_800_000,
    explicit: false,
    release: { text: "2020-02-20", precision: "day" },
    ...details,
  };
}

/** A local file that says nothing but what `details` say. */
export function localFileOf(details: Partial<LocalFile> = {}): LocalFile {
  return { kind: "local", name: "", artistName: "", albumName: "", durationMs: 60_000, ...details };
}

/** A playlist of the listener's own, its items added a second apart from 2026-01-01 on; null is an item that Spotify deleted. */
export function playlistOf(
  id: string,
  items: (Item | null)[] = [],
  details: Partial<Playlist> = {},
): Playlist {
  const contents = {
    id,
    name: `Playlist ${id}`,
    description: "",
    owner: simulatedListener,
    public: true,
    collaborative: false,
    collaborators: [],
    images: [],
    entries: items.map((item, position) => ({
      addedAt: secondsInto2026(position),
      addedBy: simulatedListener.id,
      item,
    })),
    revision: 1,
    gone: false,
    ...details,
  };
  return { snapshotId: snapshotOf(contents, contents.revision), ...contents };
}

/**
 * A library of these lists; `saved` and `albums` are given newest first, and were saved a second apart until 2026-01-01.
 * `allTracks` adds tracks to those in the lists.
 */
export function libraryOf(lists: {
  playlists?: (Playlist | null)[];
  unlisted?: Playlist[];
  saved?: SavedTrack["track"][];
  albums?: (Album | null)[];
  followed?: Artist[];
  podcasts?: Partial<Library["podcasts"]>;
  allTracks?: Track[];
}): Library {
  const { playlists = [], unlisted = [], saved = [], albums = [], followed = [], allTracks = [] } = lists;
  const entries = [...playlists, ...unlisted].flatMap((list) => list?.entries ?? []);
  const items = [...entries.map((entry) => entry?.item), ...saved, ...allTracks];
  return {
    listener: simulatedListener,
    playlists,
    unlisted,
    saved: saved.map((track, place) => ({ addedAt: secondsInto2026(-place), track })),
    savedAlbums: albums.map((album, place) => album && { addedAt: secondsInto2026(-place), album }),
    followed: [...followed].sort(byId),
    podcasts: { shows: [], episodes: [], audiobooks: [], ...lists.podcasts },
    allTracks: [...new Set(items.filter((item) => item?.kind === "track"))],
  };
}

/** A play of a whole track that ended at `playedAt` (ms since 1970 UTC) and was reported at once, from nowhere known. */
export function playOf(track: Track, playedAt: number, details: Partial<Play> = {}): Play {
  const msPlayed = track.durationMs;
  const startedAt = playedAt - msPlayed;
  return { track, startedAt, msPlayed, playedAt, context: null, visibleAt: playedAt, ...details };
}

/** Someone who played exactly this. */
export function listeningTo(plays: Play[]): Listening {
  const sorted = [...plays].sort((a, b) => a.playedAt - b.playedAt);
  return {
    between: (from, to) => sorted.filter(({ playedAt }) => playedAt >= from && playedAt < to),
  };
}

function secondsInto2026(count: number): string {
  return new Date(Date.UTC(2026, 0, 1) + count * 1000).toISOString().replace(".000", "");
}
