import { expect } from "chai";
import { entryKey } from "../../../../handlers/extract/streams/stableList";

describe("entryKey", () => {
  it("bears entries that are no objects", () => {
    for (const entry of [null, undefined, 1.5, "0000", true])
      expect(entryKey(entry)).to.equal("undefined undefined");
  });

  it("tells what was saved when, and what a list holds itself", () => {
    expect(entryKey({ added_at: "2026-01-01", track: { id: "t", album: { id: "a" } } })).to.equal(
      "t 2026-01-01",
    );
    expect(entryKey({ id: "p" })).to.equal("p undefined");
  });
});
