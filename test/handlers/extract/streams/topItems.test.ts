import { expect } from "chai";
import { dayMs, world, type World } from "../../../support/extractWorld";
import { errorAnswer } from "../../../support/fakeSpotify";
import { ids, library, topContainers } from "../../../support/libraries";
import { idsIn } from "../../../support/rawReader";

function fresh(count: number): World {
  const top = Object.fromEntries(topContainers.map((name) => [name, ids(`${name}-`, count)]));
  const one = world(library({ top }));
  one.settings.sources = ["top_items"];
  return one;
}

function expectTruth(one: World): void {
  for (const name of topContainers)
    expect(idsIn(one.raw(), name), name).to.deep.equal(one.library.top[name]!.slice(0, 50));
}

describe("top_items", () => {
  it("are read: tracks and artists over three times, a container each", async () => {
    const one = fresh(50);
    const { runs } = await one.run();
    expect(runs[0]).to.deep.include({ status: "complete", calls: 6, containers_read: 6, raw_objects: 1 });
    expect(one.spotify.calls.map(({ url }) => url)).to.deep.equal(
      ["tracks", "artists"].flatMap((kind) =>
        ["short_term", "medium_term", "long_term"].map(
          (range) => `https://api.example/v1/me/top/${kind}?time_range=${range}&limit=50&offset=0`,
        ),
      ),
    );
    expectTruth(one);
    const { header, close } = one.raw().reads[0]!;
    expect(header).to.deep.include({
      stream: "top_items",
      container: "tracks:short_term",
      read_kind: "full",
    });
    expect(close).to.deep.include({ container: "tracks:short_term", version: null, pages: 1, positions: 50 });
  });

  it("are read once a UTC day", async () => {
    const one = fresh(3);
    await one.run();
    expect((await one.run()).runs[0]).to.deep.include({ calls: 0, containers_unchanged: 6, raw_objects: 0 });
    one.clock.ms = Date.parse("2026-11-23T00:00:00Z");
    one.library.top["artists:long_term"] = ["other"];
    expect((await one.run()).runs[0]).to.deep.include({ calls: 6, containers_read: 6 });
    expectTruth(one);
  });

  it("are the first 50 of each list, however long it is", async () => {
    const one = fresh(3);
    one.library.top["tracks:medium_term"] = ids("long", 120);
    expect((await one.run()).runs[0]).to.deep.include({ status: "complete", calls: 6, containers_read: 6 });
    expectTruth(one);
  });

  it("are begun only if a call is left, and the next day's run begins anew", async () => {
    const one = fresh(3);
    one.settings.callBudget = 5;
    const { runs } = await one.run();
    expect(runs[0]).to.deep.include({ status: "partial", stop_reason: "budget_spent", calls: 5 });
    expect(one.raw().reads).to.have.length(5);
    one.clock.ms += dayMs;
    one.settings.callBudget = 20;
    expect((await one.run()).runs[0]).to.deep.include({ status: "complete", calls: 6 });
    expectTruth(one);
  });

  it("remember for 30 days, with one call, that the endpoint was taken from the app", async () => {
    const one = fresh(3);
    one.spotify.onCall = () => errorAnswer(403, "Forbidden");
    for (const calls of [1, 0]) {
      expect((await one.run()).runs[0]).to.deep.include({ status: "complete", calls, containers_skipped: 1 });
      one.clock.ms += dayMs;
    }
    one.spotify.onCall = () => undefined;
    one.clock.ms += 30 * dayMs;
    await one.run();
    expectTruth(one);
  });
});
