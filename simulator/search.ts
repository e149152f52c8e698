/** The search: tracks, albums, artists and playlists by words. */
import { ApiError } from "./errors";
import { artistShape, listedAlbumShape, trackShape } from "./music-shapes";
import { albumsOf, artistsOf } from "./collection";
import { pageOf, type Page } from "./paging";
import { playlistShape } from "./shapes";
import { rulesOf, viewOf, type ApiCall } from "./apiCall";
import type { Json } from "./json";
import type { Album, Artist, Playlist, Track } from "./model";

/** A word to be found in any text of a thing, or in one of them. */
interface Term {
  field: string | undefined;
  word: string;
}

/** The texts of a thing in which words are looked for, by field. */
type Texts = Record<string, string>;

/** GET /search: a page for each type that is asked for. Nothing is ever found of shows, episodes and audiobooks. */
export function search(call: ApiCall): Json {
  const { query } = call;
  const terms = termsOf(query.get("q") ?? "");
  if (terms.length === 0) throw new ApiError(400, "No search query");
  const types = query.get("type")?.split(",") ?? [];
  if (types.length === 0) throw new ApiError(400, "Missing parameter type");
  const pages = types.map((type) => {
    const find = finders.get(type);
    if (!find) throw new ApiError(400, `Bad search type field ${type}`);
    return [`${type}s`, find(call, terms)];
  });
  return Object.fromEntries(pages) as Json;
}

type Finder = (call: ApiCall, terms: Term[]) => Page;

const finders = new Map<string, Finder>([
  ["track", tracks],
  ["album", albums],
  ["artist", artists],
  ["playlist", playlists],
  ["show", nothing],
  ["episode", nothing],
  ["audiobook", nothing],
]);

function tracks(call: ApiCall, terms: Term[]): Page {
  return found(call, terms, call.library.allTracks, trackTexts, (track) => trackShape(track, viewOf(call)));
}

function albums(call: ApiCall, terms: Term[]): Page {
  const all = albumsOf(call.library.allTracks);
  return found(call, terms, all, albumTexts, (album) => listedAlbumShape(album, undefined, viewOf(call)));
}

function artists(call: ApiCall, terms: Term[]): Page {
  const all = artistsOf(call.library.allTracks);
  return found(call, terms, all, artistTexts, (artist) => artistShape(artist, viewOf(call)));
}

/** Public playlists; Spotify's own are hidden from apps since November 2024: null in their place. */
function playlists(call: ApiCall, terms: Term[]): Page {
  const { library } = call;
  const lists = [...library.playlists, ...library.unlisted].filter((list) => list !== null);
  const open = lists.filter((list) => list.public === true && !list.gone);
  return found(call, terms, open, playlistTexts, (list) =>
    list.owner.id === "spotify" ? null : playlistShape(list, viewOf(call)),
  );
}

/** The words of a query: `word`, `field:word` or `field:"several words"`, in any case. */
function termsOf(query: string): Term[] {
  const matches = query.toLowerCase().matchAll(/(?:(\w+):)?(?:"([^"]*)"|(\S+))/g);
  return [...matches].flatMap(([, field, quoted, plain]) =>
    quoted !== undefined ? [{ field, word: quoted }] : [{ field, word: plain! }],
  );
}

/** The page of those of `things` in which every term is found, the most popular first. */
function found<T extends { id: string; popularity?: number }>(
  call: ApiCall,
  terms: Term[],
  things: T[],
  textsOf: (thing: T) => Texts,
  shape: (thing: T) => Json | null,
): Page {
  const matching = things.filter((thing) => {
    const texts = textsOf(thing);
    return terms.every(({ field, word }) => {
      const searched = field === undefined ? Object.values(texts) : [texts[field] ?? ""];
      return searched.some((text) => text.toLowerCase().includes(word));
    });
  });
  matching.sort((a, b) => (b.popularity ?? 0) - (a.popularity ?? 0) || (a.id < b.id ? -1 : 1));
  const rules = { path: "/search", ...rulesOf(call).searchPage, greatestOffset: 1000 };
  return pageOf(matching, call.query, rules, shape);
}

function nothing(call: ApiCall, terms: Term[]): Page {
  return found(call, terms, [], artistTexts, () => null);
}

function trackTexts({ name, artists, album, isrc }: Track): Texts {
  return {
    track: name,
    artist: names(artists),
    album: album?.name ?? "",
    isrc: isrc ?? "",
    year: yearOf(album),
  };
}

function albumTexts(album: Album): Texts {
  return { album: album.name, artist: names(album.artists), upc: album.upc, year: yearOf(album) };
}

function artistTexts({ name }: Artist): Texts {
  return { artist: name };
}

function playlistTexts({ name, description }: Playlist): Texts {
  return { name, description: description ?? "" };
}

function names(artists: Artist[]): string {
  return artists.map(({ name }) => name).join("\n");
}

function yearOf(album: Album | null): string {
  return album?.release.text?.slice(0, 4) ?? "";
}
