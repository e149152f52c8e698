import { expect } from "chai";
import type { RunSummary } from "../../../handlers/extract/extract";
import { signIn, world } from "../../support/extractWorld";
import { errorAnswer, jsonAnswer } from "../../support/fakeSpotify";
import { ids, library, playlist, plays } from "../../support/libraries";
import { playsIn } from "../../support/rawReader";
import { paths, small, versionedWorld } from "../../support/smallWorld";

describe("extract", () => {
  describe("started by the rule for plays", () => {
    const playsRule = "arn:aws:events:eu-west-1:123456789012:rule/plays-0123456";
    const event = (id: string) => ({ id, resources: [playsRule] });
    const playing = () => {
      const one = world(library({ playlists: [playlist("own", ids("o", 3))], plays: plays(ids("p", 3)) }));
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

    it("yields at once to a run that holds the lease, and leaves no trace", async () => {
      const one = playing();
      let yielded: RunSummary | undefined;
      let holder: unknown;
      const fetch: typeof globalThis.fetch = async (input, init) => {
        if (one.spotify.calls.length === 3 && !yielded) {
          const before = one.bucket.objects.size;
          holder = one.state().lease;
          yielded = await one.run(event("plays"));
          expect(one.bucket.objects.size).to.equal(before);
        }
        return one.spotify.fetch(input, init);
      };
      expect((await one.run("e", { fetch })).status).to.equal("complete");
      expect(holder).to.include({ event: "e" });
      expect(yielded).to.deep.include({ status: "yielded", holder, runs: [] });
      expect(one.logged).to.deep.include({
        ...{ message: "nothing done", reason: "yielded", holder },
        ...{ run_id: yielded!.run_id, event_id: "plays" },
      });
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
    const one = versionedWorld(small());
    await one.run("e");
    const { calls } = one.spotify;
    const before = calls.length;
    expect(await one.run("e")).to.deep.include({ status: "duplicate", runs: [] });
    expect(calls.length).to.equal(before);
  });

  it("never shows a secret in raw, state or log", async () => {
    const one = versionedWorld(small());
    one.spotify.onCall = (_, index) => (index === 2 ? errorAnswer(401, "expired") : undefined);
    await one.run();
    one.spotify.onSignIn = () => jsonAnswer(400, { error: "invalid_grant" });
    const refused = await one.run();
    const shown = JSON.stringify([one.logged, one.raw(), one.state(), refused]);
    for (const secret of ["hush", "refresh-me", "token-1"]) expect(shown).not.to.contain(secret);
  });
});
