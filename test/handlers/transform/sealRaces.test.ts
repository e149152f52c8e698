import { expect } from "chai";
import fc from "fast-check";
import { loadHandlers } from "./loadHandlers";
import { everyOrder, oneOrder } from "./schedule";
import {
  ofOneDay,
  ofOneStream,
  ofPart,
  ofTwoStreams,
  sealRace,
  type LateRaw,
  type SealRace,
} from "./sealRace";

/** A seal beside transforms under a scheduler that decides whose call happens next, and who is killed (see race.ts). */
describe("a seal beside late raw objects", function () {
  // Thousands of states, each from the beginning: a busy machine takes minutes.
  this.timeout(300_000);
  const handlers = loadHandlers();

  /** Checks that nothing vanishes that was visible. */
  function checker(): (now: SealRace, path: string[]) => Promise<void> {
    const before = new WeakMap<SealRace, Set<string>>();
    return async (now, path) => {
      const visible = await now.visible();
      for (const row of before.get(now) ?? [])
        if (!visible.has(row)) throw new Error(`${row} is no longer visible:\n${path.join("\n")}`);
      before.set(now, visible);
    };
  }

  /** Checks that all is visible at rest, and after the day files are removed. */
  const checkEnd =
    ({ rows }: LateRaw) =>
    async (end: SealRace, path: string[]): Promise<void> => {
      for (const { error } of end.schedule.actors)
        if (error) throw new Error(`${String(error)}:\n${path.join("\n")}`);
      await end.deliverRest();
      for (const when of ["at rest", "a day later"]) {
        const visible = [...(await end.visible())].sort();
        if (JSON.stringify(visible) !== JSON.stringify(rows))
          throw new Error(`${when} ${visible.join(", ")} is visible:\n${path.join("\n")}`);
        await end.sealNextDay();
      }
    };

  for (const [format, kills, least] of [
    ["csv", 1, 2000],
    ["parquet", 0, 200],
  ] as const) {
    it(`one, ${kills} killed anywhere, in every order, as ${format}: nothing visible vanishes, at rest all is there`, async () => {
      const begin = () => sealRace(handlers, format, ofOneStream, kills);
      const { states, ends } = await everyOrder(begin, checker(), checkEnd(ofOneStream));
      expect(states).to.be.above(least);
      expect(ends).to.be.above(5);
    });

    it(`two, each killed anywhere, in random orders, as ${format}: the same`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(11), { minLength: 20, maxLength: 120 }), async (choices) =>
          oneOrder(
            await sealRace(handlers, format, ofTwoStreams, 3),
            choices,
            checker(),
            checkEnd(ofTwoStreams),
          ),
        ),
        { numRuns: 300 },
      );
    });
  }

  it("two of one day, of which the event of one comes last, in every order: the same", async () => {
    const begin = () => sealRace(handlers, "csv", ofOneDay, 0);
    const { states } = await everyOrder(begin, checker(), checkEnd(ofOneDay));
    expect(states).to.be.above(800);
  });

  for (const [from, to, day, isWarm, lies] of [
    [0, 15, "22", false, "on a day that is not sealed"],
    [15, 31, "22", true, "on a day that is being sealed"],
    [15, 31, "12", false, "on a day that was sealed before"],
  ] as const)
    it(`from day ${from} to day ${to}, two ${lies}, of which the event of one comes last: the same`, async () => {
      const raw = ofPart(from, to, day, isWarm);
      const { states } = await everyOrder(() => sealRace(handlers, "csv", raw, 0), checker(), checkEnd(raw));
      expect(states).to.be.above(600);
    });

  for (const [what, raw] of [
    ["a month", ofOneDay],
    ["a part of a month, of a day that was sealed before", ofPart(15, 31, "12", false)],
  ] as const)
    it(`${what}, after an upgrade, so that transforms change partitions: the same`, async () => {
      const begin = () => sealRace(handlers, "csv", { ...raw, isUpgraded: true }, 0);
      const { states } = await everyOrder(begin, checker(), checkEnd(raw));
      expect(states).to.be.above(600);
    });
});
