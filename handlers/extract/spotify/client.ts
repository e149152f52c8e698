import SpotifyWebApi from "spotify-web-api-node";
import httpManager from "spotify-web-api-node/src/http-manager";
import webApiRequest from "spotify-web-api-node/src/webapi-request";
import { codeOf } from "../../shared/errors";
import { consequenceOf, runFailure } from "../../shared/runFailures";
import type { ItemsPath } from "../../state/extractState";
import type { AppSecret } from "../secrets";
import type { SpotifyFailure } from "./failures";
import { malformedBody, overTransport, type Answer } from "./transport";

/** Entries asked for per page: the most that development mode gives, and right in every other mode. */
export const pageSize = 50;

/** Albums asked for per page of an artist: the most that development mode gives. */
export const artistAlbumsPageSize = 10;

/** Results of a search, of each kind: the most that development mode gives. */
const searchSize = 10;
const searchTypes = "track,album,artist";

/** What a client needs; see {@link spotifyClient}. */
export interface ClientOptions {
  fetch: typeof globalThis.fetch;
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Hex digits. */
  random(): string;
  apiUrl: string;
  accountsUrl: string;
  app: AppSecret;
  /** Without it the client signs in as the app. */
  refreshToken: string | undefined;
  /** Country (ISO 3166-1) that an app without a listener reads the catalogue as of; a listener's own counts otherwise. */
  market: string;
  /** Milliseconds until the last moment at which a call may be under way. */
  timeLeft(): number;
  /** Counts one Web API call before it is made; throws if none is left. */
  spend(): Promise<void>;
}

/** One answer with a page of a list. */
export interface Page extends Answer {
  items: unknown[];
  total: number;
}

/** One answer with a page of a list that is paged by cursor. */
interface CursorPage extends Page {
  /** What the next page is asked for with; undefined after the last one. */
  after: string | undefined;
}

/** What a listener's favourites are counted among. */
export type TopKind = "tracks" | "artists";

/** The time over which Spotify counts favourites: about four weeks, half a year, a year. */
export type TopRange = "short_term" | "medium_term" | "long_term";

/**
 * The Web API calls of the pipeline. Each rejects with a failure that has a code: those of `refusal` and of the
 * transport, or `out_of_time` if the run must end first.
 */
export interface SpotifyClient {
  /** /me */
  profile(): Promise<Answer>;
  /** A page of /me/playlists */
  playlists(offset: number): Promise<Page>;
  /** A page of /me/tracks */
  savedTracks(offset: number): Promise<Page>;
  /** A page of /me/albums */
  savedAlbums(offset: number): Promise<Page>;
  /** The last plays, 50 at most: Spotify has no more. */
  recentlyPlayed(): Promise<Answer>;
  /** A page of /me/top/{kind} */
  topItems(kind: TopKind, range: TopRange, offset: number): Promise<Page>;
  /** A page of /me/following, the first one without `after`. */
  followedArtists(after: string | undefined): Promise<CursorPage>;
  /** /playlists/{id}, or only the `fields` asked for. */
  playlist(id: string, fields?: string): Promise<Answer>;
  /** A page of /playlists/{id}/items, or of /playlists/{id}/tracks. */
  playlistItems(id: string, offset: number, path: ItemsPath): Promise<Page>;
  /** /albums/{id} */
  album(id: string): Promise<Answer>;
  /** A page of /albums/{id}/tracks */
  albumTracks(id: string, offset: number): Promise<Page>;
  /** /artists/{id} */
  artist(id: string): Promise<Answer>;
  /** /artists?ids=…, for 50 at most; gives null for those that there are not. */
  artists(ids: string[]): Promise<Answer>;
  /** A page of /artists/{id}/albums, of {@link artistAlbumsPageSize} */
  artistAlbums(id: string, offset: number): Promise<Page>;
  /** The first tracks, albums and artists that /search finds. */
  search(query: string): Promise<Answer>;
  /** Web API calls made so far, how many of them were repeats, and the time that they took. */
  spent: { calls: number; repeats: number; ms: number };
  /** True once a sign-in has brought another refresh token, which this program does not store. */
  renewed(): boolean;
}

type LibraryCall = () => Promise<unknown>;

/** True if a body holds what its endpoint promises. */
type Check = (body: Answer["body"]) => boolean;

const requestTimeoutMs = 15_000;
const mostTries = 5;
const longestRateLimitWaitMs = 60_000;
const firstBackoffMs = 1_000;
const itemKinds = "track,episode";

/**
 * A client for one sign-in and one run. It signs in at the first call, again if the token is refused once, and repeats
 * calls after passing faults, as long as calls and time are left. A Spotify that cannot be reached from the start is no
 * passing fault: a person without a network learns it at once.
 */
