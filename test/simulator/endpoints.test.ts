import { expect } from "chai";
import { templateOf } from "../../simulator/endpoints";
import { libraryAt } from "../../simulator/library";
import { episodeOf, libraryOf, localFileOf, playlistOf, trackOf } from "../support/simulator/small";
import { ask as askOf, refusal as refusalOf, type Asked, type Body, type Page } from "./ask";
import type { Mode } from "../../simulator/modes";

const friend = { id: "friend", displayName: "Friend" };
const mixed = libraryOf({
  playlists: [
    playlistOf("own", [
      trackOf("t1", { playable: false, linkedFrom: "old" }),
      episodeOf("e1"),
      localFileOf({ name: "Tape" }),
      null,
    ]),
    null,
    playlistOf("shared", [trackOf("t2")], { owner: friend, collaborators: ["simulated-listener"] }),
    playlistOf("closed", [trackOf("t3")], { owner: friend, collaborative: true }),
    playlistOf("gone", [], { gone: true }),
    playlistOf("secret", [], { public: false }),
  ],
  unlisted: [playlistOf("left", [trackOf("t4")])],
  saved: [trackOf("s2", { isrc: null, album: null }), trackOf("s1", { playable: false })],
});

/** Asks for what stands in the mixed library. */
const ask = <T = Body>(path: string, asked: Asked = {}) => askOf<T>(path, { library: mixed, ...asked });
const refusal = (path: string, asked: Asked = {}) => refusalOf(path, { library: mixed, ...asked });

const modes: Mode[] = ["development", "extended", "pre2026"];

describe("GET /v1/me", () => {
  it("says who listens", () => {
    expect(ask("/v1/me")).to.include({ id: "simulated-listener", account_id: "sim0Listener", type: "user" });
  });
});

describe("GET /v1/me/playlists", () => {
  const list = (query: string, asked?: Asked) => ask<Page>(`/v1/me/playlists${query}`, asked);

  it("lists every playlist in order, null ones too, but not those that are not followed", () => {
    expect(list("").items.map((one) => one && one.id)).to.deep.equal([
      "own",
      null,
      "shared",
      "closed",
      "gone",
      "secret",
    ]);
  });

  it("counts contents, closed ones too", () => {
    const closed = list("").items[3]!;
    expect(closed.items).to.deep.equal({
      href: "https://api.spotify.com/v1/playlists/closed/items",
      total: 1,
    });
    expect(closed).not.to.have.property("tracks");
    expect(list("", { mode: "extended" }).items[3]!.tracks).to.deep.include({ total: 1 });
  });

  it("names a path in next that is switched off", () => {
    const { next } = list("?limit=2");
    expect(next).to.equal("https://api.spotify.com/v1/users/simulated-listener/playlists?offset=2&limit=2");
    expect(refusal(new URL(next!).pathname)).to.deep.equal([403, "Forbidden"]);
  });
});

describe("GET /v1/me/tracks", () => {
  it("gives saved tracks under track, with what is playable in the listener's country", () => {
    const { items } = ask<Page>("/v1/me/tracks");
    expect(items.map((one) => one.track.id)).to.deep.equal(["s2", "s1"]);
    expect(items.map((one) => one.track.is_playable)).to.deep.equal([true, false]);
    expect(items.map((one) => one.track.external_ids)).to.deep.equal([{}, { isrc: "QZSIM2000001" }]);
    expect(items[0]!.track.album).to.be.null;
    expect(items[0]!.added_at).to.equal("2026-01-01T00:00:00Z");
  });
});

describe("GET /v1/playlists/{id}", () => {
  it("shows the contents of what the listener owns or edits", () => {
    for (const id of ["own", "shared", "left", "secret"])
      expect(ask(`/v1/playlists/${id}`).items, id).to.include({ offset: 0, limit: 50 });
  });

  it("shows others' playlists without contents in development mode, with them in extended", () => {
    expect(ask("/v1/playlists/closed"))
      .to.include({ name: "Playlist closed" })
      .and.not.to.have.property("items");
    expect(ask("/v1/playlists/closed", { mode: "extended" })).to.have.property("items");
  });

  it("shows an app what is public, without contents in development mode", () => {
    expect(ask("/v1/playlists/own", { grant: "app" })).not.to.have.property("items");
    expect(refusal("/v1/playlists/secret", { grant: "app" })[0]).to.equal(400);
  });

  it("gives the first page of contents only, whatever page is asked for", () => {
    const library = libraryOf({
      playlists: [
        playlistOf(
          "p1",
          Array.from({ length: 120 }, (_, k) => trackOf(`t${k}`)),
        ),
      ],
    });
    const { items } = ask<{ items: Page }>("/v1/playlists/p1?limit=7&offset=9&additional_types=track", {
      library,
    });
    expect(items).to.include({ offset: 0, limit: 50, total: 120 });
    expect(items.next).to.match(/offset=50&limit=50&additional_types=track$/);
    const extended = ask<{ tracks: Page }>("/v1/playlists/p1", { library, mode: "extended" });
    expect(extended.tracks.items).to.have.length(100);
  });

  it("cuts down to the fields that are asked for", () => {
    const { snapshotId } = mixed.playlists[0]!;
    expect(ask("/v1/playlists/own?fields=snapshot_id,items.total")).to.deep.equal({
      snapshot_id: snapshotId,
      items: { total: 4 },
    });
  });
});

