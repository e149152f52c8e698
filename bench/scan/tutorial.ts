import type { Library } from "../../simulator/model";
import { tables } from "../../schemas";
import { readablePlaylists } from "../../simulator/library";

/** Bytes of the three files of the usual tutorial: albums.csv, artists.csv, songs.csv. */
export type TutorialBytes = Record<TutorialTable, number>;
export type TutorialTable = "albums" | "artists" | "songs";

/**
 * Which of the tutorial's files hold what a table of ours does; a table that is missing here has no counterpart, so a
 * question that needs it cannot be asked there. What says which reads are whole is not needed there.
 */
const counterparts: Record<string, TutorialTable[]> = {
  accepted_reads: [],
  container_reads: [],
  playlists: ["songs"],
  playlist_items: ["songs"],
  saved_tracks: ["songs"],
  tracks: ["songs"],
  track_artists: ["songs", "artists"],
  artists: ["artists"],
  albums: ["albums"],
};

/** The tutorial's files that a query over these tables of ours would read, or undefined if they cannot answer it. */
export function tutorialTables(tables: string[]): TutorialTable[] | undefined {
  if (tables.some((table) => counterparts[table] === undefined)) return undefined;
  const needed = [...new Set(tables.flatMap((table) => counterparts[table]!))];
  return needed.length > 0 ? needed : undefined;
}

/** The tables of ours that a statement asks, through views, too, but for what only tells which reads are whole. */
export function tablesAsked(sql: string, views: { name: string; sql: string }[]): string[] {
  const sources = [...sql.matchAll(/\b(?:from|join)\s+(\w+)/gi)].map(([, name]) => name!);
  const known = new Set([...Object.keys(counterparts), ...tables.map(({ name }) => name)]);
  return [...new Set(sources)].flatMap((name) => {
    const view = views.find((one) => one.name === name && !(name in counterparts));
    return view ? tablesAsked(view.sql, views) : known.has(name) ? [name] : [];
  });
}

/**
 * What one day's snapshot of a library is in the tutorial's layout: a line for each playlist entry and saved track in
 * songs.csv (with the playlist, which a tutorial over one playlist leaves out), albums and artists once each, an id, a
 * name, the link and the few other fields that the tutorial keeps; the first artist only.
 */
export function tutorialDay(library: Library): TutorialBytes {
  const lists = readablePlaylists(library).map(({ name, entries }) => ({ name, entries }));
  const bytes = { albums: 55, artists: 30, songs: 100 };
  const seen = new Set<string>();
  for (const { name, entries } of [{ name: "saved", entries: [] as never[] }, ...lists]) {
    const all =
      name === "saved"
        ? library.saved.map(({ track, addedAt }) => ({ item: track, addedAt: addedAt as string | null }))
        : entries.map((entry) => ({ item: entry?.item ?? null, addedAt: entry?.addedAt ?? null }));
    for (const { item, addedAt } of all) {
      if (item?.kind !== "track") continue;
      const { id, durationMs, album, artists } = item;
      const link = "https://open.spotify.com/track/" + id;
      bytes.songs += lineOf(id, item.name, durationMs, link, 50, addedAt, album?.id, artists[0]?.id, name);
      if (album && !seen.has(album.id)) {
        const albumLink = "https://open.spotify.com/album/" + album.id;
        bytes.albums += lineOf(album.id, album.name, "2020-01-01", album.totalTracks, albumLink);
        seen.add(album.id);
      }
      const artist = artists[0];
      if (artist && !seen.has(artist.id)) {
        bytes.artists += lineOf(artist.id, artist.name, "https://open.spotify.com/artist/" + artist.id);
        seen.add(artist.id);
      }
    }
  }
  return bytes;
}

function lineOf(...cells: (string | number | null | undefined)[]): number {
  return Buffer.byteLength(cells.join(",")) + 1;
}
