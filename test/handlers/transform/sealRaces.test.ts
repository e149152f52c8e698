import { expect } from "chai";
import fc from "fast-check";
import { loadHandlers } from "./loadHandlers";
import { everyOrder, oneOrder } from "./schedule";
import { allRows, sealRace, type SealRace } from "./sealRace";

/** A seal beside transforms under a scheduler that decides whose call happens next, and who is killed (see race.ts). */
describe("a seal beside late raw objects", () => {
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
  async function checkEnd(end: SealRace, path: string[]): Promise<void> {
    for (const { error } of end.schedule.actors)
      if (error) throw new Error(`${String(error)}:\n${path.join("\n")}`);
    const wanted = path.some((step) => step.startsWith("extract_runs"))
      ? allRows
      : allRows.filter((row) => row !== "extract_runs 20");
    for (const when of ["at rest", "a day later"]) {
      const visible = [...(await end.visible())].sort();
      if (JSON.stringify(visible) !== JSON.stringify(wanted))
        throw new Error(`${when} ${visible.join(", ")} is visible:\n${path.join("\n")}`);
      await end.sealNextDay();
    }
  }

  for (const [format, kills, least] of [
    ["csv", 1, 1000],
    ["parquet", 0, 200],
  ] as const) {
    it(`one, ${kills} killed anywhere, in every order, as ${format}: nothing visible vanishes, at rest all is there`, async () => {
      const begin = () => sealRace(handlers, format, 1, kills);
      const { states, ends } = await everyOrder(begin, checker(), checkEnd);
      expect(states).to.be.above(least);
      expect(ends).to.be.above(5);
    });

    it(`two, each killed anywhere, in random orders, as ${format}: the same`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(11), { minLength: 20, maxLength: 120 }), async (choices) =>
          oneOrder(await sealRace(handlers, format, 2, 3), choices, checker(), checkEnd),
        ),
        { numRuns: 300 },
      );
    });
  }
});
