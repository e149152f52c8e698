/** Rows of the catalogue (tracks, albums, artists, their credits and genres), which many answers repeat. */
import type { Row, TableSpec } from "../../../schemas";
import { albumArtists } from "../../../schemas/album_artists";
import { albums } from "../../../schemas/albums";
import { artistGenres } from "../../../schemas/artist_genres";
import { artists } from "../../../schemas/artists";
import { trackArtists } from "../../../schemas/track_artists";
import { tracks } from "../../../schemas/tracks";
import { firstImage, id, idCell, makeRow, releaseDate, type Loss } from "./cells";
import { isObject, list, object, type Json } from "../../raw/json";
import type { Origin } from "./origin";

/** Where one track, album or artist was seen. */
interface Sighting {
  origin: Origin;
  /** Place in the read. */
  position: number;
  /** It was described in full, not only as a part of something else. */
  full: boolean;
}

/** The best sighting of one of them, its rows (its own, then those of its credits or genres) and what they lost. */
export interface Entry extends Sighting {
  rows: Row[];
  losses: Loss[];
}

/** The best entry per id; see {@link isBetter}. */
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
 * Takes up a track as it stood at `position` of a read, with its album and every artist named in it. What has no id,
 * such as a local file, is left out; so it is with albums and artists.
 */
export function addTrack(catalogue: Catalogue, track: Json, origin: Origin, position: number): void {
  const album = object(track.album);
  keepTrack(catalogue, track, album, { origin, position, full: true });
  keepAlbum(catalogue, album, { origin, position, full: false });
}

/** Takes up an album with the tracks listed in it, which say less than others do: no ISRC, no album of their own. */
export function addAlbum(catalogue: Catalogue, album: Json, origin: Origin, position: number): void {
  keepAlbum(catalogue, album, { origin, position, full: true });
  for (const track of list(object(album.tracks).items).filter(isObject)) {
    keepTrack(catalogue, track, album, { origin, position, full: false });
  }
}

/** Takes up tracks of an album that is described elsewhere. */
export function addAlbumTracks(catalogue: Catalogue, tracks: Json[], albumId: string, origin: Origin): void {
  tracks.forEach((track, index) => {
    keepTrack(catalogue, track, { id: albumId }, { origin, position: index, full: false });
  });
}

/** Takes up an album that is only listed: without its tracks, label and codes. */
export function addListedAlbum(catalogue: Catalogue, album: Json, origin: Origin, position: number): void {
  keepAlbum(catalogue, album, { origin, position, full: false });
}

/** Takes up an artist that Spotify describes in full. */
export function addArtist(catalogue: Catalogue, artist: Json, origin: Origin, position: number): void {
  keepArtist(catalogue, artist, { origin, position, full: true });
}

/** The catalogue's rows by table name. */
export function catalogueRows(catalogue: Catalogue): Record<string, Row[]> {
  const own = (entries: Map<string, Entry>) => Array.from(entries.values(), (entry) => entry.rows[0]!);
  const others = (entries: Map<string, Entry>) =>
    Array.from(entries.values(), (entry) => entry.rows.slice(1)).flat();
  return {
    tracks: own(catalogue.tracks),
    track_artists: others(catalogue.tracks),
    albums: own(catalogue.albums),
    album_artists: others(catalogue.albums),
    artists: own(catalogue.artists),
    artist_genres: others(catalogue.artists),
  };
}

/** Every row of the catalogue with the name of its table, what it lost and where it came from. */
export function* catalogueRowsWithLosses(
  catalogue: Catalogue,
): Generator<{ table: string; row: Row; losses: Loss[]; origin: Origin }> {
  const names = { tracks: "track_artists", albums: "album_artists", artists: "artist_genres" };
  for (const own of ["tracks", "albums", "artists"] as const) {
    for (const { rows, losses, origin } of catalogue[own].values()) {
      for (const [index, row] of rows.entries()) {
        const lost = losses.filter(({ cells }) => cells === row);
        yield { table: index === 0 ? own : names[own], row, losses: lost, origin };
      }
    }
  }
}

function keepTrack(catalogue: Catalogue, track: Json, album: Json, sighting: Sighting): void {
  keepBest(catalogue.tracks, track, sighting, (trackId, origin) => [
    trackRow(trackId, track, album, origin),
    ...creditRows(trackArtists, { ...origin, track_id: trackId }, track.artists),
  ]);
  keepCredited(catalogue, track.artists, sighting);
}

