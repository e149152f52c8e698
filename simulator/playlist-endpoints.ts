/** Playlists and their contents: who may read what. */
import { ApiError } from "./errors";
import { entryShape, fullPlaylistShape, playlistShape } from "./shapes";
import { indexOf } from "./find";
import { notFound, rulesOf, viewOf, type ApiCall } from "./apiCall";
import { pageOf, type Page } from "./paging";
import type { Json } from "./json";
import type { Playlist } from "./model";

/** GET /playlists/{id}: the first page of the contents comes with it, unless they are closed to the caller. */
export function playlist(call: ApiCall): Json {
  const found = visiblePlaylist(call);
  const limit = rulesOf(call).embeddedItems;
  const query = new URLSearchParams(call.query);
  query.set("limit", String(limit));
  query.delete("offset");
  return fullPlaylistShape(found, viewOf(call), (key) =>
    readable(found, call) ? contentsPage(found, key, limit, { ...call, query }) : undefined,
  );
}

/** GET /playlists/{id}/items and its old form /playlists/{id}/tracks. */
export function contents(call: ApiCall, key: "items" | "tracks"): Page {
  const found = visiblePlaylist(call);
  if (!readable(found, call)) throw new ApiError(403, "Forbidden");
  return contentsPage(found, key, key === "tracks" ? 100 : 50, call);
}

/** GET /users/{id}/playlists: all of the listener's listing if they ask for themselves, else what is public of a user's. */
export function playlistsOfUser(call: ApiCall): Page {
  const { listener, playlists } = call.library;
  const own = call.grant === "listener" && call.id === listener.id;
  const lists = own
    ? playlists
    : playlists.filter((list) => list?.owner.id === call.id && list.public === true);
  const rules = { path: `/users/${call.id}/playlists`, max: 50, usual: 20 };
  return pageOf(lists, call.query, rules, (list) => list && playlistShape(list, viewOf(call)));
}

function contentsPage(list: Playlist, key: string, max: number, call: ApiCall): Page {
  const itemKeys = key === "tracks" ? ["track"] : rulesOf(call).itemKeys;
  const rules = { path: `/playlists/${list.id}/${key}`, max, usual: key === "tracks" ? 100 : 20 };
  return pageOf(list.entries, call.query, rules, (entry) => entryShape(entry, itemKeys, viewOf(call)));
}

/** The playlist that is asked for, unless it is gone or another's secret. */
function visiblePlaylist(call: ApiCall): Playlist {
  const list = indexOf(call.library).playlists.get(call.id);
  const hidden = list?.public === false && call.grant === "app";
  return hidden || list?.gone ? notFound(call.id) : (list ?? notFound(call.id));
}

/** Whether the caller may read a playlist's contents. */
function readable(list: Playlist, call: ApiCall): boolean {
  const { id } = call.library.listener;
  const editor = list.owner.id === id || list.collaborators.includes(id);
  return (
    (call.grant === "listener" && editor) || (rulesOf(call).readsOthersPlaylists && list.public !== false)
  );
}
