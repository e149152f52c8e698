/** Makes rows of the entries of lists and of single answers. */
import { followedArtists } from "../../../schemas/followed_artists";
import { playlistItems } from "../../../schemas/playlist_items";
import { playlists } from "../../../schemas/playlists";
import { plays } from "../../../schemas/plays";
import { profiles } from "../../../schemas/profiles";
import { savedAlbums } from "../../../schemas/saved_albums";
import { savedTracks } from "../../../schemas/saved_tracks";
import { topItems } from "../../../schemas/top_items";
import { firstImage, id, idCell, makeRow, timeCell, type MadeRow } from "./cells";
import { instant, isObject, list, object, type Json } from "../../raw/json";
import type { HeaderLine } from "../../raw/format";
import type { Provenance } from "./provenance";

/** What one entry becomes. */
export interface EntryResult {
  /** Its row; absent if the entry has nothing to make one of. */
  made?: MadeRow;
  /** Why the table gets no row of it: a code of the table skips. */
  skip?: "null_entry" | "no_id" | "no_time";
  /** The Spotify entities that it describes. */
  track?: Json;
  album?: Json;
  artist?: Json;
}

/** Reads one entry, at `position` of the container that `header` names. */
export type EntryReader = (
  entry: unknown,
  position: number,
  provenance: Provenance,
  header: HeaderLine,
) => EntryResult;

/** Reads an entry of /playlists/{id}/items: every position has a row, even if its item is gone. */
export function playlistItem(
  entry: unknown,
  position: number,
  provenance: Provenance,
  header: HeaderLine,
): EntryResult {
  const { added_at, added_by } = object(entry);
  const item = itemOf(entry) ?? {};
  const type = itemType(entry);
  const made = makeRow(playlistItems, provenance, {
    playlist_id: header.container,
    item_position: position,
    item_type: type,
    track_id: type === "track" ? id(item.id) : null,
    episode_id: type === "episode" ? id(item.id) : null,
    item_uri: idCell(item.uri),
    item_name: item.name,
    artist_name: firstArtist(item),
    album_name: object(item.album ?? item.show).name,
    duration_ms: item.duration_ms,
    added_at: timeCell(added_at),
    added_by_id: idCell(object(added_by).id),
    is_local: type === "local",
    snapshot_id: header.version,
  });
  return { made, track: type === "track" ? item : undefined };
}

/** Reads an entry of /me/tracks. */
export function savedTrack(entry: unknown, position: number, provenance: Provenance): EntryResult {
  const item = itemOf(entry);
  const type = itemType(entry);
  if (!item) return { skip: "null_entry" };
  if (type !== "track" && type !== "local") return { skip: "no_id" };
  const made = makeRow(savedTracks, provenance, {
    list_position: position,
    item_type: type,
    track_id: type === "track" ? id(item.id) : null,
    item_uri: idCell(item.uri),
    item_name: item.name,
    artist_name: firstArtist(item),
    added_at: timeCell(object(entry).added_at),
  });
  return { made, track: type === "track" ? item : undefined };
}

/** Reads an entry of /me/albums. */
export function savedAlbum(entry: unknown, position: number, provenance: Provenance): EntryResult {
  const { album, added_at } = object(entry);
  if (!isObject(album)) return { skip: "null_entry" };
  const made = makeRow(savedAlbums, provenance, {
    list_position: position,
    album_id: idCell(album.id),
    item_uri: idCell(album.uri),
    album_name: album.name,
    artist_name: firstArtist(album),
    added_at: timeCell(added_at),
  });
  return made.isComplete ? { made, album } : { made, skip: "no_id" };
}

/** Reads an entry of /me/following. */
export function followedArtist(entry: unknown, position: number, provenance: Provenance): EntryResult {
  if (!isObject(entry)) return { skip: "null_entry" };
  const made = makeRow(followedArtists, provenance, {
    list_position: position,
    artist_id: idCell(entry.id),
    artist_name: entry.name,
  });
  return made.isComplete ? { made, artist: entry } : { made, skip: "no_id" };
}

/** Reads an entry of /me/top/tracks or /me/top/artists; the container is a list such as `tracks:short_term`. */
export function topItem(
  entry: unknown,
  position: number,
  provenance: Provenance,
  { container }: HeaderLine,
): EntryResult {
  if (!isObject(entry)) return { skip: "null_entry" };
  const isArtist = container.startsWith("artists:");
  const made = makeRow(topItems, provenance, {
    item_type: isArtist ? "artist" : "track",
    time_range: container.slice(container.indexOf(":") + 1),
    item_rank: position + 1,
    item_id: idCell(entry.id),
    item_name: entry.name,
  });
  if (!made.isComplete) return { made, skip: "no_id" };
  return isArtist ? { made, artist: entry } : { made, track: entry };
}

