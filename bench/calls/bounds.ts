/** What reading a library takes in calls: everything, and what no pipeline can do without. */
import { readablePlaylists } from "../../simulator/library";
import type { Library, Playlist } from "../../simulator/model";

const pageSize = 50;
const topLists = 6;

/** What a library is made of, in pages; `entries` and `lists` are counts. */
export interface LibraryPages {
  listing: number;
  items: number;
  saved: number;
  albums: number;
  followed: number;
  entries: number;
  lists: number;
}

/** Returns how many pages a library has. */
export function pagesIn(library: Library): LibraryPages {
  const readable = readablePlaylists(library);
  return {
    listing: pagesOf(library.playlists.length),
    items: itemPages(readable),
    saved: pagesOf(library.saved.length),
    albums: pagesOf(library.savedAlbums.length),
    followed: pagesOf(library.followed.length),
    entries: readable.reduce((sum, { entries }) => sum + entries.length, 0),
    lists: readable.length,
  };
}

/** Returns how many pages the playlists have. */
export function itemPages(playlists: Playlist[]): number {
  return playlists.reduce((sum, { entries }) => sum + pagesOf(entries.length), 0);
}

/** Returns the calls for every page of every stream once: profile, listing, contents, libraries, top lists, followed. */
export function readEverything({ listing, items, saved, albums, followed }: LibraryPages): number {
  return 1 + listing + items + saved + albums + topLists + followed;
}

/**
 * Returns the calls that any correct pipeline needs: it cannot know that a list has not changed without asking (the
 * listing, the first page of each library, every top list, the followed artists), nor what a changed one holds without
 * reading it (`changedPages`), nor without one more listing whether what it read held still.
 */
export function lowerBound({ listing, followed }: LibraryPages, changedPages: number): number {
  return 1 + listing + 1 + 1 + topLists + followed + changedPages + (changedPages > 0 ? listing : 0);
}

function pagesOf(entries: number): number {
  return Math.max(1, Math.ceil(entries / pageSize));
}
