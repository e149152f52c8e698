import { expect } from "chai";
import * as fc from "fast-check";
import { holdsSecret, plain, secret, texts, type Properties } from "../../../cloud/pulumi/values";

const signatureKey = "4dabf18193072939515e22adb298388d";
const outputValue = (of: object) => ({ [signatureKey]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...of });

const json = fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<unknown>);

/** Marks some of the values, at any depth, as secrets or outputs. */
function wrap(value: unknown, choices: boolean[]): unknown {
  const inner =
    typeof value === "object" && value !== null
      ? Array.isArray(value)
        ? value.map((each) => wrap(each, choices))
        : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, wrap(each, choices)]))
      : value;
  const [isSecret, isOutput] = [choices.pop(), choices.pop()];
  return isSecret ? secret(inner) : isOutput ? outputValue({ value: inner }) : inner;
}

describe("values", () => {
  it("unwraps secrets and outputs at any depth", () => {
    fc.assert(
      fc.property(json, fc.array(fc.boolean(), { maxLength: 40 }), (value, choices) => {
        expect(plain({ value: wrap(value, choices) })).to.deep.equal({ value });
      }),
    );
  });

  it("finds a secret at any depth, and none where there is none", () => {
    fc.assert(
      fc.property(json, fc.array(fc.string(), { maxLength: 5 }), (value, path) => {
        const hidden = path.reduce<unknown>((inner, key) => ({ [key]: inner, ...value }), secret("s"));
        const blocked = path.some((key) => key in value);
        expect(holdsSecret(value)).to.equal(false);
        if (!blocked) expect(holdsSecret({ value: [hidden] })).to.equal(true);
      }),
    );
    expect(holdsSecret(outputValue({ value: "s", secret: true }))).to.equal(true);
  });

  it("lists texts with their paths", () => {
    const value: Properties = { a: "x", b: [{ c: "y" }, 1, null] };
    expect([...texts(value)]).to.deep.equal([
      { path: ["a"], text: "x" },
      { path: ["b", "0", "c"], text: "y" },
    ]);
  });
});
