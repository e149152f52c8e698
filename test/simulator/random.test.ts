import { expect } from "chai";
import fc from "fast-check";
import { idOf, imageIdOf, insertAt, Random } from "../../simulator/random";

describe("random", () => {
  it("repeats itself for the same name and differs for another", () => {
    const draw = (...name: string[]) => {
      const random = new Random(...name);
      return Array.from({ length: 20 }, () => random.next());
    };
    expect(draw("a", "b")).to.deep.equal(draw("a", "b"));
    expect(draw("a", "b")).not.to.deep.equal(draw("ab"));
  });

  it("stays within its bounds", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1000 }), (name, length) => {
        const random = new Random(name);
        const number = random.next();
        expect(number >= 0 && number < 1).to.be.true;
        expect(random.int(0, length - 1)).to.be.within(0, length - 1);
        expect(random.zipf(length)).to.be.within(0, length - 1);
        const list = Array.from({ length }, (_, k) => k);
        expect(random.shuffle(list).sort((a, b) => a - b)).to.deep.equal(list);
      }),
      { numRuns: 50 },
    );
  });

  it("draws by Zipf's law: index 0 about twice as often as index 1 and far more often than the last", () => {
    const random = new Random("zipf");
    const drawn = Array.from({ length: 20_000 }, () => random.zipf(100));
    const count = (index: number) => drawn.filter((one) => one === index).length;
    expect(count(0) / count(1)).to.be.within(1.4, 2.1);
    expect(count(0) / (count(99) + 1)).to.be.above(25);
  });

  it("makes ids as Spotify's look", () => {
    expect(idOf("a", 1)).to.match(/^[0-9A-Za-z]{22}$/);
    expect(idOf("a", 1)).not.to.equal(idOf("a", 2));
    expect(imageIdOf("a")).to.match(/^[0-9a-f]{40}$/);
  });

  it("inserts without touching the list", () => {
    const list = [1, 2];
    expect([0, 1, 2].map((at) => insertAt(list, at, 9))).to.deep.equal([
      [9, 1, 2],
      [1, 9, 2],
      [1, 2, 9],
    ]);
    expect(list).to.deep.equal([1, 2]);
  });
});
