import { expect } from "chai";
import { dayMs } from "../../support/extractWorld";
import { errorAnswer } from "../../support/fakeSpotify";
import { edit, ids, playlist } from "../../support/libraries";
import { playlistsIn } from "../../support/rawReader";
import { paths, small, world } from "./smallWorld";

describe("extract", () => {
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
      one.timeoutMs = 15_000;
      expect((await one.run()).runs[0]).to.deep.include({
        status: "partial",
        stop_reason: "out_of_time",
        calls: 11,
      });
      expect(Object.keys(playlistsIn(one.raw()))).to.have.length(3);
    });

    it("ends before the deadline, and the next run goes on", async () => {
      const one = world(small());
      one.timeoutMs = 11_000;
      const begun = one.clock.ms;
      const first = await one.run();
      expect(one.clock.ms - begun).to.be.below(one.timeoutMs);
      expect(first.runs[0]).to.deep.include({ status: "partial", stop_reason: "out_of_time" });
      one.timeoutMs = 900_000;
      expect((await one.run()).status).to.equal("complete");
      expect(Object.keys(playlistsIn(one.raw()))).to.have.length(3);
    });

    it("leaves closings to the next run if there is no time for them", async () => {
      const one = world(small());
      one.spotify.onCall = (_, index) => {
        if (index === 9) one.clock.ms += 889_000;
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
        if (index === 9) one.clock.ms += 889_000;
        return undefined;
      };
      await one.run();
      edit(shelf.playlists[0]!, ids("other", 7));
      await one.run();
      expect(playlistsIn(one.raw())).to.deep.equal({ big: ids("other", 7), little: ids("l", 3), empty: [] });
      expect(one.raw().reads.filter(({ header }) => header.container === "big")).to.have.length(1);
    });
  });
});
