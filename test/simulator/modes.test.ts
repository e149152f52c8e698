import { expect } from "chai";
import { libraryOf, playlistOf, trackOf } from "../support/simulator/small";
import { ask, pathOf, refusal, type Asked, type Page } from "./ask";
import type { Mode } from "../../simulator/modes";

const modes: Mode[] = ["development", "extended", "pre2026"];
const tracks = Array.from({ length: 120 }, (_, k) => trackOf(`t${k}`));
const library = libraryOf({
  playlists: [
    playlistOf("own", tracks),
    playlistOf("closed", tracks, { owner: { id: "friend", displayName: "Friend" } }),
  ],
});
const status = (path: string, asked: Asked): number => {
  try {
    ask(path, { library, ...asked });
    return 200;
  } catch {
    return refusal(path, { library, ...asked })[0];
  }
};

/** How each path is answered in development, extended and pre-2026 mode. */
const answers: Record<string, [number, number, number]> = {
  "/v1/me": [200, 200, 200],
  "/v1/me/albums": [200, 200, 200],
  "/v1/me/top/tracks": [200, 200, 200],
  "/v1/playlists/own": [200, 200, 200],
  "/v1/playlists/own/items": [200, 200, 404],
  "/v1/playlists/own/items?limit=50": [200, 200, 404],
  "/v1/playlists/own/items?limit=51": [400, 400, 404],
  "/v1/playlists/own/tracks": [403, 200, 200],
  "/v1/playlists/own/tracks?limit=100": [403, 200, 200],
  "/v1/playlists/own/tracks?limit=101": [403, 400, 400],
  "/v1/playlists/closed/items": [403, 200, 404],
  "/v1/playlists/closed/tracks": [403, 200, 200],
  "/v1/users/simulated-listener/playlists": [403, 200, 200],
  "/v1/tracks?ids=t1": [403, 200, 200],
  "/v1/albums?ids=t1-album": [403, 200, 200],
  "/v1/artists?ids=t1-artist": [403, 200, 200],
  "/v1/search?q=t&type=track&limit=10": [200, 200, 200],
  "/v1/search?q=t&type=track&limit=11": [400, 200, 200],
  "/v1/search?q=t&type=track&limit=51": [400, 400, 400],
  "/v1/artists/t1-artist/albums?limit=10": [200, 200, 200],
  "/v1/artists/t1-artist/albums?limit=11": [400, 200, 200],
  "/v1/artists/t1-artist/albums?limit=51": [400, 400, 400],
  "/v1/audio-features/t1": [403, 403, 403],
  "/v1/recommendations": [403, 403, 403],
};

describe("modes", () => {
  for (const [path, expected] of Object.entries(answers))
    it(`answer ${path} by ${expected.join(", ")}`, () => {
      expect(modes.map((mode) => status(path, { mode }))).to.deep.equal(expected);
    });

  it("page searches and artists' albums by 5 in development mode, by 20 else", () => {
    const limit = (path: string, mode: Mode) => ask<Page>(path, { library, mode });
    for (const [k, usual] of [5, 20, 20].entries()) {
      const search = limit("/v1/search?q=track&type=track", modes[k]!).tracks as Page;
      expect(search).to.include({ limit: usual, total: 120 });
      expect(limit("/v1/artists/t1-artist/albums", modes[k]!)).to.include({ limit: usual });
    }
  });

  it("before 2026 have the old shapes: contents under tracks, items under track, no account id", () => {
    const asked: Asked = { library, mode: "pre2026" };
    const list = ask<{ tracks: Page }>("/v1/playlists/own", asked);
    expect(list).not.to.have.property("items");
    expect(list.tracks.items).to.have.length(100);
    expect(list.tracks.items[0]).to.have.property("track").that.includes({ id: "t0" });
    expect(list.tracks.items[0]).not.to.have.property("item");
    expect(ask("/v1/me", asked)).to.include({ product: "premium" }).and.not.to.have.property("account_id");
    expect(ask<Page>("/v1/me/playlists", asked).items[0]!.tracks).to.deep.include({ total: 120 });
  });

  it("before 2026 give addresses in next that can be followed", () => {
    const asked: Asked = { library, mode: "pre2026" };
    const first = ask<Page>("/v1/playlists/own/tracks?limit=100", asked);
    const second = ask<Page>(pathOf(first.next), asked);
    expect([first, second].map(({ items }) => items.length)).to.deep.equal([100, 20]);
    expect(second.next).to.be.null;
    const lists = ask<Page>(pathOf(ask<Page>("/v1/me/playlists?limit=1", asked).next), asked);
    expect(lists.items.map(({ id }) => id)).to.deep.equal(["closed"]);
  });

  it("show an app only what is public of a user's playlists, and a listener all of their own", () => {
    const lists = libraryOf({ playlists: [playlistOf("open"), playlistOf("secret", [], { public: false })] });
    const ids = (asked: Asked) =>
      ask<Page>("/v1/users/simulated-listener/playlists", {
        library: lists,
        mode: "extended",
        ...asked,
      }).items.map(({ id }) => id);
    expect(ids({})).to.deep.equal(["open", "secret"]);
    expect(ids({ grant: "app" })).to.deep.equal(["open"]);
  });
});
