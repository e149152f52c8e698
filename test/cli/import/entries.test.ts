import { expect } from "chai";
import fc from "fast-check";
import { entriesOf } from "../../../cli/import/entries";

/** What is read of a list that comes in chunks, and the error that ends it. */
async function read(
  text: string,
  chunk: number,
  batch: number,
): Promise<{ entries: unknown[]; error?: string }> {
  const bytes = Buffer.from(text);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += chunk) chunks.push(bytes.subarray(at, at + chunk));
  const entries: unknown[] = [];
  try {
    for await (const some of entriesOf(chunks, batch)) entries.push(...some);
    return { entries };
  } catch (error) {
    return { entries, error: (error as Error).message };
  }
}

const size = fc.integer({ min: 1, max: 80 });
const value = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'},{[]"\\é😀 \n'.split(""), "a") }),
  fc.integer(),
  fc.constantFrom(null, true, {}, [], { a: [{ b: 1 }, { c: "},{" }] }),
);
const list = fc.array(fc.oneof(fc.dictionary(fc.constantFrom("a", "b", "c"), value), value), {
  maxLength: 12,
});

describe("entries of a list", () => {
  it("are all of them, wherever the text is cut and whatever is in it", () =>
    fc.assert(
      fc.asyncProperty(list, fc.constantFrom(0, 2), size, size, async (entries, indent, chunk, batch) => {
        const text = ` ${JSON.stringify(entries, null, indent)}\n`;
        expect(await read(text, chunk, batch)).to.deep.equal({ entries: JSON.parse(text) as unknown[] });
      }),
      { numRuns: 300 },
    ));

  it("are those before a break, whose byte is named, however much is parsed at once", () =>
    fc.assert(
      fc.asyncProperty(
        list,
        fc.nat(),
        fc.constantFrom("", "?", ",", "]", "}", "\u0000", "],["),
        size,
        size,
        async (entries, place, inserted, chunk, batch) => {
          const text = JSON.stringify(entries, null, 1);
          const at = place % (text.length + 1);
          const broken = text.slice(0, at) + (inserted === "" ? "" : inserted + text.slice(at));
          // With batches that no list fills, everything is parsed at the end, by the slow parser if it is broken.
          expect(await read(broken, chunk, batch)).to.deep.equal(await read(broken, broken.length + 1, 1e6));
        },
      ),
      { numRuns: 500 },
    ));

  it("may be longer than what is parsed at once", async () => {
    const entries = [{ a: "x".repeat(1000) }, { a: "y".repeat(5000) }, { a: "z" }];
    expect(await read(JSON.stringify(entries), 64, 100)).to.deep.equal({ entries });
  });

  for (const [text, error] of [
    ["[{},]", 'byte 4: "]" has no place there'],
    ["[{},,{}]", 'byte 4: "," has no place there'],
    ["[{},{}],{}]", 'byte 7: "," has no place there'],
    ["[{},{}", "byte 6: the file ends too early"],
    ['{"a":[{},{}]}', "byte 0: this is no list of plays"],
    ["", "byte 0: the file ends too early"],
  ] as const)
    it(`break where they break: ${text}`, async () => {
      for (const batch of [1, 4, 1000]) expect((await read(text, 1, batch)).error).to.equal(error);
    });
});
