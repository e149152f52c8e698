import { expect } from "chai";
import { UserError } from "../../../cloud/errors";
import { programError } from "../../../cloud/pulumi/program-error";

const exit = { code: 32, signal: null, stderr: "" };
const frame = "Running program '/x/index.ts' failed with an unhandled exception:\n";

describe("programError", () => {
  const cases: [what: string, logged: string, message: string][] = [
    ["a RunError as it is", "Error: of mine\n    at the door", "Error: of mine\n    at the door"],
    ["an error without its stack", `${frame}Error: no such thing\n    at f (x.ts:1:1)`, "no such thing"],
    [
      "the kind of another error",
      `${frame}TypeError: x is undefined\n    at f (x.ts:1:1)`,
      "TypeError: x is undefined",
    ],
    ["an error that refers to itself", `${frame}<ref *1> Error: no\n    at f {\n  self: 1\n}`, "no"],
    ["several lines", `${frame}Error: one:\n  two\n    at f (x.ts:1:1)`, "one:\n  two"],
    ["what was thrown and is no error", `${frame}just words`, "just words"],
  ];
  for (const [what, logged, message] of cases) {
    it(`says ${what}`, () => {
      const error = programError([logged, "another"], exit);
      expect(error).to.be.instanceOf(UserError);
      expect(error.message).to.equal(message);
      expect((error.cause as Error).message)
        .to.include(logged)
        .and.include("another");
    });
  }

  it("speaks for a program that said nothing", () => {
    const killed = programError([], { code: null, signal: "SIGKILL", stderr: "" });
    expect(killed.message).to.equal("The Pulumi program was ended by SIGKILL.");
    const ended = programError([], { code: 3, signal: null, stderr: "no entry point" });
    expect(ended.message).to.equal("The Pulumi program ended early, with exit code 3. no entry point");
  });
});
