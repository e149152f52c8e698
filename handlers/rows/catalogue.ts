/** Rows of the catalogue (tracks, albums, artists and their credits), which many answers repeat. */
import type { Row, TableSpec } from "../../schemas";
import { albumArtists } from "../../schemas/album_artists";
import { albums } from "../../schemas/albums";
import { artists } from "../../schemas/artists";
import { trackArtists } from "../../schemas/track_artists";
import { tracks } from "../../schemas/tracks";
import { firstImage, id, isObject, list, makeRow, object, releaseDate, type Json } from "../cells";
import type { Origin } from "./origin";

/** One track, album or artist as its newest read shows it: its own row, then those of its credits. */
interface Entry {
  readSeq: number;
  position: number;
  rows: Row[];
}

/** The newest entry per id. */
export interface Catalogue {
  tracks: Map<string, Entry>;
  albums: Map<string, Entry>;
  artists: Map<string, Entry>;
}

/** A catalogue with nothing in it. */
export function emptyCatalogue(): Catalogue {
  return { tracks: new Map(), albums: new Map(), artists: new Map() };
}

/**
 * Takes up a track as it stood at `position` of a read, with its album and every artist named in it. The greatest
 * read_seq wins, and the first position within a read; what has no id, such as a local file, is left out.
 */
export function addTrack(catalogue: Catalogue, track: Json, origin: Origin, position: number): void {
  const album = object(track.album);
  keepNewest(catalogue.tracks, track, origin, position, (trackId) => [
    trackRow(trackId, track, album, origin),
    ...creditRows(trackArtists, { ...origin, track_id: trackId }, track.artists),
  ]);
  keepNewest(catalogue.albums, album, origin, position, (albumId) => [
    albumRow(albumId, album, origin),
    ...creditRows(albumArtists, { ...origin, album_id: albumId }, album.artists),
  ]);
  for (const artist of [...credits(track.artists), ...credits(album.artists)]) {
    keepNewest(catalogue.artists, artist, origin, position, (artistId) => [
      artistRow(artistId, artist, origin),
    ]);
  }
}

/** The catalogue's rows by table name. */
export function catalogueRows(catalogue: Catalogue): Record<string, Row[]> {
  const own = (entries: Map<string, Entry>) => Array.from(entries.values(), (entry) => entry.rows[0]!);
  const credited = (entries: Map<string, Entry>) =>
    Array.from(entries.values(), (entry) => entry.rows.slice(1)).flat();
  return {
    tracks: own(catalogue.tracks),
    track_artists: credited(catalogue.tracks),
    albums: own(catalogue.albums),
    album_artists: credited(catalogue.albums),
    artists: own(catalogue.artists),
  };
}

function keepNewest(
  entries: Map<string, Entry>,
  thing: Json,
  origin: Origin,
  position: number,
  makeRows: (id: string) => Row[],
): void {
  const key = id(thing.id);
  if (!key) return;
  const known = entries.get(key);
  const newer =
    !known ||
    origin.read_seq > known.readSeq ||
    (origin.read_seq === known.readSeq && position < known.position);
  if (newer) entries.set(key, { readSeq: origin.read_seq, position, rows: makeRows(key) });
}

function trackRow(trackId: string, track: Json, album: Json, origin: Origin): Row {
  const [first] = credits(track.artists);
  return makeRow(tracks, origin, {
    track_id: trackId,
    name: track.name,
    album_id: id(album.id),
    album_name: album.name,
    primary_artist_id: id(first?.id),
    primary_artist_name: first?.name,
    artist_count: credits(track.artists).length,
    duration_ms: track.duration_ms,
    is_explicit: track.explicit,
    disc_number: track.disc_number,
    track_number: track.track_number,
    isrc: id(object(track.external_ids).isrc),
    popularity: track.popularity,
    is_playable: track.is_playable,
    linked_from_id: id(object(track.linked_from).id),
    uri: id(track.uri),
  })!;
}

function albumRow(albumId: string, album: Json, origin: Origin): Row {
  const [first] = credits(album.artists);
  const released = releaseDate(album.release_date);
  return makeRow(albums, origin, {
    album_id: albumId,
    name: album.name,
    album_type: album.album_type,
    primary_artist_id: id(first?.id),
    primary_artist_name: first?.name,
    release_date: album.release_date,
    release_date_precision: album.release_date_precision,
    release_year: released.year,
    release_day: released.day,
    total_tracks: album.total_tracks,
    label: album.label,
    upc: id(object(album.external_ids).upc),
    popularity: album.popularity,
    image_url: firstImage(album.images),
    uri: id(album.uri),
  })!;
}

function artistRow(artistId: string, artist: Json, origin: Origin): Row {
  return makeRow(artists, origin, {
    artist_id: artistId,
    name: artist.name,
    popularity: artist.popularity,
    follower_count: object(artist.followers).total,
    image_url: firstImage(artist.images),
    uri: id(artist.uri),
  })!;
}

/** One row per credited artist; `values` are the columns that all of them share. */
function creditRows(table: TableSpec, values: Json, artists: unknown): Row[] {
  return credits(artists).map((artist, index) =>
    makeRow(table, values, {
      artist_position: index,
      artist_id: id(artist.id),
      artist_name: artist.name,
    })!,
  );
}

/** The artists of a track or album; what is no object is passed over. */
function credits(artists: unknown): Json[] {
  return list(artists).filter(isObject);
}
