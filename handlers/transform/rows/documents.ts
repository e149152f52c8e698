/** Makes rows of answers about Spotify's entities: an album, an artist, what a search found. */
import { searchResults } from "../../../schemas/search_results";
import { id, idCell, makeRow, type MadeRow } from "./cells";
import { isObject, list, object, type Json } from "../../raw/json";
import type { Entities } from "./entities";
import type { Provenance } from "./provenance";

/** What an answer becomes, beside entities. */
export interface DocumentResult {
  /** Rows of search_results. */
  results?: MadeRow[];
  /** Why the answer was skipped: a code of the table skips. */
  skip?: "no_id";
}

/** Reads an answer about `container` and adds the entities in it to `entities`. */
export type DocumentReader = (
  body: Json,
  container: string,
  provenance: Provenance,
  entities: Entities,
) => DocumentResult;

/** Reads the answers of album:ID: the album's description, then pages of its tracks. */
export function readAlbum(
  body: Json,
  container: string,
  provenance: Provenance,
  entities: Entities,
): DocumentResult {
  if (Array.isArray(body.items)) {
    entities.addAlbumTracks(body.items.filter(isObject), container, provenance);
    return {};
  }
  if (id(body.id) === null) return { skip: "no_id" };
  entities.addAlbum(body, provenance, 0);
  return {};
}

/** Reads the answers of artist:ID: the artist's description, then pages of their albums. */
export function readArtist(
  body: Json,
  _container: string,
  provenance: Provenance,
  entities: Entities,
): DocumentResult {
  if (Array.isArray(body.items)) {
    for (const [index, album] of body.items.filter(isObject).entries())
      entities.addListedAlbum(album, provenance, index);
    return {};
  }
  if (id(body.id) === null) return { skip: "no_id" };
  entities.addArtist(body, provenance, 0);
  return {};
}

/** Reads an answer of artist_details; extract has recorded which artists it lacks. */
export function readArtistDetails(
  body: Json,
  _container: string,
  provenance: Provenance,
  entities: Entities,
): DocumentResult {
  for (const [index, artist] of list(body.artists).filter(isObject).entries())
    entities.addArtist(artist, provenance, index);
  return {};
}

const resultTypes = ["track", "album", "artist"] as const;

/** Reads an answer of search:QUERY. Ranks count from 1 among the results of a type; a null result keeps its rank. */
export function readSearch(
  body: Json,
  container: string,
  provenance: Provenance,
  entities: Entities,
): DocumentResult {
  const results: MadeRow[] = [];
  for (const type of resultTypes) {
    for (const [index, item] of list(object(body[`${type}s`]).items).entries()) {
      if (!isObject(item)) continue;
      results.push(
        makeRow(searchResults, provenance, {
          query: container,
          item_type: type,
          item_rank: index + 1,
          item_id: idCell(item.id),
          item_name: item.name,
          artist_name: type === "artist" ? null : object(list(item.artists)[0]).name,
        }),
      );
      if (type === "track") entities.addTrack(item, provenance, index);
      else if (type === "album") entities.addListedAlbum(item, provenance, index);
      else entities.addArtist(item, provenance, index);
    }
  }
  return { results };
}
