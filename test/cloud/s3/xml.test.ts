import { expect } from "chai";
import fc from "fast-check";
import { childText, parseXml, requiredText, toXml } from "../../../cloud/s3/xml";

describe("toXml and parseXml", () => {
  it("give back any text that a key can be", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { maxLength: 4 }), (texts) => {
        const parsed = parseXml(toXml("Root", { Key: texts, Last: "x" }), "Root");
        const back = (parsed.Key ?? []).map((key) => requiredText({ Key: [key] }, "Key"));
        expect(back).to.deep.equal(texts);
      }),
    );
  });

  it("write values, lists and absent elements", () => {
    expect(toXml("A", { B: 1, C: [true, "x"], D: undefined, E: { F: "<&>" }, G: [] })).to.equal(
      '<?xml version="1.0" encoding="UTF-8"?>\n<A><B>1</B><C>true</C><C>x</C><E><F>&#x3c;&#x26;&#x3e;</F></E></A>',
    );
  });

  it("read attributes, white space and references of all kinds", () => {
    const root = parseXml(
      '<?xml version="1.0"?>\n<R xmlns="x">\n <K>&lt;&#x41;&#66;&amp;#67;&quot;&unknown;&#x1F600; </K>\n</R>',
      "R",
    );
    expect(childText(root, "K")).to.equal('<AB&#67;"&unknown;😀 ');
    expect(childText(root, "None")).to.be.undefined;
  });

  it("read more references than a parser's usual limit", () => {
    const text = "&quot;".repeat(50_000);
    expect(childText(parseXml(`<R><K>${text}</K></R>`, "R"), "K")).to.equal('"'.repeat(50_000));
  });

  for (const text of ["", "no xml", "<Other/>", "<R/>", "<R>text</R>"])
    it(`refuse ${JSON.stringify(text)}`, () => {
      expect(() => parseXml(text, "R")).to.throw(/The XML of the request cannot be used/);
    });
});
