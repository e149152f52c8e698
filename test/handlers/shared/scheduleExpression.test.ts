import { expect } from "chai";
import { firingsLeftToday, parseSchedule } from "../../../handlers/shared/scheduleExpression";

describe("firingsLeftToday", () => {
  // A Sunday.
  const at = Date.parse("2026-11-22T22:30:00Z");
  const examples: Record<string, number> = {
    "rate(1 hour)": 2,
    "rate(6 hours)": 1,
    "rate(5 minutes)": 18,
    "rate(2 days)": 1,
    "cron(30 * * * ? *)": 2,
    "cron(0/20 22-23 * * ? *)": 4,
    "cron(0 4 * * ? *)": 0,
    "cron(0 23 ? * SUN *)": 1,
    "cron(0 23 ? * MON-SAT *)": 0,
    "cron(0 23 22 11 ? 2026)": 1,
    "cron(0 23 22 12 ? *)": 0,
    "cron(0 23 L * ? *)": 1,
  };
  for (const [expression, count] of Object.entries(examples))
    it(`${expression}: ${count}`, () => {
      expect(firingsLeftToday(parseSchedule(expression), at)).to.equal(count);
    });
});
