import { expect } from "chai";
import { didYouMean, suggestion } from "../../infra/suggest";

describe("a suggestion", () => {
  const words = ["sources", "schedule", "timezone", "tracks", "current_tracks", "top_artists", "lake"];

  for (const [typed, meant] of [
    ["shedule", "schedule"],
    ["trakcs", "tracks"],
    ["lkae", "lake"],
    ["TimeZone", "timezone"],
    ["top_artist", "top_artists"],
    ["top", "top_artists"],
    ["sourcesx", "sources"],
    ["current", "current_tracks"],
  ] as const)
    it(`for ${typed} is ${meant}`, () => expect(suggestion(typed, words)).to.equal(meant));

  for (const typed of ["foo", "to", "s", "mood", ""])
    it(`is not made for "${typed}", which is like none`, () =>
      expect(suggestion(typed, words)).to.equal(undefined));

  it("ends a sentence either way", () => {
    expect(didYouMean("shedule", words)).to.equal("; did you mean schedule?");
    expect(didYouMean("foo", words)).to.equal(".");
  });
});
