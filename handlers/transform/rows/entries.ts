/** What one entry of a list becomes: a row, or a reason why there is none, and what the catalogue takes from it. */
import type { Row } from "../../../schemas";
import { followedArtists } from "../../../schemas/followed_artists";
import { playlistItems } from "../../../schemas/playlist_items";
import { playlists } from "../../../schemas/playlists";
import { plays } from "../../../schemas/plays";
import { profiles } from "../../../schemas/profiles";
import { savedAlbums } from "../../../schemas/saved_albums";
import { savedTracks } from "../../../schemas/saved_tracks";
import { topItems } from "../../../schemas/top_items";
import { firstImage, id, idCell, makeRow, timeCell } from "./cells";
import { instant, isObject, list, object, type Json } from "../../raw/json";
import type { HeaderLine } from "../../raw/format";
import type { Origin } from "./origin";

/**
 * `track`, `album` and `artist` are what the catalogue takes up. Without a `row`, `skip` is the reason (a code of the
 * table skips).
 */
export interface EntryResult {
  row?: Row;
  skip?: "null_entry" | "no_id" | "no_time";
  track?: Json;
  album?: Json;
  artist?: Json;
}

/** Reads one entry of a list; it stands at `position` of the container that `header` names. */
export type EntryReader = (
  entry: unknown,
  position: number,
  header: HeaderLine,
  origin: Origin,
) => EntryResult;

/** An entry of /playlists/{id}/items: every position has a row, even one whose item is gone. */
export function playlistItem(
  entry: unknown,
  position: number,
  header: HeaderLine,
  origin: Origin,
): EntryResult {
  const { added_at, added_by } = object(entry);
  const item = itemOf(entry) ?? {};
  const type = itemType(entry);
  const row = makeRow(playlistItems, origin, {
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
  return { row, track: type === "track" ? item : undefined };
}

/** An entry of /me/tracks. */
export function savedTrack(
  entry: unknown,
  position: number,
  _header: HeaderLine,
  origin: Origin,
): EntryResult {
  const item = itemOf(entry);
  const type = itemType(entry);
  if (!item) return { skip: "null_entry" };
  if (type !== "track" && type !== "local") return { skip: "no_id" };
  const row = makeRow(savedTracks, origin, {
    list_position: position,
    item_type: type,
    track_id: type === "track" ? id(item.id) : null,
    item_uri: idCell(item.uri),
    item_name: item.name,
    artist_name: firstArtist(item),
    added_at: timeCell(object(entry).added_at),
  });
  return { row, track: type === "track" ? item : undefined };
}

/** An entry of /me/albums. */
export function savedAlbum(
  entry: unknown,
  position: number,
  _header: HeaderLine,
  origin: Origin,
): EntryResult {
  const { album, added_at } = object(entry);
  if (!isObject(album)) return { skip: "null_entry" };
  const row = makeRow(savedAlbums, origin, {
    list_position: position,
    album_id: idCell(album.id),
    item_uri: idCell(album.uri),
    album_name: album.name,
    artist_name: firstArtist(album),
    added_at: timeCell(added_at),
  });
  return row ? { row, album } : { skip: "no_id" };
}

/** An entry of /me/following. */
export function followedArtist(
  entry: unknown,
  position: number,
  _header: HeaderLine,
  origin: Origin,
): EntryResult {
  if (!isObject(entry)) return { skip: "null_entry" };
  const row = makeRow(followedArtists, origin, {
    list_position: position,
    artist_id: idCell(entry.id),
    artist_name: entry.name,
  });
  return row ? { row, artist: entry } : { skip: "no_id" };
}

/** An entry of /me/top/tracks or /me/top/artists; the container is `tracks:short_term` and the like. */
export function topItem(
  entry: unknown,
  position: number,
  { container }: HeaderLine,
  origin: Origin,
): EntryResult {
  if (!isObject(entry)) return { skip: "null_entry" };
  const isArtist = container.startsWith("artists:");
  const row = makeRow(topItems, origin, {
    item_type: isArtist ? "artist" : "track",
    time_range: container.slice(container.indexOf(":") + 1),
    item_rank: position + 1,
    item_id: idCell(entry.id),
    item_name: entry.name,
  });
  if (!row) return { skip: "no_id" };
  return isArtist ? { row, artist: entry } : { row, track: entry };
}

/** An entry of /me/player/recently-played. */
export function play(entry: unknown, _position: number, _header: HeaderLine, origin: Origin): EntryResult {
  const item = itemOf(entry);
  if (!item) return { skip: "null_entry" };
  const { played_at, context } = object(entry);
  const trackId = itemType(entry) === "track" ? id(item.id) : null;
  const row = makeRow(plays, origin, {
    played_at: timeCell(played_at),
    track_id: trackId,
    // A play is told apart by it, so a track that lacks it gets the one that its id says.
    item_uri: id(item.uri) ?? (trackId && `spotify:track:${trackId}`),
    track_name: item.name,
    artist_name: firstArtist(item),
    album_name: object(item.album).name,
    duration_ms: item.duration_ms,
    context_type: idCell(object(context).type),
    context_uri: idCell(object(context).uri),
  });
  if (!row) return { skip: instant(played_at) === null ? "no_time" : "no_id" };
  return { row, track: trackId ? item : undefined };
}

/** An entry of /me/playlists. */
export function listedPlaylist(
  entry: unknown,
  position: number,
  _header: HeaderLine,
  origin: Origin,
): EntryResult {
  if (!isObject(entry)) return { skip: "null_entry" };
  const row = playlistRow(entry, position, origin);
  return row ? { row } : { skip: "no_id" };
}

/** The answer of /playlists/{id}, which has no place in a list. */
export function playlist(
  answer: unknown,
  _position: number,
  _header: HeaderLine,
  origin: Origin,
): EntryResult {
  if (!isObject(answer)) return { skip: "null_entry" };
  const row = playlistRow(answer, null, origin);
  return row ? { row } : { skip: "no_id" };
}

/** The answer of /me. */
export function profile(
  answer: unknown,
  _position: number,
  _header: HeaderLine,
  origin: Origin,
): EntryResult {
  if (!isObject(answer)) return { skip: "null_entry" };
  const row = profileRow(answer, origin);
  return row ? { row } : { skip: "no_id" };
}

/** A playlist's own description, listed or asked for by itself (`position` null); undefined if it has no id. */
export function playlistRow(playlist: Json, position: number | null, origin: Origin): Row | undefined {
  const owner = object(playlist.owner);
  return makeRow(playlists, origin, {
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

/** The answer of /me; undefined if it has no id. */
export function profileRow(profile: Json, origin: Origin): Row | undefined {
  return makeRow(profiles, origin, {
    user_id: idCell(profile.id),
    account_id: idCell(profile.account_id),
    display_name: profile.display_name,
    country: idCell(profile.country),
    product: idCell(profile.product),
    follower_count: object(profile.followers).total,
    image_url: firstImage(profile.images),
  });
}

/** The name of the first artist of a track or album. */
function firstArtist({ artists }: Json): unknown {
  return object(list(artists)[0]).name;
}

/** What an entry holds, under its name since 2026 or the one before; undefined if it is gone. */
function itemOf(entry: unknown): Json | undefined {
  const { item, track } = object(entry);
  return [item, track].find(isObject);
}

/**
 * Spotify's own `type` says "track" of local files too, and of episodes that were not asked for by name; those have
 * `episode: true`. What is gone, has no id or is none of these is unavailable.
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
