import { expect } from "chai";
import type { ExtractDeps } from "../../../handlers/extract/extract";
import { codeOf } from "../../../handlers/shared/errors";
import { world } from "../../support/extractWorld";
import { ids, library, playlist, savedTracks } from "../../support/libraries";

const minuteMs = 60_000;
const some = () => library({ playlists: [playlist("one", ids("l", 3))], saved: savedTracks(ids("s", 60)) });

/** Lambda tries a failed event again after one minute, and after two more. */
describe("extract, tried again by Lambda", () => {
  for (const at of [1, 4, 7])
    it(`never has two attempts running: the first ones hang at call ${at}`, async () => {
      const one = world(some());
      const frozen: (() => void)[] = [];
      /** An attempt that stands still at a call, until it is let go on. */
      const hanging = (): Partial<ExtractDeps> => {
        let calls = 0;
        return {
          fetch: async (input, init) => {
            if (++calls === at) await new Promise<void>((resolve) => frozen.push(resolve));
            return one.spotify.fetch(input, init);
          },
        };
      };
      const attempts = [];
      for (const waitMs of [minuteMs, 2 * minuteMs]) {
        attempts.push(one.run("e", hanging()).catch((error: unknown) => error));
        for (let tries = 0; frozen.length < attempts.length && tries < 1000; tries += 1)
          await new Promise(setImmediate);
        one.clock.ms += waitMs;
      }
      expect(frozen).to.have.length(2);
      expect((await one.run("e")).status).to.equal("complete");
      const done = [...one.bucket.objects.keys()];
      const state = one.state();
      // Those before it come back, and find themselves fenced off before they write anything.
      frozen.forEach((goOn) => goOn());
      expect((await Promise.all(attempts)).map(codeOf)).to.deep.equal(["fenced", "fenced"]);
      expect([...one.bucket.objects.keys()]).to.deep.equal(done);
      expect(one.state()).to.deep.equal(state);
    });

  it("lets another event wait while an attempt is running, and serves it when Lambda tries it again", async () => {
    const one = world(some());
    let goOn: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => (goOn = resolve));
    const first = one.run("e", {
      fetch: async (input, init) => {
        await stuck;
        return one.spotify.fetch(input, init);
      },
    });
    await new Promise(setImmediate);
    for (const waitMs of [minuteMs, 2 * minuteMs]) {
      const refused = await one.run("f").catch(codeOf);
      expect(refused).to.equal("lease_taken");
      one.clock.ms += waitMs;
    }
    expect(one.state().lease!.event).to.equal("e");
    goOn();
    expect((await first).status).to.equal("complete");
    expect((await one.run("f")).status).to.equal("complete");
  });
});
