import { execFile } from "node:child_process";
import * as path from "node:path";
import { expect } from "chai";
import { register, root, type Outcome } from "../../support/commandLine";

/** What a command prints whose main function runs this code. */
function outcomeOf(code: string): Promise<Outcome> {
  const script = `require(${JSON.stringify(path.join(root, "cli/lib/command.ts"))}).main(async () => { ${code} })`;
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      [...register, "-e", script],
      { cwd: root, env: { PATH: process.env.PATH } },
      (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    ),
  );
}

describe("a command", function () {
  this.timeout(30_000);

  it("says in a sentence that the disk is full", async () => {
    const { code, stderr } = await outcomeOf(`require("node:fs").writeFileSync("/dev/full", "a")`);
    expect(stderr).to.equal("The disk is full: free some space and give the command again.\n");
    expect(code).to.equal(1);
  });

  it("says how to see more of what nobody expected", async () => {
    const { code, stderr } = await outcomeOf(`throw new Error("Odd.")`);
    expect(stderr).to.equal("Odd.\nThis was not expected. Run again with DEBUG=1 to see where.\n");
    expect(code).to.equal(1);
  });
});
