/** What tells Spotify's kinds of access apart, as a table: another kind of access is another row. */

/**
 * `development`: an app registered since February 2026. `extended`: an app with extended quota. `pre2026`: any app before
 * February 2026.
 */
export type Mode = "development" | "extended" | "pre2026";

/** The objects that a mode may leave fields out of. */
export type ObjectKind = "user" | "playlist" | "track" | "album" | "artist" | "show" | "audiobook";

/** One row of the table. */
export interface ModeRules {
  /** Paths that are switched off: they answer 403 whatever is asked for. */
  removed: string[];
  /** Paths that are not there yet: they answer 404. */
  unknown: string[];
  /** Fields that are left out, by kind of object. */
  omitted: Partial<Record<ObjectKind, string[]>>;
  /** Under which keys a playlist shows its contents. */
  contentKeys: string[];
  /** Under which keys an entry of /playlists/{id}/items shows the track or episode. */
  itemKeys: string[];
  /** Entries that come inside /playlists/{id}. */
  embeddedItems: number;
  /** Whether public playlists may be read that the listener neither owns nor edits. */
  readsOthersPlaylists: boolean;
  /** Greatest and usual page of a search and of an artist's albums. */
  searchPage: PageSize;
  artistAlbumsPage: PageSize;
}

/** The greatest limit, and the limit if none is asked for. */
interface PageSize {
  max: number;
  usual: number;
}

/** Closed to apps since November 2024, in every mode. */
const goneForAll = [
  "/v1/audio-analysis/{id}",
  "/v1/audio-features",
  "/v1/audio-features/{id}",
  "/v1/artists/{id}/related-artists",
  "/v1/browse/categories/{id}/playlists",
  "/v1/browse/featured-playlists",
  "/v1/recommendations",
];

/** Closed to development mode since February 2026: batch reads, other people's profiles and lists, charts. */
const goneInDevelopment = [
  "/v1/albums",
  "/v1/artists",
  "/v1/artists/{id}/top-tracks",
  "/v1/audiobooks",
  "/v1/browse/categories",
  "/v1/browse/categories/{id}",
  "/v1/browse/new-releases",
  "/v1/chapters",
  "/v1/episodes",
  "/v1/markets",
  "/v1/me/albums/contains",
  "/v1/me/following/contains",
  "/v1/me/tracks/contains",
  "/v1/playlists/{id}/followers/contains",
  "/v1/playlists/{id}/tracks",
  "/v1/shows",
  "/v1/tracks",
  "/v1/users/{id}",
  "/v1/users/{id}/playlists",
];

/** The rules of each mode, as of November 2026. */
export const modes: Record<Mode, ModeRules> = {
  development: {
    removed: [...goneForAll, ...goneInDevelopment],
    unknown: [],
    omitted: {
      user: ["country", "email", "explicit_content", "followers", "product"],
      playlist: ["followers"],
      track: ["available_markets", "linked_from", "popularity"],
      album: ["album_group", "available_markets", "genres", "label", "popularity"],
      artist: ["followers", "genres", "popularity"],
      show: ["available_markets", "publisher"],
      audiobook: ["available_markets", "publisher"],
    },
    contentKeys: ["items"],
    itemKeys: ["item"],
    embeddedItems: 50,
    readsOthersPlaylists: false,
    searchPage: { max: 10, usual: 5 },
    artistAlbumsPage: { max: 10, usual: 5 },
  },
  extended: {
    removed: goneForAll,
    unknown: [],
    omitted: {},
    contentKeys: ["items", "tracks"],
    itemKeys: ["item", "track"],
    embeddedItems: 100,
    readsOthersPlaylists: true,
    searchPage: { max: 50, usual: 20 },
    artistAlbumsPage: { max: 50, usual: 20 },
  },
  pre2026: {
    removed: goneForAll,
    unknown: ["/v1/playlists/{id}/items"],
    omitted: { user: ["account_id"] },
    contentKeys: ["tracks"],
    itemKeys: ["track"],
    embeddedItems: 100,
    readsOthersPlaylists: true,
    searchPage: { max: 50, usual: 20 },
    artistAlbumsPage: { max: 50, usual: 20 },
  },
};
