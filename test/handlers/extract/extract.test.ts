import { expect } from "chai";
import { sourceGroups } from "../../../schemas/streams";
import { callMs, dayMs, failureOf, signIn, world, type World } from "../../support/extractWorld";
import { errorAnswer, jsonAnswer } from "../../support/fakeSpotify";
import { ids, library, playlist, plays, savedTracks, topContainers } from "../../support/libraries";
import { libraryIn, listingIn, playlistsIn, playsIn } from "../../support/rawReader";
import { paths, small, versionedWorld } from "../../support/smallWorld";

describe("extract", () => {
  it("reads in order: profile, the listings, then what has changed by calls, then the list again", async () => {
    const one = versionedWorld(small());
    const { status, runs } = await one.run("e");
    expect(paths(one)).to.deep.equal([
      ...["me", "me/playlists", "me/tracks"],
      ...["playlists/little/items", "playlists/empty/items", "me/tracks", "me/tracks"],
      ...["playlists/big/items", "playlists/big/items", "playlists/big/items"],
      "me/playlists",
    ]);
    expect(status).to.equal("complete");
    expect(runs[0]).to.deep.include({
      listener: "me",
      event_id: "e",
      run_id: runs[0]!.run_id,
      started_at: "2026-11-22T04:15:00.000Z",
      stop_reason: null,
      stop_message: null,
      calls: 11,
      retries: 0,
      containers_read: 5,
      containers_unchanged: 0,
      containers_skipped: 0,
      raw_objects: 4,
      budget_used: 11,
      not_before: null,
    });
    expect(Date.parse(runs[0]!.ended_at) - Date.parse(runs[0]!.started_at)).to.equal(12 * callMs);
  });

  it("writes what Spotify has, one object per stream, under the day of the answers", async () => {
    const one = versionedWorld(small());
    const { runs } = await one.run();
    const raw = one.raw();
    expect(playlistsIn(raw)).to.deep.equal({ big: ids("b", 120), little: ids("l", 3), empty: [] });
    expect(libraryIn(raw)).to.deep.equal(new Set(ids("s", 60)));
    expect(listingIn(raw)).to.deep.equal(["big", undefined, "little", "empty"]);
    expect(raw.runs).to.deep.equal(runs);
    const streams = ["profile", "playlists", "playlist_items", "saved_tracks", "extract_runs"];
    expect(raw.keys.map((key) => key.split("/").slice(0, 4).join("/"))).to.deep.equal(
      streams.map((stream) => `raw/me/${stream}/snapshot_date=2026-11-22`),
    );
  });

  it("makes no item calls when nothing has changed", async () => {
    const one = versionedWorld(small());
    await one.run();
    const from = one.spotify.calls.length;
    const { runs } = await one.run();
    expect(paths(one, from)).to.deep.equal(["me", "me/playlists", "me/tracks"]);
    expect(runs[0]).to.deep.include({ calls: 3, containers_unchanged: 4, containers_read: 1 });
  });

  it("reads what the sources name, and what that rests on", async () => {
    const given: Record<string, string[]> = {
      profile: ["me"],
      playlists: ["me", "me/playlists"],
      saved_tracks: ["me/tracks", "me/tracks", "me/tracks"],
    };
    for (const [source, expected] of Object.entries(given)) {
      const one = versionedWorld(small());
      one.settings.sources = [source];
      await one.run();
      expect(paths(one)).to.deep.equal(expected);
    }
  });

  it("reads all streams in order: what is soon gone first, what may be large last", async () => {
    const one = world(
      library({
        playlists: [playlist("own", ids("o", 3))],
        saved: savedTracks(ids("s", 3)),
        savedAlbums: savedTracks(ids("a", 3)),
        plays: plays(ids("p", 3)),
        top: { "artists:long_term": ids("t", 60) },
        followed: ids("f", 60),
      }),
    );
    one.settings.sources = ["me", "playlist:own"];
    await one.run();
    expect(paths(one)).to.deep.equal([
      ...["me/player/recently-played", "me", "me/playlists", "me/tracks", "me/albums"],
      ...["me/top/tracks", "me/top/tracks", "me/top/tracks"],
      ...["me/top/artists", "me/top/artists", "me/top/artists"],
      ...["me/following", "me/following", "playlists/own/items"],
      ...["me/playlists", "playlists/own", "playlists/own/items", "playlists/own"],
    ]);
    const from = one.spotify.calls.length;
    await one.run();
    expect(paths(one, from)).to.deep.equal([
      ...["me/player/recently-played", "me", "me/playlists", "me/tracks", "me/albums", "playlists/own"],
    ]);
  });

  it("spends what is left of the budget in that order", async () => {
    const one = world(library({ saved: savedTracks(ids("s", 3)), plays: plays(ids("p", 3)) }));
    const made: number[] = [];
    for (let budget = 1; budget <= 7; budget += 1) {
      one.settings.callBudget = budget;
      one.clock.ms += dayMs;
      const from = one.spotify.calls.length;
      expect((await one.run()).runs[0]).to.deep.include({ status: "partial", stop_reason: "budget_spent" });
      made.push(one.spotify.calls.length - from);
      expect(paths(one, from)[0]).to.equal("me/player/recently-played");
    }
    expect(made).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    expect(playsIn(one.raw()).size).to.equal(3);
  });

  describe("when the sign-in is older than a stream's permission", () => {
    const denied: Record<string, string> = {
      recently_played: "/v1/me/player/",
      top_items: "/v1/me/top/",
      followed_artists: "/v1/me/following",
      saved_albums: "/v1/me/albums",
    };
    for (const [stream, path] of Object.entries(denied))
      it(`skips ${stream} with one call and one skip, and asks again the next time`, async () => {
        const one = world(library({ plays: plays(ids("p", 3)), followed: ids("f", 3) }));
        one.library.top = Object.fromEntries(topContainers.map((container) => [container, ids("t", 3)]));
        one.spotify.onCall = (call) =>
          call.path.startsWith(path) ? errorAnswer(403, "Insufficient client scope") : undefined;
        for (const runs of [1, 2]) {
          expect((await one.run()).status).to.equal("complete");
          const { skips } = one.raw();
          expect(
            skips.map((skip) => [skip.stream, skip.container, skip.reason, skip.http_status, skip.until]),
          ).to.deep.equal(Array(runs).fill([stream, stream, "missing_scope", 403, null]));
          expect(one.spotify.calls.filter((call) => call.path.startsWith(path))).to.have.length(runs);
        }
        const others = Object.keys(denied).filter((other) => other !== stream);
        const read = new Set(
          one.raw().lines.flatMap((line) => (line.kind === "header" ? [line.stream] : [])),
        );
        expect([...read]).to.include.members(others);
        one.spotify.onCall = () => undefined;
        const from = one.spotify.calls.length;
        await one.run();
        expect(one.spotify.calls.slice(from).filter((call) => call.path.startsWith(path))).not.to.be.empty;
        expect(one.raw().skips).to.have.length(2);
      });

    const refuse = (one: World, denies: (path: string) => boolean) => {
      one.spotify.onCall = ({ path }) =>
        denies(path) ? errorAnswer(403, "Insufficient client scope") : undefined;
    };
    const skipsOf = (one: World) => one.raw().skips.map((skip) => [skip.stream, skip.container, skip.reason]);

    it("skips the playlists as a whole, and reads all else", async () => {
      const one = versionedWorld(small());
      refuse(one, (path) => path === "/v1/me/playlists");
      expect((await one.run()).status).to.equal("complete");
      expect(skipsOf(one)).to.deep.equal([["playlists", "playlists", "missing_scope"]]);
      expect(libraryIn(one.raw())).to.deep.equal(new Set(ids("s", 60)));
      one.spotify.onCall = () => undefined;
      await one.run();
      expect(playlistsIn(one.raw()).big).to.have.length(120);
    });

    it("skips the profile, and tries every playlist, since each may be the listener's", async () => {
      const one = versionedWorld(small());
      const foreign = ids("f", 5).map((id) => playlist(id, ["x"], { ownerId: "someone" }));
      one.library.playlists.push(...foreign);
      refuse(one, (path) => path === "/v1/me");
      expect((await one.run()).status).to.equal("complete");
      expect(playlistsIn(one.raw()).big).to.have.length(120);
      const { skips } = one.raw();
      expect(skips[0]).to.deep.include({ stream: "profile", reason: "missing_scope" });
      expect(skips.filter((skip) => skip.reason === "not_owned" && skip.http_status === 403)).to.have.length(
        5,
      );
    });

    it("skips a playlist whose contents it does not open, and asks again", async () => {
      const one = versionedWorld(small());
      refuse(one, (path) => path.includes("/playlists/big"));
      for (const runs of [1, 2]) {
        expect((await one.run()).status).to.equal("complete");
        expect(skipsOf(one)).to.deep.equal(Array(runs).fill(["playlist_items", "big", "missing_scope"]));
      }
      one.spotify.onCall = () => undefined;
      await one.run();
      expect(playlistsIn(one.raw()).big).to.have.length(120);
    });
  });

  describe("without a listener's sign-in", () => {
    it("records the listener's streams as skipped and reads the playlists that the settings name", async () => {
      const one = versionedWorld(small());
      one.secrets.signIns = {};
      one.settings.sources = ["me", "playlist:little"];
      const { status } = await one.run();
      expect(status).to.equal("complete");
      expect(one.spotify.signIns).to.deep.equal(["grant_type=client_credentials"]);
      const { skips } = one.raw();
      expect(skips.map(({ stream, reason }) => [stream, reason])).to.deep.equal(
        sourceGroups.me.map((stream) => [stream, "sign_in_missing"]),
      );
      expect(playlistsIn(one.raw()).little).to.deep.equal(ids("l", 3));
    });
  });

  describe("with several listeners", () => {
    const two = () => {
      const one = versionedWorld(small());
      one.settings.listeners = ["me", "you"];
      one.settings.sources = ["profile", "playlist:little"];
      one.secrets.signIns.you = signIn("refresh-you");
      return one;
    };

    it("reads each one's own, and a named playlist once", async () => {
      const one = two();
      const { runs } = await one.run();
      expect(runs.map(({ listener, calls }) => [listener, calls])).to.deep.equal([
        ["me", 4],
        ["you", 1],
      ]);
      expect(one.raw().keys.filter((key) => key.startsWith("raw/you/"))).to.have.length(2);
    });

    it("serves the others when one fails, and then fails itself, so that the event comes again", async () => {
      const one = two();
      one.spotify.onSignIn = () =>
        one.spotify.signIns.length === 1 ? jsonAnswer(400, { error: "server_moved" }) : undefined;
      const error = await failureOf(one.run("e"));
      expect(error.code).to.equal("sign_in_refused");
      expect(error.message).to.match(/^me: Spotify refused the sign-in: server_moved/);
      expect(one.raw().runs.map(({ listener, status, calls }) => [listener, status, calls])).to.deep.equal([
        ["me", "failed", 0],
        ["you", "complete", 1],
      ]);
      expect(one.state()).to.deep.include({ lease: null, finished_events: [] });
      expect((await one.run("e")).status).to.equal("complete");
    });
  });
});