export function spotifyClient(options: ClientOptions): SpotifyClient {
  const { app, refreshToken, now, timeLeft } = options;
  const api = new SpotifyWebApi({ ...app, refreshToken });
  const spent = { calls: 0, repeats: 0, ms: 0 };
  let renewed = false;
  let hasRead = false;
  const timeoutMs = () => Math.min(requestTimeoutMs, Math.max(1, timeLeft()));
  const send = (call: LibraryCall) => overTransport({ ...options, timeoutMs }, call);
  const inTime = () => {
    if (timeLeft() <= 0)
      throw runFailure("out_of_time", "The function's time is used up: the next run goes on.");
  };

  const signIn = async () => {
    inTime();
    const answer = await send(() => (refreshToken ? api.refreshAccessToken() : api.clientCredentialsGrant()));
    if (typeof answer.body.access_token !== "string") throw malformedBody("/api/token", 200);
    api.setAccessToken(answer.body.access_token);
    const { refresh_token: given = refreshToken } = answer.body;
    renewed ||= given !== refreshToken;
  };

  const callOnce = async (call: LibraryCall, isWhole: Check, isRepeat: boolean) => {
    if (!api.getAccessToken()) await signIn();
    inTime();
    await options.spend();
    spent.calls += 1;
    if (isRepeat) spent.repeats += 1;
    const begun = now();
    try {
      const answer = await send(call);
      hasRead = true;
      if (!isWhole(answer.body)) throw malformedBody(answer.request, 200);
      return answer;
    } finally {
      spent.ms += now() - begun;
    }
  };

  const get = async (call: LibraryCall, isWhole: Check) => {
    const callsBefore = spent.calls;
    let signedInAgain = false;
    for (let tries = 1; ; tries += 1) {
      try {
        return await callOnce(call, isWhole, spent.calls > callsBefore);
      } catch (error) {
        if (codeOf(error) === "unauthorized" && !signedInAgain) {
          signedInAgain = true;
          api.resetAccessToken();
          continue;
        }
        if (codeOf(error) === "unreachable" && !hasRead) throw error;
        const wait = waitMs(error, tries, parseInt(options.random().slice(0, 8), 16) / 2 ** 32);
        if (wait === undefined || wait >= timeLeft()) throw error;
        await options.sleep(wait);
      }
    }
  };

  const page = async (call: LibraryCall): Promise<Page> => {
    const answer = await get(call, isPage);
    return { ...answer, items: answer.body.items as unknown[], total: answer.body.total as number };
  };
  const inMarket: Record<string, string> = refreshToken === undefined ? { market: options.market } : {};
  const hasId = (body: Answer["body"]) => typeof body.id === "string" && body.id !== "";

  return {
    spent,
    renewed: () => renewed,
    profile: () => get(() => api.getMe(), hasId),
    playlists: (offset) => page(() => api.getUserPlaylists({ limit: pageSize, offset })),
    savedTracks: (offset) => page(() => api.getMySavedTracks({ limit: pageSize, offset })),
    savedAlbums: (offset) => page(() => api.getMySavedAlbums({ limit: pageSize, offset })),
    recentlyPlayed: () =>
      get(
        () => api.getMyRecentlyPlayedTracks({ limit: pageSize }),
        ({ items }) => Array.isArray(items),
      ),
    topItems: (kind, time_range, offset) => {
      const query = { time_range, limit: pageSize, offset };
      return page(() => (kind === "tracks" ? api.getMyTopTracks(query) : api.getMyTopArtists(query)));
    },
    async followedArtists(after) {
      const isFollowing: Check = ({ artists }) => isPage((artists ?? {}) as Answer["body"]);
      const answer = await get(() => api.getFollowedArtists({ limit: pageSize, after }), isFollowing);
      const { items, total, cursors } = answer.body.artists as FollowedBody;
      return { ...answer, items, total, after: cursors?.after ?? undefined };
    },
    playlist: (id, fields) =>
      get(
        () => api.getPlaylist(encodeURIComponent(id), { fields, additional_types: itemKinds } as object),
        hasId,
      ),
    album: (id) => get(() => api.getAlbum(encodeURIComponent(id), inMarket), hasId),
    albumTracks: (id, offset) => {
      const query = { limit: pageSize, offset, ...inMarket };
      return page(() => api.getAlbumTracks(encodeURIComponent(id), query));
    },
    artist: (id) => get(() => api.getArtist(encodeURIComponent(id)), hasId),
    artists: (ids) =>
      get(
        () => api.getArtists(ids),
        ({ artists }) => Array.isArray(artists),
      ),
    artistAlbums: (id, offset) => {
      const query = { limit: artistAlbumsPageSize, offset, ...inMarket };
      return page(() => api.getArtistAlbums(encodeURIComponent(id), query));
    },
    search: (text) =>
      get(
        () => request(api, "/v1/search", { q: text, type: searchTypes, limit: searchSize, ...inMarket }),
        ({ tracks, albums, artists }) =>
          [tracks, albums, artists].every((list) => isPage((list ?? {}) as Answer["body"])),
      ),
    playlistItems: (id, offset, path) => {
      const query = { limit: pageSize, offset, additional_types: itemKinds };
      return page(() => request(api, `/v1/playlists/${encodeURIComponent(id)}/${path}`, query));
    },
  };
}

/** The list in an answer of /me/following. */
interface FollowedBody {
  items: unknown[];
  total: number;
  cursors?: { after?: string | null } | null;
}

/**
 * A request that the library does not make: it knows only `/tracks` of a playlist, and searches under `/v1/search/`. Its
 * own request builder takes any path.
 */
function request(api: SpotifyWebApi, path: string, query: Record<string, string | number>): Promise<unknown> {
  const request = webApiRequest
    .builder(api.getAccessToken())
    .withPath(path)
    .withQueryParameters(query)
    .build();
  return request.execute(httpManager.get);
}

function isPage({ items, total }: Answer["body"]): boolean {
  return (
    Array.isArray(items) && items.length <= pageSize && Number.isInteger(total) && (total as number) >= 0
  );
}

/** How long to wait before a failed call is repeated, or undefined if it is not. `jitter` lies in [0, 1). */
function waitMs(error: unknown, tries: number, jitter: number): number | undefined {
  if (tries >= mostTries) return undefined;
  const backoff = firstBackoffMs * 2 ** (tries - 1) * (0.5 + jitter / 2);
  if (consequenceOf(error) === "transient" || codeOf(error) === "unreachable") return backoff;
  if (codeOf(error) !== "rate_limited") return undefined;
  const wait = (error as SpotifyFailure).retryAfterMs ?? longestRateLimitWaitMs / 2;
  return wait <= longestRateLimitWaitMs ? wait + backoff : undefined;
}
