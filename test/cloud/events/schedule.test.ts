import { expect } from "chai";
import fc from "fast-check";
import { UserError } from "../../../cloud/errors";
import { firings } from "../../../cloud/events/schedule";

/** The firing times as text, without seconds. */
function times(expression: string, from: string, to: string): string[] {
  return firings(expression, Date.parse(from), Date.parse(to)).map((time) =>
    new Date(time).toISOString().replace(/:00\.000Z$/, ""),
  );
}

// 2026-01-01 is a Thursday.
const examples: [expression: string, from: string, to: string, expected: string[]][] = [
  ["rate(1 day)", "2026-01-01", "2026-01-03", ["2026-01-01T00:00", "2026-01-02T00:00"]],
  ["rate(1 hour)", "2026-01-01T00:01Z", "2026-01-01T02:00Z", ["2026-01-01T01:00"]],
  ["rate(30 minutes)", "2026-01-01T00:30Z", "2026-01-01T01:30Z", ["2026-01-01T00:30", "2026-01-01T01:00"]],
  ["rate(7 days)", "2026-01-01", "2026-01-09", ["2026-01-01T00:00", "2026-01-08T00:00"]],
  ["cron(15 6 * * ? *)", "2026-01-01T06:15Z", "2026-01-03", ["2026-01-01T06:15", "2026-01-02T06:15"]],
  ["cron(15 6 * * ? *)", "2026-01-01", "2026-01-01T06:15Z", []],
  ["cron(0 6 ? * MON *)", "2026-01-01", "2026-01-15", ["2026-01-05T06:00", "2026-01-12T06:00"]],
  ["cron(0 6 ? * 2 *)", "2026-01-01", "2026-01-08", ["2026-01-05T06:00"]],
  [
    "cron(0 6 ? * mon-wed,SAT *)",
    "2026-01-05",
    "2026-01-12",
    ["05", "06", "07", "10"].map((day) => `2026-01-${day}T06:00`),
  ],
  [
    "cron(0/20 23 1 1 ? 2026)",
    "2025-01-01",
    "2028-01-01",
    ["00", "20", "40"].map((at) => `2026-01-01T23:${at}`),
  ],
  [
    "cron(5-20/10 0,12 1 * ? *)",
    "2026-01-01",
    "2026-01-02",
    ["00:05", "00:15", "12:05", "12:15"].map((at) => `2026-01-01T${at}`),
  ],
  ["cron(0 0 29 FEB ? *)", "2026-01-01", "2033-01-01", ["2028-02-29T00:00", "2032-02-29T00:00"]],
  [
    "cron(0 0 */10 JAN,DEC ? 2026-2027)",
    "2027-06-01",
    "2029-01-01",
    ["01", "11", "21", "31"].map((day) => `2027-12-${day}T00:00`),
  ],
];

const refused: [expression: string, reason: RegExp][] = [
  ["daily", /must be rate\(…\) or cron\(…\)/],
  ["rate(1 week)", /a whole number and minutes, hours or days/],
  ["rate(0 days)", /a whole number/],
  ["rate(1 days)", /wants 1 day\./],
  ["rate(2 day)", /wants 2 days\./],
  ["cron(0 6 * * ?)", /six fields/],
  ["cron(0 6 * * * *)", /exactly one of day-of-month and day-of-week must be \?/],
  ["cron(0 6 ? * ? *)", /exactly one/],
  ["cron(60 6 * * ? *)", /"60" is not allowed in minutes \(0 to 59\)/],
  ["cron(0 6 ? * 0 *)", /"0" is not allowed in day-of-week \(1 to 7\)/],
  ["cron(0 6 L * ? *)", /L in day-of-month is not supported/],
  ["cron(0 6 15W * ? *)", /15W in day-of-month is not supported/],
  ["cron(0 6 ? * MON#1 *)", /MON#1 in day-of-week is not supported/],
  ["cron(0 6 ? * 6L *)", /6L in day-of-week is not supported/],
  ["cron(0 6 ? * FRI-MON *)", /FRI-MON is not a range/],
  ["cron(0 6-8-9 * * ? *)", /6-8-9 is not a range/],
  ["cron(0/0 6 * * ? *)", /"0\/0" is not allowed/],
  ["cron(? 6 * * ? *)", /"\?" is not allowed/],
  ["cron(1,,2 6 * * ? *)", /"" is not allowed/],
];

describe("firings", () => {
  for (const [expression, from, to, expected] of examples) {
    it(`of ${expression} from ${from} to ${to}`, () => expect(times(expression, from, to)).to.eql(expected));
  }

  for (const [expression, reason] of refused) {
    it(`refuses ${expression}`, () => {
      expect(() => firings(expression, 0, 1))
        .to.throw(UserError, reason)
        .with.property("message")
        .that.includes(expression);
    });
  }

  const instant = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2032, 0, 1) });
  const span = fc.integer({ min: 0, max: 20 * 86_400_000 });
  const schedule = fc.oneof(
    fc
      .tuple(fc.integer({ min: 2, max: 400 }), fc.constantFrom("minutes", "hours", "days"))
      .map(([n, unit]) => `rate(${n} ${unit})`),
    fc
      .record({
        minute: fc.integer({ min: 0, max: 59 }),
        hours: fc.constantFrom("*", "5", "1-23/7", "22,3"),
        days: fc.constantFrom("* * ?", "1/9 * ?", "? * MON", "? 2-11 3,7"),
      })
      .map(({ minute, hours, days }) => `cron(${minute} ${hours} ${days} *)`),
  );

  it("of neighbouring spans join to those of the whole", () => {
    fc.assert(
      fc.property(schedule, instant, span, span, (expression, from, first, second) => {
        const [middle, to] = [from + first, from + first + second];
        const parts = [...firings(expression, from, middle), ...firings(expression, middle, to)];
        expect(parts).to.eql(firings(expression, from, to));
      }),
      { numRuns: 50 },
    );
  });

  it("are ascending, on the minute and within the span", () => {
    fc.assert(
      fc.property(schedule, instant, span, (expression, from, length) => {
        const found = firings(expression, from, from + length);
        expect(found).to.eql([...new Set(found)].sort((a, b) => a - b));
        for (const time of found) {
          expect(time % 60_000).to.equal(0);
          expect(time).to.be.within(from, from + length - 1);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("of a cron expression are exactly the minutes that each of its fields allows", () => {
    const fields = fc.record({
      hour: fc.integer({ min: 0, max: 23 }),
      weekDay: fc.integer({ min: 1, max: 7 }),
      month: fc.integer({ min: 1, max: 12 }),
    });
    fc.assert(
      fc.property(fields, instant, ({ hour, weekDay, month }, start) => {
        const from = Math.floor(start / 3_600_000) * 3_600_000;
        const expected = [];
        for (let time = from; time < from + 60 * 86_400_000; time += 3_600_000) {
          const date = new Date(time);
          const fits = [
            date.getUTCHours() === hour,
            date.getUTCDay() + 1 === weekDay,
            date.getUTCMonth() + 1 === month,
          ];
          if (fits.every(Boolean)) expected.push(time);
        }
        expect(firings(`cron(0 ${hour} ? ${month} ${weekDay} *)`, from, from + 60 * 86_400_000)).to.eql(
          expected,
        );
      }),
      { numRuns: 30 },
    );
  });
});
