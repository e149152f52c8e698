import { expect } from "chai";
import fc from "fast-check";
import { Texts } from "../../../../handlers/transform/rows/texts";

/** Texts as cells hold them: no half surrogate pairs. Some have more bytes than the head of a text can say. */
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    "é",
    "静かな",
    "🎧",
    "a".repeat(254),
    "a".repeat(255),
    "é".repeat(127),
    "é".repeat(128),
  ),
  fc
    .tuple(fc.string({ unit: "grapheme", minLength: 1, maxLength: 4 }), fc.nat(400))
    .map(([part, times]) => part.repeat(times)),
);

const anyTexts = fc.array(anyText, { maxLength: 60 });

function orderOf(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

describe("Texts", () => {
  it("returns each text, its size and its bytes by its number", () => {
    fc.assert(
      fc.property(anyTexts, (given) => {
        const texts = new Texts();
        const numbers = given.map((text) => texts.numberOf(text));
        for (const [at, text] of given.entries()) {
          const bytes = Buffer.from(text);
          expect(texts.at(numbers[at]!)).to.equal(text);
          expect(texts.sizeOf(numbers[at]!)).to.equal(bytes.length);
          const target = Buffer.alloc(bytes.length + 2);
          expect(texts.copy(numbers[at]!, target, 1)).to.equal(bytes.length + 1);
          expect(target.subarray(1, -1).equals(bytes)).to.equal(true);
        }
      }),
    );
  });

  it("compares two texts as strings are compared, and finds equal ones whatever their numbers are", () => {
    fc.assert(
      fc.property(anyText, anyText, anyTexts, (left, right, between) => {
        const texts = new Texts();
        const one = texts.numberOf(left);
        for (const text of between) texts.numberOf(text);
        const other = texts.numberOf(right);
        expect(Math.sign(texts.compare(one, other))).to.equal(orderOf(left, right));
        expect(texts.isSame(one, other)).to.equal(left === right);
        if (left === right) expect(texts.hashOf(one)).to.equal(texts.hashOf(other));
      }),
    );
  });

  it("gives a text that comes again soon the number it had", () => {
    const texts = new Texts();
    const names = ["here", "there", "é", "", "long ".repeat(100)];
    const numbers = names.map((name) => texts.numberOf(name));
    expect(new Set(numbers).size).to.equal(names.length);
    expect(names.map((name) => texts.numberOf(name))).to.deep.equal(numbers);
  });

  it("finds texts equal that have other numbers, since others took their places", () => {
    const texts = new Texts();
    const names = Array.from({ length: 100 }, (_, at) => `name ${at}`);
    const numbers = names.map((name) => texts.numberOf(name));
    for (let at = 0; at < 500_000; at += 1) texts.numberOf(`text ${at}`);
    const again = names.map((name) => texts.numberOf(name));
    expect(again.some((number, at) => number !== numbers[at])).to.equal(true);
    for (const [at, number] of again.entries()) {
      expect(texts.isSame(number, numbers[at]!)).to.equal(true);
      expect(texts.hashOf(number)).to.equal(texts.hashOf(numbers[at]!));
    }
  });

  it("orders texts by their first six bytes, if those are ASCII", () => {
    const texts = new Texts();
    const prefixOf = (text: string) => texts.prefixOf(texts.numberOf(text));
    expect(prefixOf("abcdefg")).to.equal(prefixOf("abcdef"));
    expect(prefixOf("abc")).to.be.below(prefixOf("abca"));
    expect(prefixOf("")).to.equal(0);
    expect(prefixOf("é")).to.deep.equal(NaN);
    expect(prefixOf("b".repeat(300))).to.equal(prefixOf("b".repeat(6)));
  });
});
