import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { runProgram, script } from "../../../cli/lib/program";
import { unwritable } from "../../../cli/lib/unwritable";
import { captured, type Outcome } from "../../support/commandLine";
import { makeFolder } from "../../support/folders";

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
  it("says why a file that it was to write cannot be there", () => {
    const folder = makeFolder();
    const sentence = (file: string) => {
      try {
        fs.writeFileSync(file, "");
        return "";
      } catch (error) {
        return unwritable(file, error as Error).message;
      }
    };
    const inNone = path.join(folder, "none", "x.csv");
    expect(sentence(inNone)).to.equal(
      `${inNone} cannot be written: there is no folder ${path.dirname(inNone)}; make it, or name another file.`,
    );
    expect(sentence(folder)).to.equal(`${folder} cannot be written: it is a folder; name a file in it.`);
    expect(sentence("/dev/null/x/y")).to.include("there is no folder /dev/null/x;");
  });

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
