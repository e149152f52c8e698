import { expect } from "chai";
import { failure } from "../../handlers/shared/errors";
import { s3Error } from "../../cloud/memory/memoryStore";
import { isExpected } from "./expectedErrors";
import type { FaultCounts } from "./faultInjector";
import { faultRun } from "./faultRun";
import { FaultSimulation } from "./faultSimulation";
import { fuzzRun } from "./fuzz";
import { Violation } from "./violation";

/** A short part of what `npm run test:faults` does. */
describe("under faults", function () {
  this.timeout(300_000);

  it("fault runs end with the truth in the lake", async () => {
    const counts: FaultCounts = {};
    const found = { plays: 0, gaps: 0, seen: 0 };
    for (let seed = 1; seed <= 24; seed += 1) {
      const { plays, gaps, seen } = await faultRun(seed, counts).catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
      });
      found.plays += plays;
      found.gaps += gaps;
      found.seen += seen;
    }
    expect(Object.keys(counts).length, "kinds of faults").to.be.greaterThan(20);
    expect(found.plays, "plays were returned").to.be.greaterThan(0);
    expect(found.gaps, "gaps were recorded").to.be.greaterThan(0);
    expect(found.seen, "readers saw reads").to.be.greaterThan(1000);
    expect(counts).to.include.keys(
      ...["part of a month sealed", "old files removed", "raw object of a sealed day"],
    );
  });

  it("a seed repeats a fault run, fault for fault", async () => {
    const both = [{}, {}];
    for (const counts of both) await faultRun(7, counts);
    expect(both[0]).to.deep.equal(both[1]);
  });

  it("an error that was not injected fails a run, even if the retry succeeds", async () => {
    const simulation = new FaultSimulation(1, {}, { sources: ["saved_tracks"] });
    try {
      simulation.stopFaults();
      const { list } = simulation.raw;
      simulation.raw.list = async () => {
        simulation.raw.list = list;
        throw new TypeError("list is undefined");
      };
      simulation.fire("main");
      const error = await simulation.run().catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(Violation);
      expect(String(error)).to.include("transform failed by a bug: TypeError: list is undefined");
      expect(simulation.deliveries.map(({ state }) => state)).to.not.include("failed");
    } finally {
      simulation.cloud.close();
    }
  });

  it("only injected errors, lost races and known codes are expected", () => {
    const bugs = [
      undefined,
      new Error("no code"),
      new TypeError("x is undefined"),
      failure("unexpected", "x is undefined"),
      failure("no_such_code", "Unknown."),
      failure("storage", "state could not be written.", new TypeError("x is undefined")),
    ];
    for (const error of bugs)
      for (const name of ["extract", "transform"] as const)
        expect(isExpected(name, error), String(error)).to.equal(false);
    expect(isExpected("extract", failure("fenced", "Another run has the lease."))).to.equal(true);
    const lostRace = failure("storage", "state could not be written.", s3Error("PreconditionFailed", 412));
    expect(isExpected("extract", lostRace)).to.equal(true);
  });

  it("mutated pages go through extract and transform without a wrong cell", async () => {
    let pages = 0;
    for (let seed = 1; seed <= 4; seed += 1) pages += await fuzzRun(seed);
    expect(pages).to.be.greaterThan(100);
  });
});
