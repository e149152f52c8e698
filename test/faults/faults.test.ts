import { expect } from "chai";
import type { Tally } from "./chaos";
import { faultRun } from "./faultRun";
import { fuzzRun } from "./fuzz";

/** As many as fit into a minute; `npm run test:faults` does more. */
describe("under faults", function () {
  this.timeout(300_000);

  it("random lives of the pipeline end with the truth in the lake", async () => {
    const tally: Tally = {};
    for (let seed = 1; seed <= 24; seed += 1) {
      await faultRun(seed, tally).catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
      });
    }
    expect(Object.keys(tally).length, "kinds of faults").to.be.greaterThan(20);
  });

  it("a seed repeats a life, fault for fault", async () => {
    const tallies = [{}, {}];
    for (const tally of tallies) await faultRun(7, tally);
    expect(tallies[0]).to.deep.equal(tallies[1]);
  });

  it("mutated pages go through extract and transform without a wrong cell", async () => {
    let pages = 0;
    for (let seed = 1; seed <= 4; seed += 1) pages += await fuzzRun(seed);
    expect(pages).to.be.greaterThan(100);
  });
});
