import httpManager from "spotify-web-api-node/src/http-manager";
import webApiRequest from "spotify-web-api-node/src/webapi-request";
import { object } from "../../raw/json";
import type { ItemsPath } from "../../state/extractState";
import { SpotifyCalls, type BodyCheck, type CallOptions } from "./calls";
import type { ApiAnswer } from "./transport";

/** Entries asked for per page: the most that development mode gives, and right in every other mode. */
export const pageSize = 50;

/** Albums asked for per page of an artist: the most that development mode gives. */
export const artistAlbumsPageSize = 10;

/** Results of a search, of each kind: the most that development mode gives. */
const searchSize = 10;
const searchTypes = "track,album,artist";
const itemKinds = "track,episode";

/** What a client needs; see {@link SpotifyClient}. */
export interface ClientOptions extends CallOptions {
  /** Country (ISO 3166-1) in which an app without a listener sees albums; with a listener, their own country counts. */
  market: string;
}

/** One answer with a page of a list. */
export interface Page extends ApiAnswer {
  items: unknown[];
  total: number;
}

/** One answer with a page of a list that is paged by cursor. */
interface CursorPage extends Page {
  /** The cursor of the next page; undefined after the last one. */
  after: string | undefined;
}

/** What top items are counted among. */
export type TopKind = "tracks" | "artists";

/** The time over which Spotify counts top items: about four weeks, half a year, a year. */
export type TopRange = "short_term" | "medium_term" | "long_term";

/** The list in an answer of /me/following. */
interface FollowedBody {
  items: unknown[];
  total: number;
  cursors?: { after?: string | null } | null;
}

/** The Web API calls of the pipeline. Each rejects with a failure that has a code of {@link RunFailureCode}. */
export class SpotifyClient {
  private readonly calls: SpotifyCalls;
  private readonly market: Record<string, string>;

  constructor(options: ClientOptions) {
    this.calls = new SpotifyCalls(options);
    this.market = options.refreshToken === undefined ? { market: options.market } : {};
  }

  /** Calls made so far, how many of them were repeats, and the time that they took. */
  get spent() {
    return this.calls.spent;
  }

  /** True once a sign-in has brought another refresh token, which this program does not store. */
  get isRenewed() {
    return this.calls.isRenewed;
  }

  /** /me */
  profile(): Promise<ApiAnswer> {
    return this.calls.get(() => this.api.getMe(), hasId);
  }

  /** A page of /me/playlists */
  playlists(offset: number): Promise<Page> {
    return this.page(() => this.api.getUserPlaylists({ limit: pageSize, offset }));
  }

  /** A page of /me/tracks */
  savedTracks(offset: number): Promise<Page> {
    return this.page(() => this.api.getMySavedTracks({ limit: pageSize, offset }));
  }

  /** A page of /me/albums */
  savedAlbums(offset: number): Promise<Page> {
    return this.page(() => this.api.getMySavedAlbums({ limit: pageSize, offset }));
  }

  /** A page of /me/shows, /me/episodes or /me/audiobooks */
  savedList(kind: "shows" | "episodes" | "audiobooks", offset: number): Promise<Page> {
    return this.page(() => this.request(`/v1/me/${kind}`, { limit: pageSize, offset }));
  }

  /** The last plays, 50 at most: Spotify has no more. */
  recentlyPlayed(): Promise<ApiAnswer> {
    return this.calls.get(
      () => this.api.getMyRecentlyPlayedTracks({ limit: pageSize }),
      ({ items }) => Array.isArray(items),
    );
  }

  /** A page of /me/top/{kind} */
  topItems(kind: TopKind, time_range: TopRange, offset: number): Promise<Page> {
    const query = { time_range, limit: pageSize, offset };
    return this.page(() =>
      kind === "tracks" ? this.api.getMyTopTracks(query) : this.api.getMyTopArtists(query),
    );
  }

  /** A page of /me/following, the first one without `after`. */
  async followedArtists(after: string | undefined): Promise<CursorPage> {
    const answer = await this.calls.get(
      () => this.api.getFollowedArtists({ limit: pageSize, after }),
      ({ artists }) => isPage(artists),
    );
    const { items, total, cursors } = answer.body.artists as FollowedBody;
    return { ...answer, items, total, after: cursors?.after ?? undefined };
  }

  /** /playlists/{id}, or only the `fields` asked for. */
  playlist(id: string, fields?: string): Promise<ApiAnswer> {
    const query = { fields, additional_types: itemKinds } as object;
    return this.calls.get(() => this.api.getPlaylist(encodeURIComponent(id), query), hasId);
  }

  /** A page of /playlists/{id}/items, or of /playlists/{id}/tracks. */
  playlistItems(id: string, offset: number, path: ItemsPath): Promise<Page> {
    const query = { limit: pageSize, offset, additional_types: itemKinds };
    return this.page(() => this.request(`/v1/playlists/${encodeURIComponent(id)}/${path}`, query));
  }

  /** /albums/{id} */
  album(id: string): Promise<ApiAnswer> {
    return this.calls.get(() => this.api.getAlbum(encodeURIComponent(id), this.market), hasId);
  }

  /** A page of /albums/{id}/tracks */
  albumTracks(id: string, offset: number): Promise<Page> {
    const query = { limit: pageSize, offset, ...this.market };
    return this.page(() => this.api.getAlbumTracks(encodeURIComponent(id), query));
  }

  /** /artists/{id} */
  artist(id: string): Promise<ApiAnswer> {
    return this.calls.get(() => this.api.getArtist(encodeURIComponent(id)), hasId);
  }

  /** A page of /artists/{id}/albums, of {@link artistAlbumsPageSize} */
  artistAlbums(id: string, offset: number): Promise<Page> {
    const query = { limit: artistAlbumsPageSize, offset, ...this.market };
    return this.page(() => this.api.getArtistAlbums(encodeURIComponent(id), query));
  }

  /** /artists?ids=…, for 50 at most; gives null for an unknown id. */
  artists(ids: string[]): Promise<ApiAnswer> {
    return this.calls.get(
      () => this.api.getArtists(ids),
      ({ artists }) => Array.isArray(artists),
    );
  }

  /** The first tracks, albums and artists that /search finds. */
  search(text: string): Promise<ApiAnswer> {
    const query = { q: text, type: searchTypes, limit: searchSize, ...this.market };
    return this.calls.get(
      () => this.request("/v1/search", query),
      ({ tracks, albums, artists }) => [tracks, albums, artists].every(isPage),
    );
  }

  private get api() {
    return this.calls.api;
  }

  private async page(call: () => Promise<unknown>): Promise<Page> {
    const answer = await this.calls.get(call, isPage);
    return { ...answer, items: answer.body.items as unknown[], total: answer.body.total as number };
  }

  /**
   * Makes a request that the library does not offer: it knows only `/tracks` of a playlist and no saved audiobooks, and
   * searches under `/v1/search/`. Its own request builder takes any path.
   */
  private request(path: string, query: Record<string, string | number>): Promise<unknown> {
    const builder = webApiRequest.builder(this.api.getAccessToken());
    return builder.withPath(path).withQueryParameters(query).build().execute(httpManager.get);
  }
}

const hasId: BodyCheck = ({ id }) => typeof id === "string" && id !== "";

function isPage(value: unknown): boolean {
  const { items, total } = object(value);
  return (
    Array.isArray(items) && items.length <= pageSize && Number.isInteger(total) && (total as number) >= 0
  );
}
