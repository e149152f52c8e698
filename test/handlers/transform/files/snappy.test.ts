import { expect } from "chai";
import fc from "fast-check";
import { snappyUncompress } from "hyparquet";
import { snappyCompress as libraryCompress } from "hyparquet-writer/src/snappy.js";
import { snappyCompress } from "../../../../handlers/transform/files/snappy";

function roundTrip(input: Uint8Array): Uint8Array {
  const output = new Uint8Array(input.length);
  // The length stands before the elements, in groups of seven bits.
  const compressed = snappyCompress(input);
  const start = compressed.findIndex((byte) => byte < 0x80) + 1;
  const length = compressed.subarray(0, start).reduce((sum, byte, at) => sum + (byte & 0x7f) * 128 ** at, 0);
  expect(length).to.equal(input.length);
  if (length > 0) snappyUncompress(compressed, output);
  return output;
}

/** Bytes that repeat others, at distances below and above what a copy can reach. */
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.integer({ min: 1, max: 3000 })), {
    maxLength: 6,
  })
  .map((parts) => Buffer.concat(parts.flatMap(([part, times]) => Array.from({ length: times }, () => part))));

describe("snappyCompress", () => {
  it("gives bytes that hyparquet turns back into the same", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), repetitive), (input) => {
        expect(Buffer.compare(roundTrip(input), input)).to.equal(0);
      }),
      { numRuns: 300 },
    );
  });

  it("compresses the texts of a table no worse than hyparquet-writer", () => {
    const lines = Array.from(
      { length: 5000 },
      (_, at) => `spotify:track:${(at * 7919).toString(36)} Song ${at}\n`,
    );
    const input = Buffer.from(lines.join(""));
    expect(roundTrip(input).every((byte, at) => byte === input[at])).to.equal(true);
    const { length } = snappyCompress(input);
    expect(length).to.be.below(0.7 * input.length);
    expect(length).to.be.at.most(1.01 * libraryCompress(input).length);
  });

  for (const size of [0, 1, 14, 15, 16, 60, 61, 256, 257, 65_536, 65_537, 200_000]) {
    it(`takes ${size} bytes, of one kind or of any`, () => {
      const same = Buffer.alloc(size, "a");
      // A generator of pseudo-random numbers: bytes that do not repeat.
      let state = 1;
      const any = Uint8Array.from({ length: size }, () => (state = (state * 48_271) % 2_147_483_647) & 0xff);
      for (const input of [same, any]) expect(Buffer.compare(roundTrip(input), input)).to.equal(0);
      expect(snappyCompress(any).length).to.be.at.most(size + 32 + size / 6);
      expect(snappyCompress(same).length).to.be.at.most(32 + size / 20);
    });
  }

  it("does not mix one input with the one before", () => {
    const [first, second] = [Buffer.from("abcdefgh".repeat(40)), Buffer.from("hgfedcba".repeat(40))];
    const expected = Buffer.from(snappyCompress(second));
    snappyCompress(first);
    expect(Buffer.compare(snappyCompress(second), expected)).to.equal(0);
  });
});
