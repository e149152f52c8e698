/** A playlist of the fake. */
export interface FakePlaylist {
  id: string;
  name: string;
  ownerId: string;
  collaborative: boolean;
  snapshot: string;
  /** Track ids. */
  items: string[];
  /** Paths that answer with the entries; owners get "items" if not given, others nothing. */
  paths?: ("items" | "tracks")[];
}

/** What the fake answers from; tests change it as they like. */
export interface FakeLibrary {
  userId: string;
  playlists: (FakePlaylist | null)[];
  /** Newest first. */
  saved: { id: string; addedAt: string }[];
  /** Newest first. */
  savedAlbums: { id: string; addedAt: string }[];
  /** Those that have turned up, in any order; the 50 newest are answered. */
  plays: { id: string; playedAt: string }[];
  /** Ids by container, such as `tracks:short_term`. */
  top: Record<string, string[]>;
  followed: string[];
  /** Ids by the path below /me, newest first. */
  podcasts?: Partial<Record<"shows" | "episodes" | "audiobooks", string[]>>;
  /** Track ids by album, and album ids by artist. */
  albums?: Record<string, string[]>;
  artists?: Record<string, string[]>;
}

/** A Web API call as it arrived. */
interface FakeCall {
  path: string;
  offset: number;
  url: string;
  authorization: string | null;
}

/** What happens to a call instead of a proper answer; "passes" answers properly (after a change of the library). */
export type FakeFault = Response | Error | "passes" | ((body: unknown) => unknown);

/** A small Spotify in process: deterministic, with scripted faults. */
export interface FakeSpotify {
  library: FakeLibrary;
  /** Web API calls, in order; sign-ins are counted apart. */
  calls: FakeCall[];
  signIns: string[];
  fetch: typeof globalThis.fetch;
  /** Asked before each Web API call (`index` counts from 0). */
  onCall: (call: FakeCall, index: number) => FakeFault | undefined;
  onSignIn: () => Response | Error | undefined;
}

export const apiUrl = "https://api.example";
export const accountsUrl = "https://accounts.example";

/** A JSON answer with the fake's Date header. */
export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
}

/** Spotify's usual error body. */
export function errorAnswer(status: number, message: string, extra: object = {}, headers = {}): Response {
  return jsonAnswer(status, { error: { status, message, ...extra } }, headers);
}

/** A page of the artists that are followed, after the one with this id. */
function following(all: string[], after: string | null, limit: number): object {
  const from = after === null ? 0 : all.indexOf(after) + 1;
  const items = all
    .slice(from, from + limit)
    .map((id) => ({ id, type: "artist", uri: `spotify:artist:${id}` }));
  const isLast = from + items.length >= all.length;
  const cursors = { after: isLast ? null : items.at(-1)!.id };
  return { artists: { items, total: all.length, limit, cursors, href: "\u2028" } };
}

/** The text of a page; printed with line breaks and with a U+2028 in it, to see that text is kept. */
function page(all: unknown[], offset: number, limit: number): object {
  const items = all.slice(offset, offset + limit);
  return { href: "\u2028", limit, offset, total: all.length, next: "https://elsewhere.example/next", items };
}

export function fakeSpotify(library: FakeLibrary, now: () => number): FakeSpotify {
  const fake: FakeSpotify = {
    library,
    calls: [],
    signIns: [],
    onCall: () => undefined,
    onSignIn: () => undefined,
    fetch: async (input, init) => {
      const url = new URL(input as string);
      const headers = new Headers(init?.headers);
      if (url.origin === accountsUrl && url.pathname === "/api/token") {
        fake.signIns.push(String(init?.body));
        const instead = fake.onSignIn();
        if (instead instanceof Error) throw instead;
        return instead ?? jsonAnswer(200, { access_token: `token-${fake.signIns.length}`, expires_in: 3600 });
      }
      if (url.origin !== apiUrl) throw new Error(`The fake was asked for ${url.href}.`);
      const call = {
        path: url.pathname,
        offset: Number(url.searchParams.get("offset") ?? 0),
        url: url.href,
        authorization: headers.get("authorization"),
      };
      fake.calls.push(call);
      const instead = fake.onCall(call, fake.calls.length - 1);
      if (instead instanceof Error) throw instead;
      if (instead instanceof Response) return instead;
      const [status, body] = answer(fake.library, url);
      const sent = typeof instead === "function" ? instead(body) : body;
      const text = typeof sent === "string" ? sent : JSON.stringify(sent, undefined, 1);
      return new Response(text, { status, headers: { date: new Date(now()).toUTCString() } });
    },
  };
  return fake;
}

