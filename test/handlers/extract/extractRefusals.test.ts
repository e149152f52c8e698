import { expect } from "chai";
import { failureOf, world as worldOf, type World, signIn } from "../../support/extractWorld";
import { errorAnswer } from "../../support/fakeSpotify";
import { ids, library, playlist, plays, topContainers } from "../../support/libraries";
import { libraryIn, playlistsIn } from "../../support/rawReader";
import { paths, small, world } from "./smallWorld";

describe("extract", () => {
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
});
