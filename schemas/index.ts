import { albumArtists } from "./album_artists";
import { albums } from "./albums";
import { artistGenres } from "./artist_genres";
import { artists } from "./artists";
import { containerReads } from "./container_reads";
import { extractRuns } from "./extract_runs";
import { followedArtists } from "./followed_artists";
import { gaps } from "./gaps";
import { playlistItems } from "./playlist_items";
import { playlists } from "./playlists";
import { plays } from "./plays";
import { profiles } from "./profiles";
import { qualityResults } from "./quality_results";
import { savedAlbums } from "./saved_albums";
import { savedAudiobooks } from "./saved_audiobooks";
import { savedEpisodes } from "./saved_episodes";
import { savedShows } from "./saved_shows";
import { savedTracks } from "./saved_tracks";
import { searchResults } from "./search_results";
import { skips } from "./skips";
import { streamingHistory } from "./streaming_history";
import { topItems } from "./top_items";
import { trackArtists } from "./track_artists";
import { tracks } from "./tracks";
import type { TableSpec } from "./spec";
import { kindOf, streamKinds, tableNamesOf, type StreamKind } from "./streams";

export type { Cell, Column, ColumnType, Row, TableSpec } from "./spec";

/** The lake's generation: part of every key. Raise it for any change but a column added at the end (docs/generations.md). */
export const generation = 1;

/** Raise it with every change of a spec or of how rows are made, so that transform rebuilds its targets. */
export const programVersion = 8;

/** Every table of the lake. */
export const tables: TableSpec[] = [
  profiles,
  playlists,
  playlistItems,
  savedTracks,
  savedAlbums,
  savedShows,
  savedEpisodes,
  savedAudiobooks,
  followedArtists,
  topItems,
  searchResults,
  plays,
  streamingHistory,
  tracks,
  trackArtists,
  albums,
  albumArtists,
  artists,
  artistGenres,
  containerReads,
  extractRuns,
  gaps,
  skips,
  qualityResults,
];

/**
 * Returns the specs of the tables that `stream` (such as `saved_tracks` or `playlist:ID`) feeds, in the order of writing.
 * Throws if there is no such stream.
 */
export function tablesOf(stream: string): TableSpec[] {
  return tableNamesOf(kindOf(stream)).map((name) => tables.find((table) => table.name === name)!);
}

/** Returns the kinds of streams that feed a table, such as `saved_tracks` or `playlist` (for playlist:ID). */
export function streamsOf(table: string): StreamKind[] {
  return streamKinds.filter((kind) => tableNamesOf(kind).includes(table));
}
