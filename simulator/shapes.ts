/** The listener and their lists as the Web API shows them: pure functions from the model to the JSON that is sent. */
import { apiRoot } from "./paging";
import { disguisedEpisodeShape, episodeShape } from "./podcast-shapes";
import { identity, pictures, shown, type Json, type View } from "./json";
import { trackShape } from "./music-shapes";
import type { Entry, Item, Listener, Playlist, SavedTrack, User } from "./model";
import type { Play, PlayContext } from "./plays";

/** GET /me */
export function profileShape(listener: Listener, view: View): Json {
  return shown(view, "user", {
    account_id: listener.accountId,
    country: listener.country,
    display_name: listener.displayName,
    email: listener.email,
    explicit_content: { filter_enabled: false, filter_locked: false },
    followers: { href: null, total: listener.followers },
    images: pictures(listener.id).slice(1),
    product: listener.product,
    ...identity("user", listener.id),
  });
}

function ownerShape(user: User): Json {
  return { display_name: user.displayName, ...identity("user", user.id) };
}

/** A playlist as lists show it: its contents are only counted. */
export function playlistShape(playlist: Playlist, { rules }: View): Json {
  const contents = rules.contentKeys.map((key) => [
    key,
    { href: `${apiRoot}/playlists/${playlist.id}/${key}`, total: playlist.entries.length },
  ]);
  return {
    collaborative: playlist.collaborative,
    description: playlist.description,
    images: coverShape(playlist.images),
    name: playlist.name,
    owner: ownerShape(playlist.owner),
    primary_color: null,
    public: playlist.public,
    snapshot_id: playlist.snapshotId,
    ...Object.fromEntries(contents),
    ...identity("playlist", playlist.id),
  };
}

/** GET /playlists/{id}: `contentsOf` gives the first page under a key, or undefined if the contents are closed. */
export function fullPlaylistShape(
  playlist: Playlist,
  view: View,
  contentsOf: (key: string) => unknown,
): Json {
  const contents = view.rules.contentKeys.map((key) => [key, contentsOf(key)]);
  const all = { ...playlistShape(playlist, view), ...Object.fromEntries(contents) };
  const known = Object.entries(all).filter(([, value]) => value !== undefined);
  return shown(view, "playlist", { ...Object.fromEntries(known), followers: { href: null, total: 0 } });
}

/** One cover has no size; a mosaic comes in three. */
function coverShape(images: string[] | null): Json[] | null {
  const sizes = images?.length === 3 ? [640, 300, 60] : [];
  if (images === null) return null;
  return images.map((id, k) => ({
    height: sizes[k] ?? null,
    url: `https://i.scdn.co/image/${id}`,
    width: sizes[k] ?? null,
  }));
}

/** One entry of a playlist's contents; `keys` are those under which the item stands (`item`, `track` or both). */
export function entryShape(entry: Entry | null, keys: string[], view: View): Json | null {
  if (entry === null) return null;
  const item = entry.item && listedItemShape(entry.item, view);
  return {
    added_at: entry.addedAt,
    added_by: entry.addedBy === null ? null : identity("user", entry.addedBy),
    is_local: entry.item?.kind === "local",
    primary_color: null,
    ...Object.fromEntries(keys.map((key) => [key, item])),
    video_thumbnail: { url: null },
  };
}

/** Inside playlists a track says twice what it is. */
function listedItemShape(item: Item, view: View): Json {
  if (item.kind === "episode") return view.episodes ? episodeShape(item, view) : disguisedEpisodeShape(item);
  return { ...trackShape(item, view), episode: false, track: true };
}

/** An entry of /me/tracks. */
export function savedShape({ addedAt, track }: SavedTrack, view: View): Json {
  return { added_at: addedAt, track: trackShape(track, view) };
}

/** An entry of /me/player/recently-played. */
export function playShape({ track, playedAt, context }: Play, view: View): Json {
  return {
    track: trackShape(track, view),
    played_at: new Date(playedAt).toISOString(),
    context: context && contextShape(context),
  };
}

function contextShape({ type, id }: PlayContext): Json {
  if (type !== "collection") {
    const { external_urls, href, uri } = identity(type, id);
    return { type, external_urls, href, uri };
  }
  return {
    type,
    external_urls: { spotify: "https://open.spotify.com/collection" },
    href: `${apiRoot}/me/tracks`,
    uri: `spotify:user:${id}:collection`,
  };
}