/** Reads an entry of /me/player/recently-played. */
export function play(entry: unknown, _position: number, provenance: Provenance): EntryResult {
  const item = itemOf(entry);
  if (!item) return { skip: "null_entry" };
  const { played_at, context } = object(entry);
  const trackId = itemType(entry) === "track" ? id(item.id) : null;
  const made = makeRow(plays, provenance, {
    played_at: timeCell(played_at),
    track_id: trackId,
    // Part of the key of a play: a track without one gets that of its id.
    item_uri: id(item.uri) ?? (trackId && `spotify:track:${trackId}`),
    track_name: item.name,
    artist_name: firstArtist(item),
    album_name: object(item.album).name,
    duration_ms: item.duration_ms,
    context_type: idCell(object(context).type),
    context_uri: idCell(object(context).uri),
  });
  if (!made.isComplete) return { made, skip: instant(played_at) === null ? "no_time" : "no_id" };
  return { made, track: trackId ? item : undefined };
}

/** Reads an entry of /me/playlists. */
export function listedPlaylist(entry: unknown, position: number, provenance: Provenance): EntryResult {
  if (!isObject(entry)) return { skip: "null_entry" };
  const made = playlistRow(entry, position, provenance);
  return made.isComplete ? { made } : { made, skip: "no_id" };
}

/** Reads the answer of /playlists/{id}, which has no position in a list. */
export function playlist(answer: unknown, _position: number, provenance: Provenance): EntryResult {
  if (!isObject(answer)) return { skip: "null_entry" };
  const made = playlistRow(answer, null, provenance);
  return made.isComplete ? { made } : { made, skip: "no_id" };
}

/** Reads the answer of /me. */
export function profile(answer: unknown, _position: number, provenance: Provenance): EntryResult {
  if (!isObject(answer)) return { skip: "null_entry" };
  const made = profileRow(answer, provenance);
  return made.isComplete ? { made } : { made, skip: "no_id" };
}

/** Makes the row of a playlist's description, from a list or by itself (`position` null). */
export function playlistRow(playlist: Json, position: number | null, provenance: Provenance): MadeRow {
  const owner = object(playlist.owner);
  return makeRow(playlists, provenance, {
    playlist_id: idCell(playlist.id),
    list_position: position,
    name: playlist.name,
    description: playlist.description,
    owner_id: idCell(owner.id),
    owner_name: owner.display_name,
    is_public: playlist.public,
    is_collaborative: playlist.collaborative,
    snapshot_id: idCell(playlist.snapshot_id),
    item_count: object(playlist.items).total ?? object(playlist.tracks).total,
    image_url: firstImage(playlist.images),
  });
}

/** Makes the row of the answer of /me. */
export function profileRow(profile: Json, provenance: Provenance): MadeRow {
  return makeRow(profiles, provenance, {
    user_id: idCell(profile.id),
    account_id: idCell(profile.account_id),
    display_name: profile.display_name,
    country: idCell(profile.country),
    product: idCell(profile.product),
    follower_count: object(profile.followers).total,
    image_url: firstImage(profile.images),
  });
}

/** Returns the name of the first artist of a track or album. */
function firstArtist({ artists }: Json): unknown {
  return object(list(artists)[0]).name;
}

/** Returns the item of an entry, under its name since 2026 or the one before; undefined if it is gone. */
function itemOf(entry: unknown): Json | undefined {
  const { item, track } = object(entry);
  return [item, track].find(isObject);
}

/**
 * Returns the type of an entry's item. Spotify's own `type` is "track" for local files, too, and for episodes that were
 * not asked for by name; those have `episode: true`. What is gone, has no id or has another type is unavailable.
 */
function itemType(entry: unknown): "track" | "episode" | "local" | "unavailable" {
  const item = itemOf(entry);
  if (!item) return "unavailable";
  const localUri = typeof item.uri === "string" && item.uri.startsWith("spotify:local:");
  if (object(entry).is_local === true || item.is_local === true || localUri) return "local";
  if (!id(item.id)) return "unavailable";
  if (item.type === "episode" || item.episode === true) return "episode";
  return item.type === "track" || item.type === undefined ? "track" : "unavailable";
}
