import { expect } from "chai";
import { endReserveMs } from "../../../handlers/extract/extract";
import { clientOptions } from "../../../handlers/shared/clients";
import { stateKey } from "../../../handlers/state/session";
import { listenerStreams } from "../../../schemas/streams";
import { callMs, dayMs, failureOf, world as worldOf, type World, signIn } from "../../support/extractWorld";
import { errorAnswer, jsonAnswer, type FakeLibrary } from "../../support/fakeSpotify";
import { edit, ids, library, playlist, plays, savedTracks, topContainers } from "../../support/libraries";
import { libraryIn, listingIn, playlistsIn, playsIn } from "../../support/rawReader";

const small = () =>
  library({
    playlists: [playlist("big", ids("b", 120)), null, playlist("little", ids("l", 3)), playlist("empty", [])],
    saved: savedTracks(ids("s", 60)),
  });

/** A world in which lists that change with their versions are read: few calls, so that each can be told by its number. */
function world(shelf: FakeLibrary): World {
  const one = worldOf(shelf);
  one.settings.sources = ["profile", "playlists", "playlist_items", "saved_tracks"];
  return one;
}

/** Paths of the calls since `from`, without /v1. */
const paths = ({ spotify }: World, from = 0) => spotify.calls.slice(from).map(({ path }) => path.slice(4));

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

  describe("when the sign-in is older than a stream's permission", () => {
    const denied: Record<string, string> = {
      recently_played: "/v1/me/player/",
      top_items: "/v1/me/top/",
      followed_artists: "/v1/me/following",
      saved_albums: "/v1/me/albums",
    };
    for (const [stream, path] of Object.entries(denied))
      it(`passes over ${stream} with one call and one skip, and asks again the next time`, async () => {
        const one = worldOf(library({ plays: plays(ids("p", 3)), followed: ids("f", 3) }));
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

    it("passes over the playlists as a whole, and reads all else", async () => {
      const one = world(small());
      refuse(one, (path) => path === "/v1/me/playlists");
      expect((await one.run()).status).to.equal("complete");
      expect(skipsOf(one)).to.deep.equal([["playlists", "playlists", "missing_scope"]]);
      expect(libraryIn(one.raw())).to.deep.equal(new Set(ids("s", 60)));
      one.spotify.onCall = () => undefined;
      await one.run();
      expect(playlistsIn(one.raw()).big).to.have.length(120);
    });

    it("passes over the profile, and tries every playlist, since each may be the listener's", async () => {
      const one = world(small());
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

    it("passes over a playlist whose contents it does not open, and asks again", async () => {
      const one = world(small());
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

  describe("started by the rule for plays", () => {
    const playsRule = "arn:aws:events:eu-west-1:123456789012:rule/plays-0123456";
    const event = (id: string) => ({ id, resources: [playsRule] });
    const playing = () => {
      const one = worldOf(library({ playlists: [playlist("own", ids("o", 3))], plays: plays(ids("p", 3)) }));
      one.settings.playsRule = playsRule;
      return one;
    };

    it("reads the last plays alone", async () => {
      const one = playing();
      const { status, runs } = await one.run(event("e"));
      expect(status).to.equal("complete");
      expect(paths(one)).to.deep.equal(["me/player/recently-played"]);
      expect(runs[0]).to.deep.include({ listener: "me", calls: 1, containers_read: 1 });
      expect(playsIn(one.raw()).size).to.equal(3);
      expect((await one.run(event("e"))).status).to.equal("duplicate");
    });

    it("reads everything for an event of another rule, or of none", async () => {
      for (const resources of [[`${playsRule}-not`], [], undefined]) {
        const one = playing();
        await one.run({ id: "e", resources });
        expect(paths(one)).to.include.members(["me", "playlists/own/items"]);
      }
    });

    it("yields at once to a run at work, and leaves no trace", async () => {
      const one = playing();
      let yielded: unknown;
      const fetch: typeof globalThis.fetch = async (input, init) => {
        if (one.spotify.calls.length === 3 && !yielded) {
          const before = one.bucket.objects.size;
          yielded = await one.run(event("plays"));
          expect(one.bucket.objects.size).to.equal(before);
        }
        return one.spotify.fetch(input, init);
      };
      expect((await one.run("e", { fetch })).status).to.equal("complete");
      expect(yielded).to.deep.include({ status: "yielded", runs: [] });
      expect(one.sleeps).to.deep.equal([]);
      // It was not served, so another delivery of it still is.
      expect((await one.run(event("plays"))).status).to.equal("complete");
    });

    it("serves only listeners who have signed in and whose plays are wanted", async () => {
      const one = playing();
      one.settings.listeners = ["me", "you"];
      one.secrets.signIns = { you: signIn("refresh-you") };
      expect((await one.run(event("e"))).runs.map(({ listener }) => listener)).to.deep.equal(["you"]);
      const made = one.spotify.calls.length;
      const keys = one.bucket.objects.size;
      one.secrets.signIns = {};
      expect(await one.run(event("f"))).to.deep.include({ status: "complete", runs: [] });
      one.secrets.signIns = { me: signIn("refresh-me") };
      one.settings.sources = ["profile", "playlist:own"];
      expect(await one.run(event("g"))).to.deep.include({ status: "complete", runs: [] });
      expect([one.spotify.calls.length, one.bucket.objects.size]).to.deep.equal([made, keys]);
    });

    it("makes no call before the time that Spotify named", async () => {
      const one = playing();
      one.spotify.onCall = () => errorAnswer(429, "Too many", { reason: "QUOTA_EXCEEDED" });
      await one.run("e");
      const made = one.spotify.calls.length;
      expect((await one.run(event("f"))).runs[0]).to.deep.include({ stop_reason: "not_before", calls: 0 });
      expect(one.spotify.calls.length).to.equal(made);
    });
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

  describe("when Spotify refuses", () => {
    for (const [code, text] of [
      ["premium_lapsed", "Active premium subscription required for the owner of the app."],
      ["not_allow_listed", "User not registered in the Developer Dashboard"],
    ] as const)
      it(`ends with the reason ${code}, and keeps what was read`, async () => {
        const one = world(small());
        one.spotify.onCall = (_, index) => (index >= 8 ? errorAnswer(403, text) : undefined);
        expect((await one.run()).status).to.equal("failed");
        const raw = one.raw();
        expect(raw.runs[0]).to.deep.include({ status: "failed", stop_reason: code, calls: 9 });
        expect(libraryIn(raw)).to.deep.equal(new Set(ids("s", 60)));
        one.spotify.onCall = () => undefined;
        await one.run();
        expect(playlistsIn(one.raw()).big).to.have.length(120);
      });

    it("goes on after a container that fails, and fails in the end", async () => {
      const one = world(small());
      one.spotify.onCall = ({ path }) => (path.includes("little") ? errorAnswer(500, "oops") : undefined);
      expect((await failureOf(one.run())).code).to.equal("server_error");
      const raw = one.raw();
      expect(Object.keys(playlistsIn(raw)).sort()).to.deep.equal(["big", "empty"]);
      expect(raw.runs[0]).to.deep.include({ status: "failed", retries: 4 });
    });

    it("stops when three containers in a row fail", async () => {
      const one = world(small());
      one.library.playlists.push(playlist("tiny", ids("t", 2)), playlist("last", ids("x", 200)));
      one.spotify.onCall = ({ path }) => (path.includes("items") ? errorAnswer(500, "oops") : undefined);
      expect((await failureOf(one.run())).code).to.equal("server_error");
      expect(paths(one).filter((path) => path.includes("items"))).to.have.length(15);
    });
  });

  describe("when Spotify wants a pause", () => {
    const quota = () => errorAnswer(429, "Too many", { reason: "QUOTA_EXCEEDED" });

    it("keeps what was read, makes no call before the time, then goes on", async () => {
      const one = world(small());
      one.spotify.onCall = (_, index) =>
        index === 8 ? errorAnswer(429, "Too many", {}, { "retry-after": "7200" }) : undefined;
      const first = await one.run();
      const { not_before } = first.runs[0]!;
      expect(first.runs[0]).to.deep.include({ status: "partial", stop_reason: "quota_exceeded", calls: 9 });
      expect(Date.parse(not_before!) - one.clock.ms).to.equal(7_200_000);
      one.clock.ms += 7_100_000;
      const second = await one.run();
      expect(second.runs[0]).to.deep.include({
        status: "partial",
        stop_reason: "not_before",
        calls: 0,
        not_before,
      });
      expect([one.spotify.calls.length, one.spotify.signIns.length]).to.deep.equal([9, 1]);
      one.clock.ms += 200_000;
      const third = await one.run();
      expect(third.status).to.equal("complete");
      // The two small playlists were pending and are closed by the new list; only the big one is read again.
      expect(paths(one, 9).filter((path) => path.includes("items"))).to.deep.equal(
        Array(3).fill("playlists/big/items"),
      );
      expect(Object.keys(playlistsIn(one.raw()))).to.have.length(3);
    });

    it("waits for the next UTC day after a quota without a time", async () => {
      const one = world(small());
      one.spotify.onCall = quota;
      expect((await one.run()).runs[0]!.not_before).to.equal("2026-11-23T00:00:00.000Z");
    });

    it("waits an hour at least, and half a minute after a rate limit without a time", async () => {
      const late = world(small());
      late.clock.ms = Date.parse("2026-11-22T23:59:00Z");
      late.spotify.onCall = quota;
      const { runs } = await late.run();
      expect(Date.parse(runs[0]!.not_before!) - late.clock.ms).to.equal(3_600_000);
      const limited = world(small());
      limited.spotify.onCall = () => errorAnswer(429, "Too many");
      const record = (await limited.run()).runs[0]!;
      expect(record).to.deep.include({
        status: "partial",
        stop_reason: "rate_limited",
        calls: 5,
        retries: 4,
      });
      expect(Date.parse(record.not_before!) - limited.clock.ms).to.equal(30_000);
    });

    it("stops for all listeners", async () => {
      const one = world(small());
      one.settings.listeners = ["me", "you"];
      one.secrets.signIns.you = signIn("refresh-you");
      one.spotify.onCall = quota;
      const { runs } = await one.run();
      expect(runs.map(({ status, stop_reason }) => [status, stop_reason])).to.deep.equal([
        ["partial", "quota_exceeded"],
        ["partial", "not_before"],
      ]);
      expect(one.spotify.calls).to.have.length(1);
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

  it("only releases the lease once the state could not be written, and the next run need not wait", async () => {
    const one = world(small());
    const puts: string[] = [];
    const put: typeof one.bucket.put = async (key, ...rest) => {
      puts.push(key);
      if (puts.length >= 3 && puts.length <= 5) throw new Error("SlowDown");
      return one.bucket.put(key, ...rest);
    };
    expect((await failureOf(one.run("e", { store: { ...one.bucket, put } }))).code).to.equal("storage");
    expect(puts.slice(5)).to.deep.equal([stateKey]);
    expect(one.state()).to.deep.include({ lease: null, finished_events: [], counter: 3 });
    expect((await one.run("f")).status).to.equal("complete");
    expect(one.sleeps).to.deep.equal([]);
  });

  it("releases the lease if a raw object cannot be written", async () => {
    const one = world(small());
    const put: typeof one.bucket.put = async (key, ...rest) => {
      if (key.startsWith("raw/")) throw new Error("SlowDown");
      return one.bucket.put(key, ...rest);
    };
    expect((await failureOf(one.run("e", { store: { ...one.bucket, put } }))).code).to.equal("storage");
    expect(one.state()).to.deep.include({ lease: null, finished_events: [] });
  });

  describe("within the day's budget", () => {
    it("starts only what it can hold, with a call kept back for the closing", async () => {
      const one = world(small());
      one.settings.callBudget = 10;
      const first = await one.run();
      expect(first.runs[0]).to.deep.include({
        status: "partial",
        stop_reason: "budget_spent",
        calls: 8,
        budget_used: 8,
      });
      expect(Object.keys(playlistsIn(one.raw())).sort()).to.deep.equal(["empty", "little"]);
      one.clock.ms += dayMs;
      expect((await one.run()).runs[0]).to.deep.include({ status: "complete", calls: 7 });
      expect(playlistsIn(one.raw()).big).to.deep.equal(ids("b", 120));
    });

    it("reads what had to wait before what is new", async () => {
      const one = world(small());
      one.settings.callBudget = 10;
      await one.run();
      one.clock.ms += dayMs;
      one.library.playlists.push(playlist("new", ids("n", 2)));
      const from = one.spotify.calls.length;
      await one.run();
      const items = paths(one, from).filter((path) => path.includes("items"));
      expect(items).to.deep.equal([...Array<string>(3).fill("playlists/big/items"), "playlists/new/items"]);
    });

    it("reads what a stopped run did not reach before what is new", async () => {
      const one = world(small());
      one.spotify.onCall = (_, index) =>
        index === 8 ? errorAnswer(403, "User not registered in the Developer Dashboard") : undefined;
      await one.run();
      one.spotify.onCall = () => undefined;
      one.clock.ms += dayMs;
      one.library.playlists.push(playlist("new", ids("n", 2)));
      const from = one.spotify.calls.length;
      await one.run();
      expect(
        paths(one, from)
          .filter((path) => path.includes("items"))
          .at(-1),
      ).to.equal("playlists/new/items");
    });

    it("records what can never fit", async () => {
      const one = world(small());
      one.library.playlists.push(playlist("huge", ids("h", 5000)));
      one.settings.callBudget = 60;
      const { status } = await one.run();
      expect(status).to.equal("complete");
      expect(one.raw().skips.map(({ container, reason }) => [container, reason])).to.deep.equal([
        ["huge", "over_budget"],
      ]);
      expect(playlistsIn(one.raw()).big).to.have.length(120);
    });

    it("makes no call once it is spent", async () => {
      const one = world(small());
      one.settings.callBudget = 3;
      await one.run();
      const made = one.spotify.calls.length;
      expect((await one.run()).runs[0]).to.deep.include({
        status: "partial",
        stop_reason: "budget_spent",
        calls: 0,
      });
      expect([made, one.spotify.calls.length]).to.deep.equal([3, 3]);
    });
  });

  describe("within the function's time", () => {
    it("starts only what it can hold", async () => {
      const one = world(small());
      one.library.playlists.push(playlist("long", ids("x", 5000)));
      one.timeoutMs = endReserveMs + 5_000;
      expect((await one.run()).runs[0]).to.deep.include({
        status: "partial",
        stop_reason: "out_of_time",
        calls: 11,
      });
      expect(Object.keys(playlistsIn(one.raw()))).to.have.length(3);
    });

    it("ends before the deadline, and the next run goes on", async () => {
      const one = world(small());
      one.timeoutMs = endReserveMs + 1_000;
      const begun = one.clock.ms;
      const first = await one.run();
      expect(one.clock.ms - begun).to.be.below(one.timeoutMs);
      expect(first.runs[0]).to.deep.include({ status: "partial", stop_reason: "out_of_time" });
      one.timeoutMs = 900_000;
      expect((await one.run()).status).to.equal("complete");
      expect(Object.keys(playlistsIn(one.raw()))).to.have.length(3);
    });

    it("saves its checkpoints though one request of the final save stalls until its retry", async () => {
      const one = world(small());
      const deadline = one.clock.ms + one.timeoutMs;
      one.spotify.onCall = (_, index) => {
        if (index === 9) one.clock.ms = deadline - endReserveMs;
        return undefined;
      };
      const { connectionTimeout, socketTimeout } = clientOptions.requestHandler;
      let isStalled = false;
      const put: typeof one.bucket.put = async (...args) => {
        // The first write after the last call.
        if (!isStalled && deadline - one.clock.ms <= endReserveMs) {
          isStalled = true;
          one.clock.ms += socketTimeout + connectionTimeout;
        }
        expect(one.clock.ms).to.be.below(deadline);
        return one.bucket.put(...args);
      };
      const { status } = await one.run("e", { store: { ...one.bucket, put } });
      expect([status, isStalled, one.state().lease]).to.deep.equal(["partial", true, null]);
    });

    it("leaves closings to the next run if there is no time for them", async () => {
      const one = world(small());
      one.spotify.onCall = (_, index) => {
        if (index === 9) one.clock.ms += one.timeoutMs - endReserveMs - 1_000;
        return undefined;
      };
      expect((await one.run()).runs[0]).to.deep.include({ status: "partial", stop_reason: "out_of_time" });
      expect(playlistsIn(one.raw())).to.deep.equal({});
      const from = one.spotify.calls.length;
      one.clock.ms += dayMs;
      expect((await one.run()).status).to.equal("complete");
      expect(paths(one, from).filter((path) => path.includes("items"))).to.deep.equal([]);
      const { reads } = one.raw();
      const closed = reads.filter(({ header }) => header.stream === "playlist_items");
      expect(closed.map(({ day, close }) => [day, close.completed_at.slice(0, 10)])).to.deep.equal(
        Array(3).fill(["2026-11-22", "2026-11-23"]),
      );
    });

    it("forgets what it could not close if it has changed since, and reads it again", async () => {
      const shelf = small();
      const one = world(shelf);
      one.spotify.onCall = (_, index) => {
        if (index === 9) one.clock.ms += one.timeoutMs - endReserveMs - 1_000;
        return undefined;
      };
      await one.run();
      edit(shelf.playlists[0]!, ids("other", 7));
      await one.run();
      expect(playlistsIn(one.raw())).to.deep.equal({ big: ids("other", 7), little: ids("l", 3), empty: [] });
      expect(one.raw().reads.filter(({ header }) => header.container === "big")).to.have.length(1);
    });
  });

  it("fails at once if the secrets cannot be read, and holds no lease", async () => {
    const one = world(small());
    const secrets = () => Promise.reject(Object.assign(new Error("no"), { code: "secret_missing" }));
    expect((await failureOf(one.run("e", { secrets }))).code).to.equal("secret_missing");
    expect(one.bucket.objects.size).to.equal(0);
  });
});
