import type { FakeLibrary, FakePlaylist } from "./fakeSpotify";

/** Ids `prefix0`, `prefix1` … */
export function ids(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

/** A playlist of the listener's own, unless `rest` says otherwise. */
export function playlist(id: string, items: string[], rest: Partial<FakePlaylist> = {}): FakePlaylist {
  return {
    id,
    name: `List ${id}`,
    ownerId: "user",
    collaborative: false,
    snapshot: `${id}-1`,
    items,
    ...rest,
  };
}

/** Saved tracks, newest first, one a minute. */
export function savedTracks(names: string[]): FakeLibrary["saved"] {
  return names.map((id, index) => ({
    id,
    addedAt: new Date(Date.parse("2026-11-20T00:00:00Z") - index * 60_000).toISOString(),
  }));
}

/** Plays, newest first, one every three minutes. */
export function plays(names: string[], newest = "2026-11-22T04:00:00Z"): FakeLibrary["plays"] {
  return names.map((id, index) => ({
    id,
    playedAt: new Date(Date.parse(newest) - index * 180_000).toISOString(),
  }));
}

/** The six containers of top items. */
export const topContainers = ["tracks", "artists"].flatMap((kind) =>
  ["short_term", "medium_term", "long_term"].map((range) => `${kind}:${range}`),
);

export function library(parts: Partial<FakeLibrary> = {}): FakeLibrary {
  const own = { saved: [], savedAlbums: [], plays: [], top: {}, followed: [] };
  return { userId: "user", playlists: [], ...own, ...parts };
}

/** Changes a playlist as Spotify does: new contents, new snapshot. */
export function edit(target: FakePlaylist, items: string[]): void {
  target.items = items;
  target.snapshot += "'";
}