function answer(library: FakeLibrary, url: URL): [number, unknown] {
  const [, , kind, id = "", part] = url.pathname.split("/");
  const limit = Number(url.searchParams.get("limit"));
  const offset = Number(url.searchParams.get("offset"));
  const refused = { error: { status: 403, message: "Forbidden" } };
  if (kind === "me" && !id) return [200, { id: library.userId, display_name: "A listener" }];
  if (kind === "me" && id === "playlists") return [200, page(library.playlists.map(listed), offset, limit)];
  if (kind === "me" && id === "tracks") return [200, page(library.saved.map(saved), offset, limit)];
  if (kind === "me" && id === "albums")
    return [200, page(library.savedAlbums.map(savedAlbum), offset, limit)];
  if (kind === "me" && ["shows", "episodes", "audiobooks"].includes(id))
    return [200, page(podcastEntries(library, id), offset, limit)];
  if (kind === "me" && part === "recently-played") return [200, { items: lastPlays(library, limit), limit }];
  if (kind === "me" && id === "top") {
    const items = library.top[`${part}:${url.searchParams.get("time_range")}`] ?? [];
    // Real tracks have fields of these names, too.
    const favourites = items.map((item) => ({ id: item, track: true, album: { id: "album" } }));
    return [200, page(favourites, offset, limit)];
  }
  if (kind === "me" && id === "following")
    return [200, following(library.followed, url.searchParams.get("after"), limit)];
  if (url.pathname === "/v1/search") return [200, found(url.searchParams.get("q")!, limit)];
  if (kind === "artists" && !id) return [200, { artists: severalArtists(library, url) }];
  if (kind === "albums" || kind === "artists") return publicAnswer(library, kind, id, part, offset, limit);
  const playlist = library.playlists.find((one) => one?.id === id);
  if (!playlist) return [404, { error: { status: 404, message: "Resource not found" } }];
  if (!part) return [200, listed(playlist)];
  const paths = playlist.paths ?? (playlist.ownerId === library.userId ? ["items"] : []);
  if (!paths.includes(part as "items")) return [403, refused];
  return [
    200,
    page(
      playlist.items.map((track) => ({ added_at: null, item: { id: track } })),
      offset,
      limit,
    ),
  ];
}

/** Entries of /me/shows and its like; an audiobook is the entry itself. */
function podcastEntries({ podcasts = {} }: FakeLibrary, path: string): unknown[] {
  const ids = podcasts[path as keyof typeof podcasts] ?? [];
  if (path === "audiobooks") return ids.map((id) => ({ id }));
  return ids.map((id) => ({ added_at: "2026-01-01T00:00:00Z", [path.slice(0, -1)]: { id } }));
}

/** The artists that were asked for, null for those that there are not. */
function severalArtists({ artists = {} }: FakeLibrary, url: URL): unknown[] {
  const asked = url.searchParams.get("ids")!.split(",");
  return asked.map((id) => (id in artists ? { id, name: id } : null));
}

/** An album with its first tracks, an artist, or a page of what belongs to one of them. */
function publicAnswer(
  { albums = {}, artists = {} }: FakeLibrary,
  kind: "albums" | "artists",
  id: string,
  part: string | undefined,
  offset: number,
  limit: number,
): [number, unknown] {
  const held = (kind === "albums" ? albums : artists)[id];
  if (!held) return [404, { error: { status: 404, message: "Resource not found" } }];
  const all = held.map((one) => ({ id: one, name: one }));
  if (part) return [200, page(all, offset, limit)];
  return [200, { id, name: id, ...(kind === "albums" && { tracks: page(all, 0, 50) }) }];
}

/** One result of each kind, named after the query, and a null one. */
function found(query: string, limit: number): object {
  const list = (kind: string) => page([{ id: `${kind}-1`, name: `${kind} ${query}` }, null], 0, limit);
  return { tracks: list("track"), albums: list("album"), artists: list("artist") };
}

function listed(playlist: FakePlaylist | null): unknown {
  if (!playlist) return null;
  const { id, name, ownerId, collaborative, snapshot, items } = playlist;
  return {
    id,
    name,
    collaborative,
    snapshot_id: snapshot,
    owner: { id: ownerId },
    items: { total: items.length },
  };
}

function lastPlays({ plays }: FakeLibrary, limit: number): unknown[] {
  return [...plays]
    .sort((a, b) => Date.parse(b.playedAt) - Date.parse(a.playedAt))
    .slice(0, limit)
    .map(({ id, playedAt }) => ({ played_at: playedAt, track: { id, uri: `spotify:track:${id}` } }));
}

function savedAlbum({ id, addedAt }: { id: string; addedAt: string }): unknown {
  return { added_at: addedAt, album: { id, uri: `spotify:album:${id}` } };
}

function saved({ id, addedAt }: { id: string; addedAt: string }): unknown {
  return { added_at: addedAt, track: { id, uri: `spotify:track:${id}` } };
}
