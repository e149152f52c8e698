import { expect } from "chai";
import { callsKeptForPlays } from "../../../handlers/extract/limits";
import { dayMs, world } from "../../support/extractWorld";
import { ids, library, playlist, plays } from "../../support/libraries";

const hourMs = 3_600_000;
const midnight = Date.parse("2026-11-22T00:00:00Z");

describe("callsKeptForPlays", () => {
  it("is one for each listener and hour left of the UTC day", () => {
    expect(callsKeptForPlays(600, 1, midnight)).to.equal(24);
    expect(callsKeptForPlays(600, 3, midnight + 22.5 * hourMs)).to.equal(6);
    expect(callsKeptForPlays(600, 0, midnight)).to.equal(0);
  });

  it("is a fifth of the budget at most", () => {
    expect(callsKeptForPlays(50, 2, midnight)).to.equal(10);
  });

  it("lets plays be read until midnight on a day whose budget is spent", async () => {
    const lists = ids("list", 80).map((id) => playlist(id, ids(id, 1)));
    const one = world(library({ playlists: lists, plays: plays(ids("p", 3)) }));
    Object.assign(one.settings, { callBudget: 100, playsRule: "plays" });
    one.clock.ms = midnight + 4 * hourMs;
    expect((await one.run()).runs[0]).to.deep.include({ status: "partial", stop_reason: "budget_spent" });
    for (let hour = 5; hour < 24; hour += 1) {
      one.clock.ms = midnight + hour * hourMs;
      one.library.plays.push({ id: `q${hour}`, playedAt: new Date(one.clock.ms - 60_000).toISOString() });
      const { runs } = await one.run({ id: `plays-${hour}`, resources: ["plays"] });
      expect(runs[0]).to.deep.include({ status: "complete", calls: 1 });
    }
    expect(one.state().budget.reserved).to.be.within(81, 100);
    one.clock.ms = midnight + dayMs + 4 * hourMs;
    expect((await one.run()).status).to.equal("complete");
  });
});
