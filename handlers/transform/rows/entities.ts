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
import type { RowIssue } from "../quality/rowChecks";
import { EntityStore, type EntityRows, type Sighting } from "./entityStore";
import type { Provenance } from "./provenance";
import { Texts } from "./texts";

/**
 * Collects entities, each once: its rows are those of its best sighting, see {@link EntityStore}. What has no id, such as a
 * local file, is left out.
 */
export class Entities {
  private readonly tracks: EntityStore;
  private readonly albums: EntityStore;
  private readonly artists: EntityStore;

  /** `issuesOf` checks a row. */
  constructor(texts = new Texts(), issuesOf: (made: MadeRow) => RowIssue[] = () => []) {
    this.tracks = new EntityStore(tracks, trackArtists, texts, issuesOf);
    this.albums = new EntityStore(albums, albumArtists, texts, issuesOf);
    this.artists = new EntityStore(artists, artistGenres, texts, issuesOf);
  }

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

  /** Returns the rows of an entity table. */
  rowsOf(table: string): EntityRows {
    const stores = [this.tracks, this.albums, this.artists];
    return stores.find(({ tables }) => tables.includes(table))!.rowsOf(table);
  }

  private keepTrack(track: Json, album: Json, sighting: Sighting): void {
    const artists = credits(track.artists);
    const id = this.tracks.idIfBest(track, sighting);
    if (id !== undefined) {
      const parts = creditRows(trackArtists, { track_id: id }, artists, sighting.provenance);
      this.tracks.keep(id, sighting, trackRow(id, track, album, artists, sighting.provenance), parts);
    }
    this.keepCredited(artists, sighting);
  }

  private keepAlbum(album: Json, sighting: Sighting): void {
    const artists = credits(album.artists);
    const id = this.albums.idIfBest(album, sighting);
    if (id !== undefined) {
      const parts = creditRows(albumArtists, { album_id: id }, artists, sighting.provenance);
      this.albums.keep(id, sighting, albumRow(id, album, artists, sighting.provenance), parts);
    }
    this.keepCredited(artists, sighting);
  }

  private keepCredited(artists: Json[], { provenance, position }: Sighting): void {
    for (const artist of artists) this.keepArtist(artist, { provenance, position, full: false });
  }

  private keepArtist(artist: Json, sighting: Sighting): void {
    const id = this.artists.idIfBest(artist, sighting);
    if (id === undefined) return;
    const parts = genreRows(id, artist.genres, sighting.provenance);
    this.artists.keep(id, sighting, artistRow(id, artist, sighting.provenance), parts);
  }
}

function trackRow(
  trackId: string,
  track: Json,
  album: Json,
  artists: Json[],
  provenance: Provenance,
): MadeRow {
  const [first] = artists;
  return makeRow(tracks, provenance, {
    track_id: trackId,
    name: track.name,
    album_id: idCell(album.id),
    album_name: album.name,
    primary_artist_id: idCell(first?.id),
    primary_artist_name: first?.name,
    artist_count: artists.length,
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

function albumRow(albumId: string, album: Json, artists: Json[], provenance: Provenance): MadeRow {
  const [first] = artists;
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

/** Makes a row per credited artist; `credited` is the track or album. */
function creditRows(
  table: TableSpec,
  credited: { track_id?: string; album_id?: string },
  artists: Json[],
  provenance: Provenance,
): MadeRow[] {
  const { track_id, album_id } = credited;
  return artists.map((artist, index) =>
    makeRow(table, provenance, {
      track_id,
      album_id,
      artist_position: index,
      artist_id: idCell(artist.id),
      artist_name: artist.name,
    }),
  );
}

/** Makes a row per genre; what is no text is left out. */
function genreRows(artistId: string, genres: unknown, provenance: Provenance): MadeRow[] {
  return list(genres)
    .filter((genre) => id(genre) !== null)
    .map((genre, index) =>
      makeRow(artistGenres, provenance, { artist_id: artistId, genre_position: index, genre }),
    );
}

/** Returns the artists of a track or album; what is no object is left out. */
function credits(artists: unknown): Json[] {
  return list(artists).filter(isObject);
}
