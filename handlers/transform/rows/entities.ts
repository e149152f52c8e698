/** Rows of Spotify's entities (tracks, albums, artists, their credits and genres), which many answers repeat. */
import type { TableSpec } from "../../../schemas";
import { albumArtists } from "../../../schemas/album_artists";
import { albums } from "../../../schemas/albums";
import { artistGenres } from "../../../schemas/artist_genres";
import { artists } from "../../../schemas/artists";
import { trackArtists } from "../../../schemas/track_artists";
import { tracks } from "../../../schemas/tracks";
import { firstImage, id, idCell, makeRow, releaseDate, type MadeRow } from "./cells";
import { isObject, list, object, type Json } from "../../raw/json";
import type { Provenance } from "./provenance";

/** Where an entity was found. */
interface Sighting {
  provenance: Provenance;
  /** Place in the read. */
  position: number;
  /** It was described in full, not only as a part of something else. */
  full: boolean;
}

/** The best sighting of an entity, its own row, and those of its credits or genres. */
interface Entity extends Sighting {
  own: MadeRow;
  parts: MadeRow[];
}

/** A row of an entity. */
export interface EntityRow {
  table: string;
  made: MadeRow;
  provenance: Provenance;
}

/**
 * Collects entities, each once: its rows are those of its best sighting, see {@link isBetter}. What has no id, such as a
 * local file, is left out.
 */
export class Entities {
  private readonly tracks = new Map<string, Entity>();
  private readonly albums = new Map<string, Entity>();
  private readonly artists = new Map<string, Entity>();

  /** Adds a track that stands at `position` of a read, its album, and every artist named in either. */
  addTrack(track: Json, provenance: Provenance, position: number): void {
    const album = object(track.album);
    this.keepTrack(track, album, { provenance, position, full: true });
    this.keepAlbum(album, { provenance, position, full: false });
  }

  /** Adds an album with the tracks listed in it, which lack an ISRC and an album of their own. */
  addAlbum(album: Json, provenance: Provenance, position: number): void {
    this.keepAlbum(album, { provenance, position, full: true });
    for (const track of list(object(album.tracks).items).filter(isObject))
      this.keepTrack(track, album, { provenance, position, full: false });
  }

  /** Adds tracks of an album that is described elsewhere. */
  addAlbumTracks(tracks: Json[], albumId: string, provenance: Provenance): void {
    for (const [position, track] of tracks.entries())
      this.keepTrack(track, { id: albumId }, { provenance, position, full: false });
  }

  /** Adds an album that is only listed: without its tracks, label and codes. */
  addListedAlbum(album: Json, provenance: Provenance, position: number): void {
    this.keepAlbum(album, { provenance, position, full: false });
  }

  /** Adds an artist that is described in full. */
  addArtist(artist: Json, provenance: Provenance, position: number): void {
    this.keepArtist(artist, { provenance, position, full: true });
  }

  /** Yields the rows of all entities. */
  *rows(): Generator<EntityRow> {
    yield* rowsOf(this.tracks, "tracks", "track_artists");
    yield* rowsOf(this.albums, "albums", "album_artists");
    yield* rowsOf(this.artists, "artists", "artist_genres");
  }

  private keepTrack(track: Json, album: Json, sighting: Sighting): void {
    keepBest(this.tracks, track, sighting, (trackId, provenance) => ({
      own: trackRow(trackId, track, album, provenance),
      parts: creditRows(trackArtists, { ...provenance, track_id: trackId }, track.artists),
    }));
    this.keepCredited(track.artists, sighting);
  }

  private keepAlbum(album: Json, sighting: Sighting): void {
    keepBest(this.albums, album, sighting, (albumId, provenance) => ({
      own: albumRow(albumId, album, provenance),
      parts: creditRows(albumArtists, { ...provenance, album_id: albumId }, album.artists),
    }));
    this.keepCredited(album.artists, sighting);
  }

  private keepCredited(artists: unknown, sighting: Sighting): void {
    for (const artist of credits(artists)) this.keepArtist(artist, { ...sighting, full: false });
  }

  private keepArtist(artist: Json, sighting: Sighting): void {
    keepBest(this.artists, artist, sighting, (artistId, provenance) => ({
      own: artistRow(artistId, artist, provenance),
      parts: genreRows({ ...provenance, artist_id: artistId }, artist.genres),
    }));
  }
}

function* rowsOf(entities: Map<string, Entity>, table: string, partTable: string): Generator<EntityRow> {
  for (const { own, parts, provenance } of entities.values()) {
    yield { table, made: own, provenance };
    for (const made of parts) yield { table: partTable, made, provenance };
  }
}

function keepBest(
  entities: Map<string, Entity>,
  described: Json,
  sighting: Sighting,
  makeRows: (id: string, provenance: Provenance) => Pick<Entity, "own" | "parts">,
): void {
  const key = id(described.id);
  if (!key) return;
  const known = entities.get(key);
  if (known && !isBetter(sighting, known)) return;
  entities.set(key, { ...sighting, ...makeRows(key, sighting.provenance) });
}

/**
 * Returns whether a sighting replaces the known one. A full description wins over a part of something else, which lacks
 * details; then the greater read_seq, and within a read the first position.
 */
function isBetter(sighting: Sighting, known: Sighting): boolean {
  if (sighting.full !== known.full) return sighting.full;
  const newer = sighting.provenance.read_seq - known.provenance.read_seq;
  return newer > 0 || (newer === 0 && sighting.position < known.position);
}

function trackRow(trackId: string, track: Json, album: Json, provenance: Provenance): MadeRow {
  const [first] = credits(track.artists);
  return makeRow(tracks, provenance, {
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
  });
}

function albumRow(albumId: string, album: Json, provenance: Provenance): MadeRow {
  const [first] = credits(album.artists);
  const released = releaseDate(album.release_date);
  return makeRow(albums, provenance, {
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
  });
}

function artistRow(artistId: string, artist: Json, provenance: Provenance): MadeRow {
  return makeRow(artists, provenance, {
    artist_id: artistId,
    name: artist.name,
    popularity: artist.popularity,
    follower_count: object(artist.followers).total,
    image_url: firstImage(artist.images),
    uri: idCell(artist.uri),
  });
}

/** Makes a row per credited artist; `values` are the columns that all of them share. */
function creditRows(table: TableSpec, values: Json, artists: unknown): MadeRow[] {
  return credits(artists).map((artist, index) =>
    makeRow(table, values, {
      artist_position: index,
      artist_id: idCell(artist.id),
      artist_name: artist.name,
    }),
  );
}

/** Makes a row per genre; what is no text is left out. */
function genreRows(values: Json, genres: unknown): MadeRow[] {
  return list(genres)
    .filter((genre) => id(genre) !== null)
    .map((genre, index) => makeRow(artistGenres, values, { genre_position: index, genre }));
}

/** Returns the artists of a track or album; what is no object is left out. */
function credits(artists: unknown): Json[] {
  return list(artists).filter(isObject);
}
