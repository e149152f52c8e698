import * as path from "node:path";
import { expect } from "chai";
import { commandFor } from "../../cloud/localCommand";
import { root } from "../support/commandLine";

describe("a command for a folder", () => {
  it("names the folder if that is not the default", () => {
    expect(commandFor(path.join(root, ".local"), "npm start")).to.equal("npm start");
    expect(commandFor(path.join(root, ".local"), "npm start", "--fresh")).to.equal("npm start -- --fresh");
    expect(commandFor("my-data", "npm start")).to.equal("npm start -- --out my-data");
    expect(commandFor("my data", "npx spotify-lake replay")).to.equal(
      'npx spotify-lake replay --out "my data"',
    );
  });
});
