import { UserError } from "../../cloud/errors";

/** What each source asks the listener for, and no more. */
const scopesBySource: Record<string, string[]> = {
  profile: ["user-read-private"],
  playlists: ["playlist-read-private", "playlist-read-collaborative"],
  playlist_items: ["playlist-read-private", "playlist-read-collaborative"],
  saved_tracks: ["user-library-read"],
  saved_albums: ["user-library-read"],
  recently_played: ["user-read-recently-played"],
  top_items: ["user-top-read"],
  followed_artists: ["user-follow-read"],
  artist_details: [],
};

/** Sources that are public: they need no consent. */
const publicSource = /^(playlist|album|artist|search):./;

/** The scopes that the sources need, sorted, each once; `me` is all of a listener's. Throws a `UserError` on any other word. */
export function scopesFor(sources: string[]): string[] {
  return [...new Set(sources.flatMap(scopesOf))].sort();
}

function scopesOf(source: string): string[] {
  if (source === "me") return Object.values(scopesBySource).flat();
  if (publicSource.test(source)) return [];
  const scopes = Object.hasOwn(scopesBySource, source) ? scopesBySource[source] : undefined;
  if (scopes) return scopes;
  const known = ["me", ...Object.keys(scopesBySource)].join(", ");
  throw new UserError(
    `There is no source "${source}"; sources are ${known}, playlist:ID, album:ID, artist:ID and search:QUERY.`,
  );
}
