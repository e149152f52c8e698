import { expect } from "chai";
import { listenerStreams } from "../../../schemas/streams";
import { callMs, dayMs, failureOf, world as worldOf, signIn } from "../../support/extractWorld";
import { errorAnswer, jsonAnswer } from "../../support/fakeSpotify";
import { ids, library, playlist, plays, savedTracks } from "../../support/libraries";
import { libraryIn, listingIn, playlistsIn, playsIn } from "../../support/rawReader";
import { paths, small, world } from "./smallWorld";

describe("extract", () => {
  it("reads in order: profile, the listings, then what has changed by calls, then the list again", async () => {
    const one = world(small());
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

  it("lands what Spotify has, one object per stream, under the day of the answers", async () => {
    const one = world(small());
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
    const one = world(small());
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
      const one = world(small());
      one.settings.sources = [source];
      await one.run();
      expect(paths(one)).to.deep.equal(expected);
    }
  });

  it("reads all streams in order: what is soon gone first, what may be large last", async () => {
    const one = worldOf(
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
    const one = worldOf(library({ saved: savedTracks(ids("s", 3)), plays: plays(ids("p", 3)) }));
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

  it("serves an event once", async () => {
    const one = world(small());
    await one.run("e");
    const { calls } = one.spotify;
    const before = calls.length;
    expect(await one.run("e")).to.deep.include({ status: "duplicate", runs: [] });
    expect(calls.length).to.equal(before);
  });

  it("never shows a secret in raw, state or log", async () => {
    const one = world(small());
    one.spotify.onCall = (_, index) => (index === 2 ? errorAnswer(401, "expired") : undefined);
    await one.run();
    one.spotify.onSignIn = () => jsonAnswer(400, { error: "invalid_grant" });
    const refused = await one.run();
    const shown = JSON.stringify([one.logged, one.raw(), one.state(), refused]);
    for (const secret of ["hush", "refresh-me", "token-1"]) expect(shown).not.to.contain(secret);
  });

  describe("without a listener's sign-in", () => {
    it("records the listener's streams as skipped and reads the playlists that the settings name", async () => {
      const one = world(small());
      one.secrets.signIns = {};
      one.settings.sources = ["me", "playlist:little"];
      const { status } = await one.run();
      expect(status).to.equal("complete");
      expect(one.spotify.signIns).to.deep.equal(["grant_type=client_credentials"]);
      const { skips } = one.raw();
      expect(skips.map(({ stream, reason }) => [stream, reason])).to.deep.equal(
        listenerStreams.map((stream) => [stream, "sign_in_missing"]),
      );
      expect(playlistsIn(one.raw()).little).to.deep.equal(ids("l", 3));
    });
  });

  describe("with several listeners", () => {
    const two = () => {
      const one = world(small());
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

  it("writes nothing more once another attempt has taken over", async () => {
    const one = world(small());
    let keys = 0;
    const fetch: typeof globalThis.fetch = async (input, init) => {
      if (one.spotify.calls.length === 7) {
        await one.run("e");
        keys = one.bucket.objects.size;
      }
      return one.spotify.fetch(input, init);
    };
    expect((await failureOf(one.run("e", { fetch }))).code).to.equal("fenced");
    expect(one.bucket.objects.size).to.equal(keys);
    expect(playlistsIn(one.raw()).big).to.deep.equal(ids("b", 120));
  });

  it("writes nothing more once the state could not be written: what it holds is then unknown", async () => {
    const one = world(small());
    let puts = 0;
    const put: typeof one.bucket.put = async (...args) => {
      puts += 1;
      if (puts >= 3 && puts <= 5) throw new Error("SlowDown");
      return one.bucket.put(...args);
    };
    expect((await failureOf(one.run("e", { store: { ...one.bucket, put } }))).code).to.equal("storage");
    expect(puts).to.equal(5);
  });

  it("fails at once if the secrets cannot be read, and holds no lease", async () => {
    const one = world(small());
    const secrets = () => Promise.reject(Object.assign(new Error("no"), { code: "secret_missing" }));
    expect((await failureOf(one.run("e", { secrets }))).code).to.equal("secret_missing");
    expect(one.bucket.objects.size).to.equal(0);
  });
});