describe("GET /v1/playlists/{id}/items", () => {
  const items = (query = "", asked?: Asked) => ask<Page>(`/v1/playlists/own/items${query}`, asked).items;

  it("gives every entry: tracks, episodes, local files and deleted items", () => {
    const [track, episode, local, deleted] = items("?additional_types=track,episode");
    expect(track).to.deep.include({ added_at: "2026-01-01T00:00:00Z", is_local: false });
    expect(track!.item).to.include({ id: "t1", type: "track", track: true, episode: false });
    expect(episode!.item).to.include({ id: "e1", type: "episode" }).and.to.have.property("show");
    expect(local).to.include({ is_local: true });
    expect(local!.item).to.include({ id: null, uri: "spotify:local:::Tape:60", name: "Tape" });
    expect(deleted).to.deep.include({ item: null, is_local: false });
  });

  it("gives an episode that was not asked for in a track's place, without album and artists", () => {
    for (const query of ["", "?additional_types=track"]) {
      const episode = items(query)[1]!.item;
      expect(episode).to.include({ id: "e1", episode: true, track: false });
      expect(episode).to.not.have.any.keys("album", "artists", "show");
    }
  });

  it("says what is playable if a market is given", () => {
    expect(items()[0]!.item).not.to.have.any.keys("is_playable", "restrictions");
    const { item } = items("?market=SE")[0]!;
    expect(item).to.deep.include({ is_playable: false, restrictions: { reason: "market" } });
    expect(item).not.to.have.property("linked_from");
    const relinked = items("?market=SE", { mode: "extended" })[0]!.item;
    expect(relinked.linked_from).to.include({ id: "old", type: "track" });
  });

  it("gives a null entry, unknown dates and unknown users as such", () => {
    const entries = [
      null,
      { addedAt: null, addedBy: null, item: trackOf("t1") },
      { addedAt: "1970-01-01T00:00:00Z", addedBy: "", item: trackOf("t2") },
    ];
    const library = libraryOf({ playlists: [playlistOf("p1", [], { entries })] });
    const [nothing, old, chart] = ask<Page>("/v1/playlists/p1/items", { library }).items;
    expect(nothing).to.be.null;
    expect(old).to.include({ added_at: null, added_by: null });
    expect(chart).to.include({ added_at: "1970-01-01T00:00:00Z" });
    expect(chart!.added_by).to.include({ id: "", uri: "spotify:user:" });
  });

  it("is closed to all but owner and editors in development mode", () => {
    expect(ask<Page>("/v1/playlists/shared/items").total).to.equal(1);
    expect(refusal("/v1/playlists/closed/items")).to.deep.equal([403, "Forbidden"]);
    expect(refusal("/v1/playlists/own/items", { grant: "app" })).to.deep.equal([403, "Forbidden"]);
    expect(ask<Page>("/v1/playlists/closed/items", { mode: "extended", grant: "app" }).total).to.equal(1);
    const library = libraryOf({ playlists: [playlistOf("p1", [], { owner: friend, public: false })] });
    expect(refusal("/v1/playlists/p1/items", { mode: "extended", library })).to.deep.equal([
      403,
      "Forbidden",
    ]);
  });

  it("has both names of the item in extended mode, and only track at /tracks, in pages of 100", () => {
    const [entry] = items("", { mode: "extended" });
    expect(entry!.item).to.deep.equal(entry!.track);
    const old = ask<Page>("/v1/playlists/own/tracks?limit=100", { mode: "extended" });
    expect(old.items[0]!.track).to.include({ id: "t1" });
    expect(old.items[0]).not.to.have.property("item");
    expect(refusal("/v1/playlists/own/items?limit=51", { mode: "extended" })).to.deep.equal([
      400,
      "Invalid limit",
    ]);
  });

  it("covers every playlist of a library once, page by page", () => {
    const library = libraryAt({ seed: 4, start: 0, now: 0 });
    const own = library.playlists.filter((list) => list?.owner.id === library.listener.id && !list.gone);
    for (const list of own) {
      const read: unknown[] = [];
      for (let offset = 0; offset < list!.entries.length; offset += 50) {
        const page = ask<Page>(`/v1/playlists/${list!.id}/items?limit=50&offset=${offset}`, { library });
        expect(page.total).to.equal(list!.entries.length);
        read.push(...page.items.map((one) => one?.item?.name ?? null));
      }
      expect(read).to.deep.equal(list!.entries.map((entry) => entry?.item?.name ?? null));
    }
  });
});

