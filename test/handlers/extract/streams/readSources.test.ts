import { expect } from "chai";
import { dayMs, failureOf, world, type World } from "../../../support/extractWorld";
import { errorAnswer } from "../../../support/fakeSpotify";
import { ids, library, playlist, plays, savedTracks, topContainers } from "../../../support/libraries";
import { idsIn, libraryIn, listingIn, playlistsIn, playsIn } from "../../../support/rawReader";

function fresh(): World {
  const one = world(
    library({
      playlists: [playlist("mine", ids("m", 3)), playlist("theirs", ["x"], { ownerId: "someone" })],
      saved: savedTracks(ids("s", 3)),
      savedAlbums: savedTracks(ids("a", 3)),
      plays: plays(ids("p", 3)),
      top: Object.fromEntries(topContainers.map((name) => [name, ids(name, 3)])),
      followed: ids("f", 3),
      podcasts: { shows: ids("sh", 3), episodes: ids("ep", 3), audiobooks: ids("au", 3) },
      albums: { named: ids("t", 3) },
    }),
  );
  one.settings.sources = ["me", "podcasts", "album:named"];
  return one;
}

/** Answers 503 to every call whose path and query match. */
function failAt(one: World, pattern: RegExp): void {
  one.spotify.onCall = ({ url }) => (pattern.test(url) ? errorAnswer(503, "unavailable") : undefined);
}

/** What raw holds of each stream. */
function readIn(one: World): Record<string, number> {
  const raw = one.raw();
  return {
    profile: one.spotify.calls.filter(({ path }) => path === "/v1/me").length,
    recently_played: playsIn(raw).size,
    playlists: listingIn(raw).length,
    playlist_items: (playlistsIn(raw).mine ?? []).length,
    saved_tracks: libraryIn(raw).size,
    saved_albums: libraryIn(raw, "saved_albums").size,
    top_items: topContainers.filter((name) => idsIn(raw, name) !== undefined).length,
    followed_artists: (idsIn(raw, "followed_artists") ?? []).length,
    saved_shows: (idsIn(raw, "saved_shows") ?? []).length,
    saved_episodes: (idsIn(raw, "saved_episodes") ?? []).length,
    saved_audiobooks: (idsIn(raw, "saved_audiobooks") ?? []).length,
    "album:named": one.spotify.calls.filter(({ path }) => path.startsWith("/v1/albums/")).length,
  };
}

describe("readSources", () => {
  const endpoints: [string, RegExp, string[]][] = [
    ["/me", /\/v1\/me$/, ["profile"]],
    ["/me/player/recently-played", /recently-played/, ["recently_played"]],
    ["/me/playlists", /\/me\/playlists/, ["playlists", "playlist_items"]],
    ["a playlist's items", /\/items/, ["playlist_items"]],
    ["/me/tracks", /\/me\/tracks/, ["saved_tracks"]],
    ["/me/albums", /\/me\/albums/, ["saved_albums"]],
    ["one top list", /top\/artists\?time_range=long_term/, ["top_items"]],
    ["/me/following", /\/me\/following/, ["followed_artists"]],
    ["/me/shows", /\/me\/shows/, ["saved_shows"]],
    ["/me/episodes", /\/me\/episodes/, ["saved_episodes"]],
    ["/me/audiobooks", /\/me\/audiobooks/, ["saved_audiobooks"]],
    ["an album", /\/albums\/named/, ["album:named"]],
  ];
  for (const [name, pattern, missing] of endpoints)
    it(`reads all that does not need it while ${name} answers 503`, async () => {
      const [one, healthy] = [fresh(), fresh()];
      await healthy.run();
      failAt(one, pattern);
      const error = await failureOf(one.run());
      expect([error.code, one.raw().runs[0]!.status]).to.deep.equal(["server_error", "failed"]);
      const [read, all] = [readIn(one), readIn(healthy)];
      for (const stream of missing) [read, all].forEach((record) => delete record[stream]);
      expect(read).to.deep.equal(all);
      one.spotify.onCall = () => undefined;
      one.clock.ms += dayMs;
      expect((await one.run()).status).to.equal("complete");
      expect(playlistsIn(one.raw()).mine).to.deep.equal(ids("m", 3));
    });

  it("reads what the settings name though the last look at the list of playlists fails", async () => {
    const one = fresh();
    let looks = 0;
    one.spotify.onCall = ({ path }) =>
      path === "/v1/me/playlists" && ++looks > 1 ? errorAnswer(503, "unavailable") : undefined;
    expect((await failureOf(one.run())).code).to.equal("server_error");
    expect(readIn(one)["album:named"]).to.be.greaterThan(0);
    expect(playlistsIn(one.raw())).to.deep.equal({});
    one.spotify.onCall = () => undefined;
    expect((await one.run()).status).to.equal("complete");
    expect(one.spotify.calls.filter(({ path }) => path.endsWith("mine/items"))).to.have.length(1);
    expect(playlistsIn(one.raw()).mine).to.deep.equal(ids("m", 3));
  });

  it("ends at the third container in a row that fails, whatever the streams", async () => {
    const one = fresh();
    failAt(one, /top\/artists\?time_range=(medium|long)|following/);
    await failureOf(one.run());
    expect(one.spotify.calls.at(-1)!.path).to.equal("/v1/me/following");
  });

  it("does not take a container that took no call for an answer", async () => {
    const one = fresh();
    one.settings.sources = ["recently_played", "profile", "top_items", "followed_artists"];
    failAt(one, /following/);
    await failureOf(one.run());
    one.settings.sources.push("album:named");
    failAt(one, /recently-played|\/v1\/me$|following/);
    await failureOf(one.run());
    expect(readIn(one)["album:named"]).to.equal(0);
  });

  it("takes a refusal between two failures for an answer", async () => {
    const one = fresh();
    one.spotify.onCall = ({ path }) => {
      if (path === "/v1/me/tracks") return errorAnswer(403, "Insufficient client scope");
      return /recently-played|\/v1\/me$|\/me\/albums/.test(path)
        ? errorAnswer(503, "unavailable")
        : undefined;
    };
    await failureOf(one.run());
    expect(readIn(one)).to.deep.include({ playlist_items: 3, followed_artists: 3 });
  });
});
