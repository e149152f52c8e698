/** What one entry of a page becomes: a row, or a reason why there is none, and the track in it. */
import type { Row } from "../../schemas";
import { playlistItems } from "../../schemas/playlist_items";
import { playlists } from "../../schemas/playlists";
import { profiles } from "../../schemas/profiles";
import { savedTracks } from "../../schemas/saved_tracks";
import { firstImage, id, instant, isObject, list, makeRow, object, type Json } from "../cells";
import type { HeaderLine } from "../raw";
import type { Origin } from "./origin";

/** `track` is what the catalogue takes up. Without a `row`, `skip` is the reason (a code of the table skips). */
export interface EntryResult {
  row?: Row;
  skip?: "null_entry" | "no_id";
  track?: Json;
}

/** Reads one entry of a page; it stands at `position` of the container that `header` names. */
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
    item_uri: id(item.uri),
    item_name: item.name,
    artist_name: object(list(item.artists)[0]).name,
    album_name: object(item.album ?? item.show).name,
    duration_ms: item.duration_ms,
    added_at: instant(added_at),
    added_by_id: id(object(added_by).id),
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
    item_uri: id(item.uri),
    item_name: item.name,
    artist_name: object(list(item.artists)[0]).name,
    added_at: instant(object(entry).added_at),
  });
  return { row, track: type === "track" ? item : undefined };
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

/** A playlist's own description, listed or asked for by itself (`position` null); undefined if it has no id. */
export function playlistRow(playlist: Json, position: number | null, origin: Origin): Row | undefined {
  const owner = object(playlist.owner);
  return makeRow(playlists, origin, {
    playlist_id: id(playlist.id),
    list_position: position,
    name: playlist.name,
    description: playlist.description,
    owner_id: id(owner.id),
    owner_name: owner.display_name,
    is_public: playlist.public,
    is_collaborative: playlist.collaborative,
    snapshot_id: id(playlist.snapshot_id),
    item_count: object(playlist.items).total ?? object(playlist.tracks).total,
    image_url: firstImage(playlist.images),
  });
}

/** The answer of /me; undefined if it has no id. */
export function profileRow(profile: Json, origin: Origin): Row | undefined {
  return makeRow(profiles, origin, {
    user_id: id(profile.id),
    account_id: id(profile.account_id),
    display_name: profile.display_name,
    country: id(profile.country),
    product: id(profile.product),
    follower_count: object(profile.followers).total,
    image_url: firstImage(profile.images),
  });
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
