import { expect } from "chai";
import { expectedListening } from "../support/expectedListening";
import { liveDays, type LivedLake } from "../support/livedLake";
import { localTime } from "../support/localTime";

/** Here the clocks go forward on 2026-03-08. */
const timezone = "America/New_York";

describe("named queries answer what the simulated listener did", function () {
  this.timeout(120_000);
  let lived: LivedLake;
  let asOf: string;
  before(async () => {
    lived = await liveDays(9, timezone);
    asOf = localTime(lived.days.at(-1)!.readAt, timezone).day;
  });
  after(() => lived.answers.close());

  const listening = [
    "top_artists",
    "top_tracks_played",
    "listening_by_hour",
    "listening_by_day",
    "listening_streaks",
    "discoveries_per_month",
  ] as const;
  for (const name of listening) {
    it(name, async () => {
      const expected = expectedListening(lived.plays, timezone, asOf)[name];
      expect(expected).not.to.be.empty;
      const given: Record<string, string> = name === "discoveries_per_month" ? {} : { as_of: asOf };
      expect(await lived.answers.answer(name, given)).to.deep.equal(expected);
    });
  }
});