function keepAlbum(catalogue: Catalogue, album: Json, sighting: Sighting): void {
  keepBest(catalogue.albums, album, sighting, (albumId, origin) => [
    albumRow(albumId, album, origin),
    ...creditRows(albumArtists, { ...origin, album_id: albumId }, album.artists),
  ]);
  keepCredited(catalogue, album.artists, sighting);
}

function keepCredited(catalogue: Catalogue, artists: unknown, sighting: Sighting): void {
  for (const artist of credits(artists)) keepArtist(catalogue, artist, { ...sighting, full: false });
}

function keepArtist(catalogue: Catalogue, artist: Json, sighting: Sighting): void {
  keepBest(catalogue.artists, artist, sighting, (artistId, origin) => [
    artistRow(artistId, artist, origin),
    ...genreRows({ ...origin, artist_id: artistId }, artist.genres),
  ]);
}

function keepBest(
  entries: Map<string, Entry>,
  thing: Json,
  sighting: Sighting,
  makeRows: (id: string, origin: Origin) => Row[],
): void {
  const key = id(thing.id);
  if (!key) return;
  const known = entries.get(key);
  if (known && !isBetter(sighting, known)) return;
  const { origin } = sighting;
  const losses: Loss[] = [];
  entries.set(key, { ...sighting, rows: makeRows(key, { ...origin, losses }), losses });
}

/**
 * What is described in full goes before what is only a part of something else and lacks details; then the greatest read_seq wins, and within a
 * read the first position.
 */
function isBetter(sighting: Sighting, known: Sighting): boolean {
  if (sighting.full !== known.full) return sighting.full;
  const newer = sighting.origin.read_seq - known.origin.read_seq;
  return newer > 0 || (newer === 0 && sighting.position < known.position);
}

function trackRow(trackId: string, track: Json, album: Json, origin: Origin): Row {
  const [first] = credits(track.artists);
  return makeRow(tracks, origin, {
    track_id: trackId,
    name: track.name,
    album_id: idCell(album.id),
    album_name: album.name,
    primary_artist_id: idCell(first?.id),
    primary_artist_name: first?.name,
    artist_count: credits(track.artists).length,
    duration_ms: track.duration_ms,
    is_explicit: track.explicit,
    disc_number: track.disc_number,
    track_number: track.track_number,
    isrc: idCell(object(track.external_ids).isrc),
    popularity: track.popularity,
    is_playable: track.is_playable,
    linked_from_id: idCell(object(track.linked_from).id),
    uri: idCell(track.uri),
  })!;
}

function albumRow(albumId: string, album: Json, origin: Origin): Row {
  const [first] = credits(album.artists);
  const released = releaseDate(album.release_date);
  return makeRow(albums, origin, {
    album_id: albumId,
    name: album.name,
    album_type: album.album_type,
    primary_artist_id: idCell(first?.id),
    primary_artist_name: first?.name,
    release_date: album.release_date,
    release_date_precision: album.release_date_precision,
    release_year: released.year,
    release_day: released.day,
    total_tracks: album.total_tracks,
    label: album.label,
    upc: idCell(object(album.external_ids).upc),
    popularity: album.popularity,
    image_url: firstImage(album.images),
    uri: idCell(album.uri),
  })!;
}

function artistRow(artistId: string, artist: Json, origin: Origin): Row {
  return makeRow(artists, origin, {
    artist_id: artistId,
    name: artist.name,
    popularity: artist.popularity,
    follower_count: object(artist.followers).total,
    image_url: firstImage(artist.images),
    uri: idCell(artist.uri),
  })!;
}

/** One row per credited artist; `values` are the columns that all of them share. */
function creditRows(table: TableSpec, values: Json, artists: unknown): Row[] {
  return credits(artists).map((artist, index) =>
    makeRow(table, values, {
      artist_position: index,
      artist_id: idCell(artist.id),
      artist_name: artist.name,
    })!,
  );
}

/** One row per genre; what is no text is passed over. */
function genreRows(values: Json, genres: unknown): Row[] {
  return list(genres)
    .filter((genre) => id(genre) !== null)
    .map((genre, index) => makeRow(artistGenres, values, { genre_position: index, genre })!);
}

/** The artists of a track or album; what is no object is passed over. */
function credits(artists: unknown): Json[] {
  return list(artists).filter(isObject);
}
