import { expect } from "chai";
import fc from "fast-check";
import { exactNumber, intervalText, kindOf } from "../../../cloud/lake/cells";

describe("cells of an answer", () => {
  it("are numbers where a double holds them exactly, and text otherwise", () => {
    for (const text of ["0", "-12", "9007199254740991", "1.5", "0.001"])
      expect(exactNumber(text)).to.equal(Number(text));
    for (const text of [
      "9007199254740993",
      "-9007199254740993",
      "9007199254740990.9999",
      "NaN",
      "Infinity",
      "",
    ])
      expect(exactNumber(text)).to.equal(text);
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (n) => {
        expect(String(exactNumber(String(n)))).to.equal(String(n));
      }),
    );
  });

  const intervals: [months: number, days: number, micros: string, text: string][] = [
    [14, 0, "0", "1 year 2 months"],
    [0, 1, "7384000000", "1 day 02:03:04"],
    [0, 0, "90061500000", "25:01:01.5"],
    [0, 0, "0", "00:00:00"],
    [-1, -2, "-1", "-1 month -2 days -00:00:00.000001"],
  ];
  for (const [months, days, micros, text] of intervals)
    it(`are intervals such as ${text}`, () => expect(intervalText({ months, days, micros })).to.equal(text));

  it("are distinguished by their types, of both engines", () => {
    expect(["BIGINT", "DECIMAL(38,0)", "integer", "HUGEINT", "double"].map(kindOf)).to.deep.equal(
      Array(5).fill("number"),
    );
    expect(["TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "timestamp"].map(kindOf)).to.deep.equal(
      Array(3).fill("time"),
    );
    expect(["VARCHAR", "INTERVAL", "interval day to second", "date", "INTEGER[]"].map(kindOf)).to.include(
      "other",
    );
  });
});
