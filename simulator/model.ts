/** What the simulated Spotify knows: the listener's library as plain data, from which shapes.ts makes answers. */
import { createHash } from "node:crypto";

/** A Spotify user. */
export interface User {
  id: string;
  displayName: string | null;
}

/** The user who signed in; what follows `accountId` is shown with extended quota only. */
export interface Listener extends User {
  accountId: string;
  country: string;
  email: string;
  product: string;
  followers: number;
}

export interface Artist {
  id: string;
  name: string;
  popularity: number;
  followers: number;
}

/** A release date as Spotify gives it: `1971`, `1981-12`, `1981-12-15`, sometimes `0000`, or null with precision null. */
export interface ReleaseDate {
  text: string | null;
  precision: "year" | "month" | "day" | null;
}

export interface Album {
  id: string;
  /** Empty after a takedown. */
  name: string;
  type: "album" | "single" | "compilation";
  artists: Artist[];
  release: ReleaseDate;
  totalTracks: number;
  upc: string;
  label: string;
  popularity: number;
}

export interface Track {
  kind: "track";
  id: string;
  name: string;
  artists: Artist[];
  /** Null where Spotify lost it. */
  album: Album | null;
  durationMs: number;
  explicit: boolean;
  discNumber: number;
  trackNumber: number;
  isrc: string | null;
  popularity: number;
  /** False: not available in the listener's market. */
  playable: boolean;
  /** Id of the track that this one stands in for, if Spotify relinked it. */
  linkedFrom: string | null;
}

export interface Show {
  id: string;
  name: string;
  publisher: string;
  totalEpisodes: number;
}

export interface Episode {
  kind: "episode";
  id: string;
  name: string;
  show: Show;
  description: string;
  durationMs: number;
  explicit: boolean;
  release: ReleaseDate;
}

/** A file of the user's own in a playlist: Spotify knows only these texts, and each may be empty. */
export interface LocalFile {
  kind: "local";
  name: string;
  artistName: string;
  albumName: string;
  durationMs: number;
}

export type Item = Track | Episode | LocalFile;

/** One position of a playlist. */
export interface Entry {
  /** ISO 8601 in whole seconds; null in very old lists, 1970 in charts. */
  addedAt: string | null;
  /** User id; null in very old lists, "" in Spotify's own. */
  addedBy: string | null;
  /** Null once Spotify deleted it. */
  item: Item | null;
}

/** What a playlist is beside its version: any change of these is a new snapshot. */
export interface PlaylistContents {
  id: string;
  name: string;
  description: string | null;
  owner: User;
  public: boolean | null;
  collaborative: boolean;
  /** Ids of the users beside the owner who may edit it, and so may read it through the API. */
  collaborators: string[];
  /** Image ids: one is a cover, three are a mosaic in three sizes; Spotify says null where it has none. */
  images: string[] | null;
  /** A null entry is a position for which Spotify answers nothing at all. */
  entries: (Entry | null)[];
}

export interface Playlist extends PlaylistContents {
  /** How often it changed. */
  revision: number;
  snapshotId: string;
  /** Deleted but still listed: every request for it answers 404. */
  gone: boolean;
}

export interface SavedTrack {
  /** ISO 8601 in whole seconds. */
  addedAt: string;
  track: Track | LocalFile;
}

export interface SavedAlbum {
  /** ISO 8601 in whole seconds. */
  addedAt: string;
  album: Album;
}

export interface Audiobook {
  id: string;
  name: string;
  authors: string[];
  narrators: string[];
  publisher: string;
  /** Empty where Spotify does not say. */
  edition: string;
  totalChapters: number;
  explicit: boolean;
}

interface SavedShow {
  /** ISO 8601 in whole seconds. */
  addedAt: string;
  show: Show;
}

export interface SavedEpisode {
  /** ISO 8601 in whole seconds. */
  addedAt: string;
  episode: Episode;
  fullyPlayed: boolean;
  /** How far the listener has come, 0 again once it was fully played. */
  resumeMs: number;
}

/** What a listener saved beside music, each newest first. */
export interface Podcasts {
  shows: SavedShow[];
  episodes: SavedEpisode[];
  audiobooks: Audiobook[];
}

/** A listener's library at one moment. Never changed in place: an edit makes a new one that shares what stayed. */
export interface Library {
  listener: Listener;
  /** The list of /me/playlists in its order; null where Spotify hides one of its own. */
  playlists: (Playlist | null)[];
  /** Playlists that the listener does not follow (any more); they still answer at their id. */
  unlisted: Playlist[];
  /** Newest first. */
  saved: SavedTrack[];
  /** Newest first; null where Spotify has nothing to say about what was saved. */
  savedAlbums: (SavedAlbum | null)[];
  podcasts: Podcasts;
  /** By id, so that a cursor holds while artists come and go. */
  followed: Artist[];
  /** Every track that Spotify has, in a list or not. */
  allTracks: Track[];
}

/** The Spotify URI of an item. A local file's holds its texts, form-encoded, and its length in seconds. */
export function uriOf(item: Item): string {
  if (item.kind !== "local") return `spotify:${item.kind}:${item.id}`;
  const parts = [item.artistName, item.albumName, item.name].map(formEncode);
  return `spotify:local:${parts.join(":")}:${Math.round(item.durationMs / 1000)}`;
}

function formEncode(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}

/**
 * The version id of a playlist, built as Spotify's are: 4 bytes that count changes and 20 bytes of hash, in base64. It
 * follows from the revision and the contents alone.
 */
export function snapshotOf(contents: PlaylistContents, revision: number): string {
  const { id, name, description, owner, collaborative, images, entries } = contents;
  const positions = entries.map(
    (entry) => entry && [entry.addedAt, entry.addedBy, entry.item && uriOf(entry.item)],
  );
  const details = [id, name, description, owner.id, contents.public, collaborative, images, positions];
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(revision);
  const hash = createHash("sha1").update(JSON.stringify(details)).digest();
  return Buffer.concat([counter, hash]).toString("base64");
}

/** A playlist at its next revision. */
export function revise(playlist: Playlist, changes: Partial<PlaylistContents>): Playlist {
  const revision = playlist.revision + 1;
  const revised = { ...playlist, ...changes, revision };
  return { ...revised, snapshotId: snapshotOf(revised, revision) };
}
