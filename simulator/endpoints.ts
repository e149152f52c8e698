/** The Web API's endpoints: which path answers what, to whom, in which mode. */
import { ApiError } from "./errors";
import { album, albums, albumTracks, artist, artistAlbums, artists, track, tracks } from "./music-endpoints";
import { contents, playlist, playlistsOfUser } from "./playlist-endpoints";
import {
  followedArtists,
  myPlaylists,
  myTopArtists,
  myTopTracks,
  recentlyPlayed,
  savedAlbums,
  savedTracks,
} from "./me-endpoints";
import { modes, type Mode } from "./modes";
import { savedAudiobooks, savedEpisodes, savedShows } from "./podcast-endpoints";
import { profileShape } from "./shapes";
import { search } from "./search";
import { selectFields } from "./fields";
import { viewOf, type ApiCall } from "./apiCall";

interface Endpoint {
  /** With {id} for an id. */
  path: string;
  /** True if only a listener's token will do. */
  personal?: true;
  /** What a listener has to agree to before it answers for them. */
  scope?: string;
  /** True if the parameter `fields` cuts the answer down. */
  fields?: true;
  answer: (call: ApiCall) => unknown;
}

const listeners: Endpoint[] = [
  { path: "/v1/me", answer: (call) => profileShape(call.library.listener, viewOf(call)) },
  { path: "/v1/me/playlists", scope: "playlist-read-private", answer: myPlaylists },
  { path: "/v1/me/tracks", scope: "user-library-read", answer: savedTracks },
  { path: "/v1/me/albums", scope: "user-library-read", answer: savedAlbums },
  { path: "/v1/me/shows", scope: "user-library-read", answer: savedShows },
  { path: "/v1/me/episodes", scope: "user-library-read", answer: savedEpisodes },
  { path: "/v1/me/audiobooks", scope: "user-library-read", answer: savedAudiobooks },
  { path: "/v1/me/following", scope: "user-follow-read", answer: followedArtists },
  { path: "/v1/me/top/tracks", scope: "user-top-read", answer: myTopTracks },
  { path: "/v1/me/top/artists", scope: "user-top-read", answer: myTopArtists },
  { path: "/v1/me/player/recently-played", scope: "user-read-recently-played", answer: recentlyPlayed },
];

const endpoints: Endpoint[] = [
  ...listeners.map((endpoint) => ({ ...endpoint, personal: true as const })),
  { path: "/v1/playlists/{id}", fields: true, answer: playlist },
  {
    path: "/v1/playlists/{id}/items",
    scope: "playlist-read-private",
    fields: true,
    answer: (call) => contents(call, "items"),
  },
  {
    path: "/v1/playlists/{id}/tracks",
    scope: "playlist-read-private",
    fields: true,
    answer: (call) => contents(call, "tracks"),
  },
  { path: "/v1/users/{id}/playlists", answer: playlistsOfUser },
  { path: "/v1/tracks/{id}", answer: track },
  { path: "/v1/albums/{id}", answer: album },
  { path: "/v1/albums/{id}/tracks", answer: albumTracks },
  { path: "/v1/artists/{id}", answer: artist },
  { path: "/v1/artists/{id}/albums", answer: artistAlbums },
  { path: "/v1/search", answer: search },
  { path: "/v1/tracks", answer: tracks },
  { path: "/v1/albums", answer: albums },
  { path: "/v1/artists", answer: artists },
];

/** The path with {id} in place of an id, for counting; a path that nobody knows stays as it is. */
export function templateOf(path: string, mode: Mode): string {
  const known = [...endpoints.map((endpoint) => endpoint.path), ...modes[mode].removed];
  return known.find((template) => matches(template, path)) ?? path;
}

function matches(template: string, path: string): boolean {
  const parts = path.split("/");
  const expected = template.split("/");
  return (
    parts.length === expected.length && expected.every((part, k) => part === "{id}" || part === parts[k])
  );
}

/** The body that answers GET `path`; throws ApiError where Spotify refuses. */
export function answerTo(path: string, call: Omit<ApiCall, "id">): unknown {
  const { removed, unknown } = modes[call.mode];
  const template = templateOf(path, call.mode);
  if (removed.includes(template)) throw new ApiError(403, "Forbidden");
  const endpoint = endpoints.find((one) => one.path === template);
  if (!endpoint || unknown.includes(template)) throw new ApiError(404, "Service not found");
  checkConsent(endpoint, call);
  const place = template.split("/").indexOf("{id}");
  const answer = endpoint.answer({ ...call, id: place < 0 ? "" : path.split("/")[place]! });
  const fields = call.query.get("fields");
  return endpoint.fields && fields !== null ? selectFields(answer, fields) : answer;
}

/** Throws ApiError if the endpoint needs a listener, or more than the listener agreed to. */
function checkConsent({ personal, scope }: Endpoint, { grant, scopes }: Omit<ApiCall, "id">): void {
  if (personal && grant === "app") throw new ApiError(401, "Valid user authentication required");
  if (grant === "listener" && scope && !scopes.includes(scope))
    throw new ApiError(403, "Insufficient client scope");
}
