/** What the Web API says of the listener: their library, what they played and what they like best. */
import { fullAlbumPage } from "./music-endpoints";
import { ownViewOf, required, viewOf, type ApiCall } from "./apiCall";
import { ApiError } from "./errors";
import { artistShape, trackShape } from "./music-shapes";
import { addressOf, limitOf, pageOf, type Page } from "./paging";
import { playlistShape, playShape, savedShape } from "./shapes";
import { recentPlays } from "./plays";
import { rangeDays, topArtists, topTracks, type TimeRange } from "./top";
import type { Json } from "./json";

const usualPage = { max: 50, usual: 20 };

/** GET /me/playlists. Hrefs name a path that development mode switched off; Spotify sends it all the same. */
export function myPlaylists(call: ApiCall): Page {
  const { playlists, listener } = call.library;
  const rules = { path: `/users/${listener.id}/playlists`, ...usualPage };
  return pageOf(playlists, call.query, rules, (list) => list && playlistShape(list, viewOf(call)));
}

/** GET /me/tracks */
export function savedTracks(call: ApiCall): Page {
  const rules = { path: "/me/tracks", ...usualPage };
  return pageOf(call.library.saved, call.query, rules, (entry) => savedShape(entry, ownViewOf(call)));
}

/** GET /me/albums */
export function savedAlbums(call: ApiCall): Page {
  const rules = { path: "/me/albums", ...usualPage };
  return pageOf(
    call.library.savedAlbums,
    call.query,
    rules,
    (entry) => entry && { added_at: entry.addedAt, album: fullAlbumPage(entry.album, call, ownViewOf(call)) },
  );
}

/** GET /me/top/tracks */
export function myTopTracks(call: ApiCall): Page {
  const tracks = topTracks(call.listening, timeRange(call), call.now);
  const rules = { path: "/me/top/tracks", ...usualPage };
  return pageOf(tracks, call.query, rules, (track) => trackShape(track, ownViewOf(call)));
}

/** GET /me/top/artists */
export function myTopArtists(call: ApiCall): Page {
  const artists = topArtists(call.listening, timeRange(call), call.now);
  const rules = { path: "/me/top/artists", ...usualPage };
  return pageOf(artists, call.query, rules, (artist) => artistShape(artist, viewOf(call)));
}

function timeRange({ query }: ApiCall): TimeRange {
  const range = query.get("time_range") ?? "medium_term";
  if (!Object.hasOwn(rangeDays, range)) throw new ApiError(400, "Invalid time range");
  return range as TimeRange;
}

/** GET /me/following: artists by id, so the cursor (the last id read) holds although artists come and go. */
export function followedArtists(call: ApiCall): Json {
  const { query, library } = call;
  if (required(query, "type") !== "artist") throw new ApiError(400, "Invalid type");
  const limit = limitOf(query, usualPage);
  const after = query.get("after") ?? "";
  const rest = library.followed.filter(({ id }) => id > after);
  const items = rest.slice(0, limit);
  const last = rest.length > limit ? items.at(-1)!.id : null;
  const at = (cursor: string | null) => {
    const base: [string, string | number][] = [
      ["type", "artist"],
      ["limit", limit],
    ];
    return addressOf("/me/following", cursor ? [...base, ["after", cursor]] : base);
  };
  const artists = {
    href: at(after),
    items: items.map((artist) => artistShape(artist, viewOf(call))),
    limit,
    next: last && at(last),
    cursors: { after: last },
    total: library.followed.length,
  };
  return { artists };
}

/**
 * GET /me/player/recently-played: of what Spotify remembers, what lies before or after a cursor (ms since 1970 UTC),
 * newest first. A full page has a next one even if nothing is left for it.
 */
export function recentlyPlayed(call: ApiCall): Json {
  const { query, listening, now } = call;
  const limit = limitOf(query, usualPage);
  const [before, after] = [cursor(query, "before"), cursor(query, "after")];
  if (before !== undefined && after !== undefined)
    throw new ApiError(400, "Only one of before and after may be given");
  const plays = recentPlays(listening, now)
    .filter(({ playedAt }) => playedAt < (before ?? Infinity) && playedAt > (after ?? -Infinity))
    .slice(0, limit);
  call.onPlays?.(plays);
  const at = (parameters: [string, number][]) =>
    addressOf("/me/player/recently-played", [...parameters, ["limit", limit]]);
  const [newest, oldest] = [plays[0], plays.at(-1)];
  return {
    items: plays.map((play) => playShape(play, viewOf(call))),
    next: oldest && plays.length === limit ? at([["before", oldest.playedAt]]) : null,
    cursors: newest && oldest ? { after: String(newest.playedAt), before: String(oldest.playedAt) } : null,
    limit,
    href: at(before !== undefined ? [["before", before]] : after !== undefined ? [["after", after]] : []),
  };
}

function cursor(query: URLSearchParams, name: "before" | "after"): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d+$/.test(text)) throw new ApiError(400, `Invalid ${name} cursor`);
  return Number(text);
}
