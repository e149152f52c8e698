import { uriOf, type Entry, type Library, type Playlist } from "../../local/spotify/model";
import { modes, type Mode } from "../../local/spotify/modes";

export function readable({ playlists, listener }: Library, mode: Mode = "development"): Playlist[] {
  return playlists.filter(
    (playlist): playlist is Playlist =>
      playlist !== null &&
      !playlist.gone &&
      (playlist.owner.id === listener.id ||
        playlist.collaborators.includes(listener.id) ||
        (modes[mode].readsOthersPlaylists && playlist.public !== false)),
  );
}

/** Playlist, position, kind, URI and time added (ms) of every entry that may be read, in order. */
export function expectedItems(library: Library, mode?: Mode): unknown[][] {
  const rows = readable(library, mode).flatMap(({ id, entries }) =>
    entries.map((entry, position) => [id, position, ...expectedItem(entry)]),
  );
  return rows.sort(([a, p], [b, q]) => (a === b ? (p as number) - (q as number) : a! < b! ? -1 : 1));
}

function expectedItem(entry: Entry | null): unknown[] {
  const added = Date.parse(entry?.addedAt ?? "") || null;
  const item = entry?.item;
  return item ? [item.kind, uriOf(item), added] : ["unavailable", null, added];
}
