import type { Lake } from "../../cloud/lake/lake";
import { readablePlaylists } from "../../simulator/library";
import { uriOf, type Entry, type Library } from "../../simulator/model";
import type { Mode } from "../../simulator/modes";

/** Playlist, position, kind, URI and time added (ms) of every entry that may be read, in order. */
export function expectedItems(library: Library, mode?: Mode): unknown[][] {
  const rows = readablePlaylists(library, mode).flatMap(({ id, entries }) =>
    entries.map((entry, position) => [id, position, ...expectedItem(entry)]),
  );
  return rows.sort(([a, p], [b, q]) => (a === b ? (p as number) - (q as number) : a! < b! ? -1 : 1));
}

function expectedItem(entry: Entry | null): unknown[] {
  const added = Date.parse(entry?.addedAt ?? "") || null;
  const item = entry?.item;
  return item ? [item.kind, uriOf(item), added] : ["unavailable", null, added];
}

/** URI and time added (ms) of the saved tracks, newest first. */
export function expectedSaved(library: Library): [uri: string, addedAt: number][] {
  const rows = library.saved.map(({ track, addedAt }): [string, number] => [
    uriOf(track),
    Date.parse(addedAt),
  ]);
  return rows.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** Ids of the tracks in readable playlists and among the saved ones, and of their albums and artists. */
export function expectedIds(library: Library): Record<"track" | "album" | "artist", Set<string>> {
  const items = readablePlaylists(library).flatMap(({ entries }) =>
    entries.map((entry) => entry?.item ?? null),
  );
  const tracks = [...items, ...library.saved.map(({ track }) => track)].filter(
    (item) => item?.kind === "track",
  );
  return {
    track: new Set(tracks.map((track) => track.id)),
    album: new Set(tracks.flatMap((track) => (track.album ? [track.album.id] : []))),
    artist: new Set(
      tracks.flatMap((track) => [...track.artists, ...(track.album?.artists ?? [])]).map(({ id }) => id),
    ),
  };
}

/** A text as rows hold it: no control characters, and never CSV's word for NULL. */
export function shown(text: string): string {
  const plain = text.replace(/[\u0000-\u001f\u007f]/g, " ");
  return plain === "\\N" ? "\\\\N" : plain;
}

/** All rows of a table or view as JSON, sorted. */
export async function sortedRows(lake: Lake, name: string): Promise<string[]> {
  const { rows } = await lake.query(`select * from ${name}`);
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** Orders texts as SQL does: by their bytes. */
export function byText(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Things by what they have in common, in the order in which they come. */
export function groupBy<T>(things: Iterable<T>, key: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const name = key(thing);
    groups.set(name, [...(groups.get(name) ?? []), thing]);
  }
  return groups;
}
