import { expect } from "chai";
import { parts } from "../../../bench/index";
import { wholeNumber, wholeNumbers } from "../../../bench/lib/part";
import { UserError } from "../../../cloud/errors";

describe("parts of npm run bench", () => {
  it("have a name of their own, a sentence and defaults", () => {
    expect(new Set(parts.map(({ name }) => name)).size).to.equal(parts.length);
    for (const { measures, options } of parts) {
      expect(measures).to.match(/^[A-Z].*\.$/);
      for (const { meaning, fallback } of Object.values(options))
        expect(meaning && fallback).to.be.a("string");
    }
  });

  it("take whole numbers, and say what is allowed", () => {
    expect(wholeNumber({ runs: "3" }, "runs")).to.equal(3);
    expect(wholeNumbers({ items: "1000,16000" }, "items")).to.deep.equal([1000, 16000]);
    for (const text of ["0", "1.5", "-1", "x", "", "1,2"])
      expect(() => wholeNumber({ runs: text }, "runs"), text).to.throw(
        UserError,
        "--runs must be a whole number from 1 up.",
      );
    expect(() => wholeNumbers({ items: "1000," }, "items")).to.throw(
      UserError,
      "--items must be whole numbers, with commas between, from 1 up.",
    );
  });
});
