/** What becomes of answers that are about the catalogue: an album, an artist, what a search found. */
import type { Row } from "../../../schemas";
import { searchResults } from "../../../schemas/search_results";
import { id, idCell, makeRow } from "./cells";
import { isObject, list, object, type Json } from "../../raw/json";
import type { HeaderLine } from "../../raw/format";
import { addAlbum, addAlbumTracks, addArtist, addListedAlbum, addTrack, type Catalogue } from "./catalogue";
import type { Origin } from "./origin";

/** Rows of search_results; without anything that counts, `skip` is the reason (a code of the table skips). */
export interface DocumentResult {
  rows: Row[];
  skip?: "no_id";
}

/**
 * Takes up an answer of stream kind `album`, `artist`, `artist_details` or `search`. The first two come as a description,
 * then as pages of the album's tracks or the artist's albums; of the third, extract has recorded which are missing.
 */
export function readDocument(
  kind: string,
  body: Json,
  header: HeaderLine,
  origin: Origin,
  catalogue: Catalogue,
): DocumentResult {
  if (kind === "search") return { rows: readSearch(body, header, origin, catalogue) };
  if (kind === "artist_details") {
    list(body.artists)
      .filter(isObject)
      .forEach((artist, index) => {
        addArtist(catalogue, artist, origin, index);
      });
    return { rows: [] };
  }
  if (Array.isArray(body.items)) {
    const items = body.items.filter(isObject);
    if (kind === "album") addAlbumTracks(catalogue, items, header.container, origin);
    else items.forEach((album, index) => addListedAlbum(catalogue, album, origin, index));
    return { rows: [] };
  }
  if (id(body.id) === null) return { rows: [], skip: "no_id" };
  if (kind === "album") addAlbum(catalogue, body, origin, 0);
  else addArtist(catalogue, body, origin, 0);
  return { rows: [] };
}

const resultTypes = ["track", "album", "artist"] as const;

/** Ranks count from 1 among the results of a type; a null result keeps its rank, but has no row. */
function readSearch(body: Json, { container }: HeaderLine, origin: Origin, catalogue: Catalogue): Row[] {
  const rows: Row[] = [];
  for (const type of resultTypes) {
    list(object(body[`${type}s`]).items).forEach((item, index) => {
      if (!isObject(item)) return;
      const row = makeRow(searchResults, origin, {
        query: container,
        item_type: type,
        item_rank: index + 1,
        item_id: idCell(item.id),
        item_name: item.name,
        artist_name: type === "artist" ? null : object(list(item.artists)[0]).name,
      });
      if (row) rows.push(row);
      if (type === "track") addTrack(catalogue, item, origin, index);
      else if (type === "album") addListedAlbum(catalogue, item, origin, index);
      else addArtist(catalogue, item, origin, index);
    });
  }
  return rows;
}
