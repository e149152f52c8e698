import { expect } from "chai";
import fc from "fast-check";
import { textWithoutMarkets } from "../../../handlers/raw/markets";

const left = (text: string): string => textWithoutMarkets(Buffer.from(text));

/** Values with lists of markets, and with what looks like one. */
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(null, 1, "", "]", '"available_markets":["AD"]', "available_markets", "é🎵"),
    fc.array(fc.constantFrom("AD", "DE"), { maxLength: 3 }),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("available_markets", "name", 'odd"available_markets', "\\"), tie("value"), {
      maxKeys: 3,
    }),
  ),
})).value;

/** Empties what may be left out: lists of country codes under a name that ends in `"available_markets` in JSON. */
function emptied(this: unknown, name: string, value: unknown): unknown {
  const isMarkets = name === "available_markets" || name.endsWith('"available_markets');
  const isCodes = Array.isArray(value) && value.every((item) => item === "AD" || item === "DE");
  return isMarkets && isCodes ? [] : value;
}

describe("textWithoutMarkets", () => {
  it("empties lists of country codes and changes nothing else, in JSON with any white space", () => {
    fc.assert(
      fc.property(values, fc.constantFrom("", " ", "\t"), (value, space) => {
        const written = JSON.stringify(value, undefined, space).replaceAll("\n", " ");
        expect(JSON.parse(left(written))).to.deep.equal(JSON.parse(JSON.stringify(value, emptied)));
      }),
      { numRuns: 500 },
    );
  });

  it("empties lists that differ, and one that begins like the one before", () => {
    const text =
      '[{"available_markets":["AD"]},{"available_markets" : [ "AD", "DE" ]},{"available_markets":["AD"]}]';
    expect(left(text)).to.equal(
      '[{"available_markets":[]},{"available_markets" : []},{"available_markets":[]}]',
    );
  });

  it("leaves text that is no JSON as it is", () => {
    for (const text of [
      '{"available_markets":',
      '{"available_markets":["AD"',
      '{"available_markets":["AD",]}',
      "",
    ])
      expect(left(text)).to.equal(text);
  });

  it("gives a text of its own for each line", () => {
    const long = left('{"available_markets":["AD"],"name":"the first"}');
    left('{"available_markets":["DE"],"name":"second"}');
    expect(long).to.equal('{"available_markets":[],"name":"the first"}');
  });
});
