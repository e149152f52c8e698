/** How each stream's raw lines are read. */
import type { PagedStream, StreamKind } from "../../schemas/streams";
import { readAlbum, readArtist, readArtistDetails, readSearch, type DocumentReader } from "./rows/documents";
import {
  followedArtist,
  listedPlaylist,
  play,
  playlist,
  playlistItem,
  profile,
  savedAlbum,
  savedTrack,
  topItem,
  type EntryReader,
} from "./rows/entries";
import { historyPlay } from "./rows/history";
import { savedAudiobook, savedEpisode, savedShow } from "./rows/podcasts";

/** How an answer that is not a page is read: as one entry of `table`, as a list of them, or as a document. */
type ObjectReader =
  | { shape: "entry" | "list"; table: string; readEntry: EntryReader }
  | { shape: "document"; read: DocumentReader };

/** How the lines of a stream are read; a stream has no lines of a kind that is absent here. */
export interface LineReaders {
  /** Reads an entry of a page; its row goes to the stream's counted table. */
  page?: EntryReader;
  object?: ObjectReader;
}

/** The readers of all streams. A stream with a counted table must have one for its pages. */
export const lineReaders: {
  [K in StreamKind]: K extends PagedStream
    ? LineReaders & { page: EntryReader }
    : LineReaders & { page?: undefined };
} = {
  recently_played: { object: { shape: "list", table: "plays", readEntry: play } },
  profile: { object: { shape: "entry", table: "profiles", readEntry: profile } },
  playlists: { page: listedPlaylist },
  saved_tracks: { page: savedTrack },
  saved_albums: { page: savedAlbum },
  top_items: { page: topItem },
  followed_artists: { page: followedArtist },
  saved_shows: { page: savedShow },
  saved_episodes: { page: savedEpisode },
  saved_audiobooks: { page: savedAudiobook },
  playlist_items: { page: playlistItem },
  artist_details: { object: { shape: "document", read: readArtistDetails } },
  playlist: { page: playlistItem, object: { shape: "entry", table: "playlists", readEntry: playlist } },
  album: { object: { shape: "document", read: readAlbum } },
  artist: { object: { shape: "document", read: readArtist } },
  search: { object: { shape: "document", read: readSearch } },
  streaming_history: { object: { shape: "list", table: "streaming_history", readEntry: historyPlay } },
  extract_runs: {},
};
