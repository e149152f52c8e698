import { expect } from "chai";
import { nextCommands } from "../../../cli/start/summary";

describe("what to do next", () => {
  it("is said by commands that find the folder", () => {
    expect(nextCommands(".local", "simulated")).to.deep.equal([
      "npx spotify-lake query              the named queries",
      'npx spotify-lake query "select …"   your own',
      "npm start -- --days 3               three more days",
    ]);
    expect(nextCommands("my data", "spotify")).to.deep.equal([
      'npx spotify-lake query --out "my data"              the named queries',
      'npx spotify-lake query "select …" --out "my data"   your own',
      'npm start -- --out "my data"                        what has changed since',
    ]);
  });
});
