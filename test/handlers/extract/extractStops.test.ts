/** One file of more than 300 lines: every way in which a run stops early, on one set-up. */
import { expect } from "chai";
import { endReserveMs } from "../../../handlers/extract/extract";
import { clientOptions } from "../../../handlers/shared/clients";
import { stateKey } from "../../../handlers/state/session";
import { dayMs, failureOf, signIn } from "../../support/extractWorld";
import { errorAnswer } from "../../support/fakeSpotify";
import { edit, ids, playlist } from "../../support/libraries";
import { libraryIn, playlistsIn } from "../../support/rawReader";
import { paths, small, versionedWorld } from "../../support/smallWorld";

describe("extract, if it must stop early", () => {
  describe("when Spotify refuses", () => {
    for (const [code, text] of [
      ["premium_lapsed", "Active premium subscription required for the owner of the app."],
      ["not_allow_listed", "User not registered in the Developer Dashboard"],
    ] as const)
      it(`ends with the reason ${code}, and keeps what was read`, async () => {
        const one = versionedWorld(small());
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
      const one = versionedWorld(small());
      one.spotify.onCall = ({ path }) => (path.includes("little") ? errorAnswer(500, "oops") : undefined);
      expect((await failureOf(one.run())).code).to.equal("server_error");
      const raw = one.raw();
      expect(Object.keys(playlistsIn(raw)).sort()).to.deep.equal(["big", "empty"]);
      expect(raw.runs[0]).to.deep.include({ status: "failed", retries: 4 });
    });

    it("stops when three containers in a row fail", async () => {
      const one = versionedWorld(small());
      one.library.playlists.push(playlist("tiny", ids("t", 2)), playlist("last", ids("x", 200)));
      one.spotify.onCall = ({ path }) => (path.includes("items") ? errorAnswer(500, "oops") : undefined);
      expect((await failureOf(one.run())).code).to.equal("server_error");
      expect(paths(one).filter((path) => path.includes("items"))).to.have.length(15);
    });
  });

  describe("when Spotify wants a pause", () => {
    const quota = () => errorAnswer(429, "Too many", { reason: "QUOTA_EXCEEDED" });

    it("keeps what was read, makes no call before the time, then goes on", async () => {
      const one = versionedWorld(small());
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
      const one = versionedWorld(small());
      one.spotify.onCall = quota;
      expect((await one.run()).runs[0]!.not_before).to.equal("2026-11-23T00:00:00.000Z");
    });

    it("waits an hour at least, and half a minute after a rate limit without a time", async () => {
      const late = versionedWorld(small());
      late.clock.ms = Date.parse("2026-11-22T23:59:00Z");
      late.spotify.onCall = quota;
      const { runs } = await late.run();
      expect(Date.parse(runs[0]!.not_before!) - late.clock.ms).to.equal(3_600_000);
      const limited = versionedWorld(small());
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
      const one = versionedWorld(small());
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
    const one = versionedWorld(small());
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
    const one = versionedWorld(small());
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
    const one = versionedWorld(small());
    const put: typeof one.bucket.put = async (key, ...rest) => {
      if (key.startsWith("raw/")) throw new Error("SlowDown");
      return one.bucket.put(key, ...rest);
    };
    expect((await failureOf(one.run("e", { store: { ...one.bucket, put } }))).code).to.equal("storage");
    expect(one.state()).to.deep.include({ lease: null, finished_events: [] });
  });

  describe("within the day's budget", () => {
    it("starts only what it can hold, with a call kept back for the closing", async () => {
      const one = versionedWorld(small());
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
      const one = versionedWorld(small());
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
      const one = versionedWorld(small());
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
      const one = versionedWorld(small());
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
      const one = versionedWorld(small());
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
      const one = versionedWorld(small());
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
      const one = versionedWorld(small());
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
      const one = versionedWorld(small());
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
      const one = versionedWorld(small());
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
      const one = versionedWorld(shelf);
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
    const one = versionedWorld(small());
    one.areAccountsKnown = false;
    const secrets = () => Promise.reject(Object.assign(new Error("no"), { code: "secret_missing" }));
    expect((await failureOf(one.run("e", { secrets }))).code).to.equal("secret_missing");
    expect(one.bucket.objects.size).to.equal(0);
  });
});
