import { expect } from "chai";
import { nextCommands } from "../../../cli/lib/summary";

describe("what to do next", () => {
  it("is said by commands that find the folder", () => {
    expect(nextCommands(".local", "simulated")).to.deep.equal([
      "npm run query                 the named queries",
      'npm run query -- "select …"   your own',
      "npm start -- --days 3         three days more",
    ]);
    expect(nextCommands("my data", "spotify")).to.deep.equal([
      'npm run query -- --out "my data"              the named queries',
      'npm run query -- --out "my data" "select …"   your own',
      'npm start -- --out "my data"                  what has changed since',
    ]);
  });
});
