import { expect } from "chai";
import { usualAgeHours } from "../../infra/dataAge";

describe("usualAgeHours", () => {
  const cases: [schedule: string, hours: number][] = [
    ["cron(15 4 * * ? *)", 36],
    ["cron(15 4 ? * MON *)", 192],
    ["cron(0 6,18 ? * * *)", 36],
    ["cron(0 6 1 * ? *)", 850],
    ["rate(1 day)", 36],
    ["rate(12 hours)", 24],
    ["rate(90 minutes)", 14],
    ["rate(7 days)", 192],
  ];
  for (const [schedule, hours] of cases)
    it(`of ${schedule} is ${hours}`, () => expect(usualAgeHours(schedule)).to.equal(hours));
});
