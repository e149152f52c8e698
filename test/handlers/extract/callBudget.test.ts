import { expect } from "chai";
import { CallBudget, type CallBudgetOptions } from "../../../handlers/extract/callBudget";

describe("CallBudget", () => {
  const budget = (options: Partial<CallBudgetOptions> = {}) =>
    new CallBudget({
      dailyBudget: 100,
      spendableCalls: 80,
      isUntouched: true,
      callsLeft: () => 10,
      timeLeft: () => 60_000,
      ...options,
    });
  const nothing = { calls: 0, ms: 0 };

  it("holds as many calls as are left beside what later steps of any listener need", () => {
    const own = budget();
    expect(own.shortageFor(10, nothing)).to.equal(undefined);
    expect(own.shortageFor(11, nothing)).to.include({ code: "budget_spent" });
    own.reserve("me", 3);
    own.reserve("bob", 2);
    expect(own.shortageFor(5, nothing)).to.equal(undefined);
    expect(own.shortageFor(6, nothing)).to.include({ code: "budget_spent" });
    own.reserve("me", 0);
    expect(own.shortageFor(8, nothing)).to.equal(undefined);
    own.release("bob");
    expect(own.shortageFor(10, nothing)).to.equal(undefined);
  });

  it("holds as many calls as there is time for, by the calls made so far", () => {
    const own = budget({ timeLeft: () => 5_000 });
    expect(own.shortageFor(10, nothing), "half a second each at first").to.equal(undefined);
    expect(own.shortageFor(5, { calls: 2, ms: 2_000 })).to.equal(undefined);
    expect(own.shortageFor(6, { calls: 2, ms: 2_000 })).to.include({ code: "out_of_time" });
  });

  it("knows what fits into no day: more than a day has, or a day that nothing else has touched", () => {
    const own = budget();
    expect(own.fitsNoDay(80, 0, undefined)).to.equal(false);
    expect(own.fitsNoDay(81, 0, undefined)).to.equal(true);
    expect(own.fitsNoDay(80, 1, undefined)).to.equal(true);
    const spent = own.shortageFor(11, nothing);
    expect(own.fitsNoDay(11, 0, spent)).to.equal(true);
    own.touch();
    expect(own.fitsNoDay(11, 0, spent)).to.equal(false);
    const late = budget({ timeLeft: () => 0 });
    expect(late.fitsNoDay(1, 0, late.shortageFor(1, nothing)), "for want of time").to.equal(false);
  });

  it("names the setting, and what plays keep of it", () => {
    expect(budget().describe()).to.equal("100 a day, 20 of them kept for plays");
    expect(budget({ spendableCalls: 100 }).describe()).to.equal("100 a day");
  });
});
