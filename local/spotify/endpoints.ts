/** The Web API's endpoints: which path answers what, to whom, in which mode. */
import { ApiError } from "./errors";
import { artistShape, fullAlbumShape, trackShape } from "./music-shapes";
import { entryShape, fullPlaylistShape, playlistShape, profileShape, savedShape } from "./shapes";
import { selectFields } from "./fields";
import { indexOf } from "./find";
import { modes, type Mode } from "./modes";
import { pageOf, type Page } from "./paging";
import type { Grant } from "./accounts";
import type { Json, View } from "./json";
import type { Library, Playlist } from "./model";

/** A request that may be answered: everything an answer depends on. */
interface Call {
  /** The path's id, "" if it has none. */
  id: string;
  query: URLSearchParams;
  grant: Grant;
  library: Library;
  mode: Mode;
}

interface Endpoint {
  /** With {id} for an id. */
  path: string;
  /** True if only a listener's token will do. */
  personal?: true;
  /** True if the parameter `fields` cuts the answer down. */
  fields?: true;
  answer: (call: Call) => unknown;
}

const endpoints: Endpoint[] = [
  { path: "/v1/me", personal: true, answer: (call) => profileShape(call.library.listener, viewOf(call)) },
  { path: "/v1/me/playlists", personal: true, answer: myPlaylists },
  { path: "/v1/me/tracks", personal: true, answer: savedTracks },
  { path: "/v1/playlists/{id}", fields: true, answer: playlist },
  { path: "/v1/playlists/{id}/items", fields: true, answer: (call) => contents(call, "items") },
  { path: "/v1/playlists/{id}/tracks", fields: true, answer: (call) => contents(call, "tracks") },
  { path: "/v1/tracks/{id}", answer: track },
  { path: "/v1/albums/{id}", answer: album },
  { path: "/v1/artists/{id}", answer: artist },
];

/** The path with {id} in place of an id, for counting; a path that nobody knows stays as it is. */
export function templateOf(path: string, mode: Mode): string {
  const known = [...endpoints.map((endpoint) => endpoint.path), ...modes[mode].removed];
  return known.find((template) => matches(template, path)) ?? path;
}

function matches(template: string, path: string): boolean {
  const parts = path.split("/");
  const expected = template.split("/");
  return (
    parts.length === expected.length && expected.every((part, k) => part === "{id}" || part === parts[k])
  );
}

/** The body that answers GET `path`; throws ApiError where Spotify refuses. */
export function answerTo(path: string, call: Omit<Call, "id">): unknown {
  const template = templateOf(path, call.mode);
  if (modes[call.mode].removed.includes(template)) throw new ApiError(403, "Forbidden");
  const endpoint = endpoints.find((one) => one.path === template);
  if (!endpoint) throw new ApiError(404, "Service not found");
  if (endpoint.personal && call.grant === "app")
    throw new ApiError(401, "Valid user authentication required");
  const place = template.split("/").indexOf("{id}");
  const answer = endpoint.answer({ ...call, id: place < 0 ? "" : path.split("/")[place]! });
  const fields = call.query.get("fields");
  return endpoint.fields && fields !== null ? selectFields(answer, fields) : answer;
}

function viewOf({ query, mode }: Call): View {
  const types = query.get("additional_types")?.split(",") ?? [];
  return { rules: modes[mode], market: query.has("market"), episodes: types.includes("episode") };
}

/** Hrefs name a path that development mode switched off; Spotify sends it all the same. */
function myPlaylists(call: Call): Page {
  const { playlists, listener } = call.library;
  const rules = { path: `/users/${listener.id}/playlists`, max: 50, usual: 20 };
  return pageOf(playlists, call.query, rules, (list) => list && playlistShape(list, viewOf(call)));
}

/** The listener's country is known here, so Spotify says what is playable there. */
function savedTracks(call: Call): Page {
  const view = { ...viewOf(call), market: true };
  const rules = { path: "/me/tracks", max: 50, usual: 20 };
  return pageOf(call.library.saved, call.query, rules, (entry) => savedShape(entry, view));
}

function playlist(call: Call): Json {
  const found = visiblePlaylist(call);
  const limit = modes[call.mode].embeddedItems;
  const query = new URLSearchParams(call.query);
  query.set("limit", String(limit));
  query.delete("offset");
  return fullPlaylistShape(found, viewOf(call), (key) =>
    readable(found, call) ? contentsPage(found, key, limit, { ...call, query }) : undefined,
  );
}

function contents(call: Call, key: string): Page {
  const found = visiblePlaylist(call);
  if (!readable(found, call)) throw new ApiError(403, "Forbidden");
  return contentsPage(found, key, key === "tracks" ? 100 : 50, call);
}

function contentsPage(list: Playlist, key: string, max: number, call: Call): Page {
  const itemKeys = key === "tracks" ? ["track"] : modes[call.mode].itemKeys;
  const rules = { path: `/playlists/${list.id}/${key}`, max, usual: key === "tracks" ? 100 : 20 };
  return pageOf(list.entries, call.query, rules, (entry) => entryShape(entry, itemKeys, viewOf(call)));
}

/** The playlist that is asked for, unless it is gone or another's secret. */
function visiblePlaylist(call: Call): Playlist {
  const list = indexOf(call.library).playlists.get(call.id);
  const hidden = list?.public === false && call.grant === "app";
  return hidden || list?.gone ? notFound(call.id) : (list ?? notFound(call.id));
}

/** Whether the caller may read a playlist's contents. */
function readable(list: Playlist, { grant, library, mode }: Call): boolean {
  const { id } = library.listener;
  const editor = list.owner.id === id || list.collaborators.includes(id);
  return (grant === "listener" && editor) || (modes[mode].readsOthersPlaylists && list.public !== false);
}

function track(call: Call): Json {
  return trackShape(indexOf(call.library).tracks.get(call.id) ?? notFound(call.id), viewOf(call));
}

function album(call: Call): Json {
  const found = indexOf(call.library).albums.get(call.id) ?? notFound(call.id);
  const rules = { path: `/albums/${call.id}/tracks`, max: 50, usual: 50 };
  return fullAlbumShape(found.album, found.tracks, viewOf(call), (shapes) =>
    pageOf(shapes, new URLSearchParams(), rules, (shape) => shape),
  );
}

function artist(call: Call): Json {
  return artistShape(indexOf(call.library).artists.get(call.id) ?? notFound(call.id), viewOf(call));
}

function notFound(id: string): never {
  if (!/^[0-9A-Za-z]{22}$/.test(id)) throw new ApiError(400, "Invalid base62 id");
  throw new ApiError(404, "Resource not found");
}
