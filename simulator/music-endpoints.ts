/** What the Web API says of tracks, albums and artists, one by one or many at once. */
import { ApiError } from "./errors";
import { artistShape, fullAlbumShape, listedAlbumShape, simpleTrackShape, trackShape } from "./music-shapes";
import { indexOf } from "./find";
import { notFound, required, requireId, rulesOf, viewOf, type ApiCall } from "./apiCall";
import { pageOf, type Page } from "./paging";
import type { Json, View } from "./json";
import type { Album } from "./model";

const albumTracksPage = { max: 50, usual: 20 };

/** GET /tracks/{id} */
export function track(call: ApiCall): Json {
  return findTrack(call, call.id) ?? notFound(call.id);
}

/** GET /albums/{id} */
export function album(call: ApiCall): Json {
  return findAlbum(call, call.id) ?? notFound(call.id);
}

/** GET /artists/{id} */
export function artist(call: ApiCall): Json {
  return findArtist(call, call.id) ?? notFound(call.id);
}

/** GET /tracks?ids= */
export function tracks(call: ApiCall): Json {
  return { tracks: many(call, 50, findTrack) };
}

/** GET /albums?ids= */
export function albums(call: ApiCall): Json {
  return { albums: many(call, 20, findAlbum) };
}

/** GET /artists?ids= */
export function artists(call: ApiCall): Json {
  return { artists: many(call, 50, findArtist) };
}

/** GET /albums/{id}/tracks */
export function albumTracks(call: ApiCall): Page {
  const found = indexOf(call.library).albums.get(call.id) ?? notFound(call.id);
  const rules = { path: `/albums/${call.id}/tracks`, ...albumTracksPage };
  return pageOf(found.tracks, call.query, rules, (one) => simpleTrackShape(one, viewOf(call)));
}

/** The kinds of albums that an artist may have, in the order in which they come. */
const albumGroups = ["album", "single", "compilation", "appears_on"];

/** GET /artists/{id}/albums: by kind, each newest first. */
export function artistAlbums(call: ApiCall): Page {
  const { query } = call;
  const index = indexOf(call.library);
  if (!index.artists.has(call.id)) notFound(call.id);
  const wanted = query.get("include_groups")?.split(",") ?? albumGroups;
  if (!wanted.every((group) => albumGroups.includes(group))) throw new ApiError(400, "Invalid album type");
  const found = (index.discographies.get(call.id) ?? []).filter(({ group }) => wanted.includes(group));
  const day = ({ release }: Album) => release.text ?? "";
  const sorted = [...found].sort(
    (a, b) =>
      albumGroups.indexOf(a.group) - albumGroups.indexOf(b.group) ||
      (day(a.album) > day(b.album) ? -1 : day(a.album) < day(b.album) ? 1 : 0),
  );
  const rules = { path: `/artists/${call.id}/albums`, ...rulesOf(call).artistAlbumsPage };
  return pageOf(sorted, query, rules, (entry) => listedAlbumShape(entry.album, entry.group, viewOf(call)));
}

/** An album with the first page of its tracks, as /albums/{id} and saved albums show it. */
export function fullAlbumPage(found: Album, call: ApiCall, view: View): Json {
  const known = indexOf(call.library).albums.get(found.id)?.tracks ?? [];
  const rules = { path: `/albums/${found.id}/tracks`, max: 50, usual: 50 };
  return fullAlbumShape(found, known, view, (shapes) =>
    pageOf(shapes, new URLSearchParams(), rules, (shape) => shape),
  );
}

/** What `find` gives for each id, null where there is nothing. */
function many(
  call: ApiCall,
  most: number,
  find: (call: ApiCall, id: string) => Json | undefined,
): (Json | null)[] {
  const ids = required(call.query, "ids").split(",");
  if (ids.length > most) throw new ApiError(400, "Too many ids requested");
  return ids.map((id) => {
    const found = find(call, id);
    if (found === undefined) requireId(id);
    return found ?? null;
  });
}

function findTrack(call: ApiCall, id: string): Json | undefined {
  const found = indexOf(call.library).tracks.get(id);
  return found && trackShape(found, viewOf(call));
}

function findAlbum(call: ApiCall, id: string): Json | undefined {
  const found = indexOf(call.library).albums.get(id);
  return found && fullAlbumPage(found.album, call, viewOf(call));
}

function findArtist(call: ApiCall, id: string): Json | undefined {
  const found = indexOf(call.library).artists.get(id);
  return found && artistShape(found, viewOf(call));
}
