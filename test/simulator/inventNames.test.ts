import { expect } from "chai";
import { oddityCount, oddName, personName, playlistName } from "../../simulator/inventNames";
import { Random } from "../../simulator/random";

describe("invented names", () => {
  const names = Array.from({ length: 2000 }, (_, seed) => [
    personName(new Random("names", seed)),
    playlistName(new Random("names", seed)),
  ]).flat();

  it("have plurals as English has them", () => {
    expect(names.some((name) => /^The \w+ Ferries$/.test(name))).to.equal(true);
    expect(names.some((name) => /^The \w+ Compasses$/.test(name))).to.equal(true);
    expect(names.some((name) => /^\w+ balconies$/.test(name))).to.equal(true);
    for (const name of names) expect(name).not.to.match(/(ss|x|ch|sh|z)s\b|[^aeiou]ys\b|sss/i);
  });

  it("have no s after an s, however odd they are", () => {
    for (let index = 0; index < oddityCount; index++)
      expect(oddName(index, "The Ferries")).not.to.include("s's").and.not.to.include("’s's");
  });
});
