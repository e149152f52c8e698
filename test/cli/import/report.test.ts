import { expect } from "chai";
import type { FileReport } from "../../../cli/import/history-file";
import { importProblems, importSummary } from "../../../cli/import/report";

const file: FileReport = {
  file: "a.json",
  plays: 2,
  invalid: 0,
  invalid_examples: [],
  objects: 0,
  objects_known: 1,
  first_played_at: "2023-01-05T00:00:00.000Z",
  last_played_at: "2023-02-01T00:00:00.000Z",
  error: null,
};
const none = { ...file, plays: 0, objects_known: 0, first_played_at: null, last_played_at: null };

describe("what an import came to", () => {
  const outcome = (...files: FileReport[]) => importSummary(files, "ann").split("\n").at(-1);

  it("is recognised by its files", () => {
    expect(outcome({ ...file, objects: 1 }, none)).to.match(/^The table .* have what ann played\.$/);
    expect(outcome(file, none)).to.equal("All plays were imported before; nothing has changed.");
    expect(outcome(none, { ...none, error: "no" })).to.equal("No play was found; nothing has changed.");
  });

  it("names broken, empty and odd files, and the first entries that are no plays", () => {
    const examples = [
      { entry: 2, reason: "is no object" },
      { entry: 5, reason: "names no track, episode or chapter" },
    ];
    expect(importProblems([file])).to.deep.equal([]);
    expect(importProblems([none])).to.deep.equal(["a.json: this is an empty list, without plays."]);
    expect(
      importProblems([
        { ...none, error: "this is a web page" },
        { ...file, error: "byte 9: the file ends too early", invalid: 2, invalid_examples: examples },
        { ...file, invalid: 1, invalid_examples: examples.slice(1) },
        { ...file, invalid: 9, invalid_examples: examples },
      ]),
    ).to.deep.equal([
      "a.json: this is a web page; nothing of it is in.",
      "a.json: byte 9: the file ends too early; the 2 plays before it are in.",
      "a.json: 2 entries are no plays (entry 2 is no object, entry 5 names no track, episode or chapter); the table skips has those that come after a play.",
      "a.json: 1 entry is no play (entry 5 names no track, episode or chapter); the table skips has those that come after a play.",
      "a.json: 9 entries are no plays (entry 2 is no object, entry 5 names no track, episode or chapter, …); the table skips has those that come after a play.",
    ]);
  });
});
