import * as fs from "node:fs";
import { expect } from "chai";
import { runProgram, script } from "../../../cli/lib/program";
import { captured, type Outcome } from "../../support/commandLine";

/** What a command prints that does this. */
function outcomeOf(load: () => Promise<undefined>): Promise<Outcome> {
  const odd = script({
    name: "odd",
    description: "",
    define: (command) => command,
    load: () => () => load(),
  });
  return captured((around) => runProgram([], around, odd), {});
}

describe("a command", () => {
  it("says in a sentence that the disk is full", async () => {
    const { code, stderr } = await outcomeOf(async () => void fs.writeFileSync("/dev/full", "a"));
    expect(stderr).to.equal("The disk is full: free some space and give the command again.\n");
    expect(code).to.equal(1);
  });

  it("says how to see more of what nobody expected", async () => {
    const { code, stderr } = await outcomeOf(() => Promise.reject(new Error("Odd.")));
    expect(stderr).to.equal("Odd.\nThis was not expected. Run again with DEBUG=1 to see where.\n");
    expect(code).to.equal(1);
  });
});
