import { expect } from "chai";
import fc from "fast-check";
import { dayMs, world, type World } from "../../support/extractWorld";
import { ids, library, playlist, savedTracks } from "../../support/libraries";
import { libraryIn, playlistsIn } from "../../support/rawReader";

const hourMs = 3_600_000;
const playsRule = "arn:aws:events:eu-west-1:123456789012:rule/plays";

/** A listener whose playlists and saved tracks have these sizes. */
const cases = fc.record({
  callBudget: fc.integer({ min: 45, max: 90 }),
  sizes: fc.array(fc.integer({ min: 0, max: 4000 }), { minLength: 1, maxLength: 4 }),
  saved: fc.integer({ min: 0, max: 3000 }),
  /** Whether the settings name the first playlist, rather than reading all of them. */
  isNamed: fc.boolean(),
  hasPlaysRule: fc.boolean(),
  /** Of the daily run. */
  hour: fc.integer({ min: 0, max: 23 }),
});

/** What a day may take beside the container in question. */
const mostBeside = 45;

/** A day with its daily run, and with some that read plays alone; gives what came of the daily one. */
async function livedDay(one: World, midnight: number, hour: number) {
  const playsAt = async (from: number, to: number) => {
    for (let at = from; at < to; at += 6) {
      one.clock.ms = midnight + (at + 0.75) * hourMs;
      if (one.settings.playsRule) await one.run({ id: String(one.clock.ms), resources: [playsRule] });
    }
  };
  await playsAt(0, hour);
  one.clock.ms = midnight + hour * hourMs;
  const summary = await one.run();
  await playsAt(hour, 24);
  return summary;
}

describe("what no day's budget can hold", () => {
  it("is a skip with that reason, and keeps no run from being complete", async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ callBudget, sizes, saved, isNamed, hasPlaysRule, hour }) => {
        const lists = sizes.map((size, index) => playlist(`p${index}`, ids("t", size)));
        const one = world(library({ playlists: lists, saved: savedTracks(ids("s", saved)) }));
        Object.assign(one.settings, { callBudget }, hasPlaysRule && { playsRule });
        if (isNamed) one.settings.sources = ["recently_played", "saved_tracks", "playlist:p0"];
        const midnight = one.clock.ms - (one.clock.ms % dayMs);
        let last = await livedDay(one, midnight, hour);
        for (let day = 1; day < 2 * sizes.length + 8; day += 1)
          last = await livedDay(one, midnight + day * dayMs, hour);
        expect(last.status).to.equal("complete");
        const raw = one.raw();
        const skips = raw.skips.filter(({ run_id }) => run_id === last.run_id);
        for (const { reason, message } of skips)
          if (reason === "over_budget") expect(message).to.include(`the budget is ${callBudget} a day`);
        const isOver = (id: string) => skips.some((s) => s.container === id && s.reason === "over_budget");
        for (const { id, items } of isNamed ? lists.slice(0, 1) : lists)
          if (isOver(id)) expect(items.length / 50).to.be.greaterThan(callBudget - mostBeside);
          else expect(playlistsIn(raw)[id]).to.deep.equal(items);
        if (isOver("saved_tracks")) expect(saved / 50).to.be.greaterThan(callBudget - mostBeside);
        else expect(libraryIn(raw).size).to.equal(saved);
      }),
      { numRuns: 25 },
    );
  });
});
