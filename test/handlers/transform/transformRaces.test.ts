import { expect } from "chai";
import fc from "fast-check";
import { eventOf, lakeBytes, world } from "../../support/transformWorld";
import { loadHandlers } from "./loadHandlers";
import { everyOrder, oneOrder } from "./schedule";
import { checkReader, race, rawObjects, settings, type Race } from "./race";

/**
 * Runs several transforms of one stream-day under a scheduler that decides, call by call, whose HEAD, LIST, PUT or
 * register happens next, when each raw object is written, and when a transform is killed (its event is then delivered again).
 * Between two such calls a transform only computes, so these orders are all there are. What else the stream has
 * (its quarantine, skips, quality_results) is written right when it is asked for, which leaves two tables to play with;
 * the ETags of all that are read together.
 */

const { transform } = loadHandlers();

describe("transforms of one stream-day at once", () => {
  const expected = new Map<number, [string, string][]>();

  before(async () => {
    for (const count of [2, 3]) {
      const { raw, deps, ...rest } = world();
      const objects = rawObjects.slice(0, count);
      for (const { key, body } of objects) await raw.put(key, body, { ifNoneMatch: "*" });
      await transform({ ...deps, raw }, settings, eventOf(objects[0]!.key));
      expected.set(count, lakeBytes(rest));
    }
  });

  function checkEnd(end: Race, path: string[]): void {
    for (const { error } of end.schedule.actors)
      if (error) throw new Error(`${String(error)}:\n${path.join("\n")}`);
    if (JSON.stringify(lakeBytes(end)) !== JSON.stringify(expected.get(end.schedule.actors.length))) {
      throw new Error(`The lake is not what raw makes of it:\n${path.join("\n")}`);
    }
    // Nothing was skipped, so that table has no file and no partition.
    expect(end.partitions.size).to.equal(3);
  }

  it("two, with one killed anywhere, in every order: the same bytes, and no read without its rows", async () => {
    const { states, ends } = await everyOrder(() => race(transform, 2, 1), checkReader, checkEnd);
    expect(states).to.be.above(1000);
    expect(ends).to.be.above(10);
  });

  it("three, with one killed anywhere, in random orders: the same", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(11), { minLength: 20, maxLength: 100 }), async (choices) => {
        await oneOrder(race(transform, 3, 1), choices, checkReader, checkEnd);
      }),
      { numRuns: 500 },
    );
  });
});
