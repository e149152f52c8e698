/** Tracks, albums, artists and local files as the Web API shows them. */
import { genresOf } from "./genres";
import { uriOf } from "./model";
import { identity, markets, pictures, shown, type Json, type View } from "./json";
import type { Album, Artist, LocalFile, Track } from "./model";

/** A track with its album: /tracks/{id}, saved tracks, playlist items. */
export function trackShape(track: Track | LocalFile, view: View): Json {
  if (track.kind === "local") return localShape(track, view);
  return shown(view, "track", {
    album: track.album && albumShape(track.album, view),
    ...simpleTrack(track, view),
    external_ids: track.isrc === null ? {} : { isrc: track.isrc },
    popularity: track.popularity,
  });
}

/** A track without its album: an album's tracks. */
export function simpleTrackShape(track: Track, view: View): Json {
  return shown(view, "track", simpleTrack(track, view));
}

function simpleTrack(track: Track, view: View): Json {
  return {
    artists: track.artists.map(simpleArtistShape),
    available_markets: track.playable ? markets : [],
    disc_number: track.discNumber,
    duration_ms: track.durationMs,
    explicit: track.explicit,
    is_local: false,
    name: track.name,
    preview_url: null,
    track_number: track.trackNumber,
    ...(view.market && { is_playable: track.playable }),
    ...(view.market && !track.playable && { restrictions: { reason: "market" } }),
    ...(view.market && track.linkedFrom !== null && { linked_from: identity("track", track.linkedFrom) }),
    ...identity("track", track.id),
  };
}

/** A file of the user's own looks like a track without ids. */
function localShape(file: LocalFile, view: View): Json {
  const nothing = { external_urls: {}, href: null, id: null, uri: null };
  return shown(view, "track", {
    ...nothing,
    album: shown(view, "album", {
      ...nothing,
      album_type: null,
      artists: [],
      available_markets: [],
      images: [],
      name: file.albumName,
      release_date: null,
      release_date_precision: null,
      type: "album",
    }),
    artists: [{ ...nothing, name: file.artistName, type: "artist" }],
    available_markets: [],
    disc_number: 0,
    duration_ms: file.durationMs,
    explicit: false,
    external_ids: {},
    is_local: true,
    name: file.name,
    popularity: 0,
    preview_url: null,
    track_number: 0,
    type: "track",
    uri: uriOf(file),
  });
}

function simpleArtistShape(artist: Artist): Json {
  return { name: artist.name, ...identity("artist", artist.id) };
}

/** GET /artists/{id} */
export function artistShape(artist: Artist, view: View): Json {
  return shown(view, "artist", {
    ...simpleArtistShape(artist),
    followers: { href: null, total: artist.followers },
    genres: genresOf(artist.id),
    images: pictures(artist.id),
    popularity: artist.popularity,
  });
}

/** An album in a list of an artist's albums, where `group` says how it is theirs, or among those that a search found. */
export function listedAlbumShape(album: Album, group: string | undefined, view: View): Json {
  return shown(view, "album", { ...albumShape(album, view), ...(group && { album_group: group }) });
}

/** An album as its tracks show it. */
function albumShape(album: Album, view: View): Json {
  return shown(view, "album", {
    album_type: album.type,
    artists: album.artists.map(simpleArtistShape),
    available_markets: markets,
    images: pictures(album.id),
    name: album.name,
    release_date: album.release.text,
    release_date_precision: album.release.precision,
    total_tracks: album.totalTracks,
    ...identity("album", album.id),
  });
}

/** GET /albums/{id}: `pageOf` makes a page of tracks from their shapes. */
export function fullAlbumShape(
  album: Album,
  tracks: Track[],
  view: View,
  pageOf: (tracks: Json[]) => unknown,
): Json {
  return shown(view, "album", {
    ...albumShape(album, view),
    copyrights: [{ text: album.label, type: "P" }],
    external_ids: { upc: album.upc },
    genres: [],
    label: album.label,
    popularity: album.popularity,
    tracks: pageOf(tracks.map((track) => simpleTrackShape(track, view))),
  });
}
