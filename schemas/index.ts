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
import { savedTracks } from "./saved_tracks";
import { searchResults } from "./search_results";
import { skips } from "./skips";
import { streamingHistory } from "./streaming_history";
import { topItems } from "./top_items";
import { trackArtists } from "./track_artists";
import { tracks } from "./tracks";
import type { TableSpec } from "./spec";

export type { Cell, Column, ColumnType, Row, TableSpec } from "./spec";

/** The lake's generation: part of every key. Raised for any change but a column added at the end (docs/decisions.md). */
export const generation = 1;

/** Raised with every change of a spec or of how rows are made, so that transform builds its targets anew. */
export const programVersion = 5;

/** Every table of the lake. */
export const tables: TableSpec[] = [
  profiles,
  playlists,
  playlistItems,
  savedTracks,
  savedAlbums,
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

const catalogue = ["tracks", "track_artists", "albums", "album_artists", "artists"];

/**
 * The tables that a stream feeds, in the order in which transform writes and registers them: what makes a read visible
 * (container_reads) comes last.
 */
const tablesByStream: Record<string, string[]> = {
  profile: ["profiles", "skips", "quality_results"],
  playlists: ["playlists", "skips", "quality_results", "container_reads"],
  playlist_items: [...catalogue, "playlist_items", "skips", "quality_results", "container_reads"],
  playlist: [...catalogue, "playlists", "playlist_items", "skips", "quality_results", "container_reads"],
  saved_tracks: [...catalogue, "saved_tracks", "skips", "quality_results", "container_reads"],
  saved_albums: [...catalogue, "saved_albums", "skips", "quality_results", "container_reads"],
  recently_played: [...catalogue, "plays", "gaps", "skips", "quality_results"],
  top_items: [...catalogue, "artist_genres", "top_items", "skips", "quality_results", "container_reads"],
  followed_artists: [
    "artists",
    "artist_genres",
    "followed_artists",
    "skips",
    "quality_results",
    "container_reads",
  ],
  album: [...catalogue, "skips", "quality_results"],
  artist: ["albums", "album_artists", "artists", "artist_genres", "skips", "quality_results"],
  artist_details: ["artists", "artist_genres", "skips", "quality_results"],
  search: [...catalogue, "artist_genres", "search_results", "skips", "quality_results"],
  streaming_history: ["streaming_history", "skips", "quality_results"],
  extract_runs: ["extract_runs", "quality_results"],
};

/** The specs of the tables that `stream` (such as `saved_tracks` or `playlist:ID`) feeds; throws on an unknown stream. */
export function tablesOf(stream: string): TableSpec[] {
  const names = tablesByStream[stream.split(":")[0]!];
  if (!names) throw new Error(`No table is fed by a stream named ${stream}.`);
  return names.map((name) => tables.find((table) => table.name === name)!);
}

/** The kinds of streams that feed a table, such as `saved_tracks` or `playlist` (for playlist:ID). */
export function streamsOf(table: string): string[] {
  return Object.keys(tablesByStream).filter((kind) => tablesByStream[kind]!.includes(table));
}