describe("GET a track, an album, an artist", () => {
  it("finds what a list holds, whoever asks", () => {
    const app: Asked = { grant: "app" };
    expect(ask("/v1/tracks/t1", app))
      .to.include({ id: "t1", name: "Track t1" })
      .and.to.have.property("album");
    expect(ask("/v1/tracks/old", app)).to.include({ id: "t1" });
    expect(ask("/v1/artists/s1-artist", app)).to.include({ name: "Artist of s1" });
    const album = ask<{ tracks: Page; external_ids: Body }>("/v1/albums/t4-album", app);
    expect(album.tracks.items.map(({ id }) => id)).to.deep.equal(["t4"]);
    expect(album.external_ids).to.deep.equal({ upc: "5000000000000" });
  });

  it("pages an album's tracks, which have no album and no ISRC of their own", () => {
    const { album } = trackOf("a");
    const library = libraryOf({ saved: Array.from({ length: 60 }, (_, k) => trackOf(`t${k}`, { album })) });
    const { tracks } = ask<{ tracks: Page }>("/v1/albums/a-album", { library });
    expect(tracks.items).to.have.length(50);
    expect(tracks.next).to.equal("https://api.spotify.com/v1/albums/a-album/tracks?offset=50&limit=50");
    expect(tracks.items[0]).not.to.have.any.keys("album", "external_ids");
  });
});

describe("refusals", () => {
  const unknown = "0".repeat(22);

  for (const kind of ["playlists", "tracks", "albums", "artists"])
    it(`answers 404 for ${kind} that are not there and 400 for what is no id`, () => {
      expect(refusal(`/v1/${kind}/${unknown}`)).to.deep.equal([404, "Resource not found"]);
      expect(refusal(`/v1/${kind}/no-id`)).to.deep.equal([400, "Invalid base62 id"]);
    });

  it("answers 404 for a deleted playlist, at its contents too", () => {
    const library = libraryOf({ playlists: [playlistOf(unknown, [], { gone: true })] });
    expect(refusal(`/v1/playlists/${unknown}`, { library })[0]).to.equal(404);
    expect(refusal(`/v1/playlists/${unknown}/items`, { library })[0]).to.equal(404);
  });

  it("answers 404 for what is no path", () => {
    for (const path of ["/", "/v1", "/v2/me", "/v1/me/", "/v1/nothing", "/v1/playlists/own/items/1"])
      expect(refusal(path), path).to.deep.equal([404, "Service not found"]);
  });

  it("wants a listener for what is personal", () => {
    for (const path of ["/v1/me", "/v1/me/playlists", "/v1/me/tracks"])
      expect(refusal(path, { grant: "app" })).to.deep.equal([401, "Valid user authentication required"]);
  });

  it("answers 403 for what is switched off in development mode", () => {
    for (const path of [
      "/tracks?ids=t1",
      "/albums?ids=x",
      "/artists",
      "/markets",
      "/users/u1",
      "/playlists/own/tracks",
    ])
      expect(refusal(`/v1${path}`), path).to.deep.equal([403, "Forbidden"]);
  });

  it("answers 403 for what is closed to all since 2024", () => {
    for (const mode of modes)
      for (const path of ["/audio-features/t1", "/recommendations", "/artists/a1/related-artists"])
        expect(refusal(`/v1${path}`, { mode }), path).to.deep.equal([403, "Forbidden"]);
  });
});

describe("templateOf", () => {
  it("puts {id} in place of ids", () => {
    const template = (path: string) => templateOf(path, "development");
    expect(template("/v1/playlists/abc/items")).to.equal("/v1/playlists/{id}/items");
    expect(template("/v1/users/abc/playlists")).to.equal("/v1/users/{id}/playlists");
    expect(template("/v1/me/tracks")).to.equal("/v1/me/tracks");
    expect(template("/elsewhere")).to.equal("/elsewhere");
  });
});
