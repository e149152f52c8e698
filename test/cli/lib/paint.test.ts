import { expect } from "chai";
import { ioOf } from "../../../cli/lib/io";
import { paintFor } from "../../../cli/lib/paint";
import { textTable } from "../../../cli/lib/text-table";
import { Terminal } from "../../support/terminal";

describe("colours", () => {
  const painted = (isTTY: boolean, env: NodeJS.ProcessEnv) =>
    paintFor({ isTTY }, env)("bad", "failed") !== "failed";

  it("are for terminals that have them, unless NO_COLOR or FORCE_COLOR says something else", () => {
    const TERM = "xterm-256color";
    expect(painted(true, { TERM })).to.equal(true);
    expect(painted(true, { TERM, NO_COLOR: "" })).to.equal(true);
    expect(painted(false, { FORCE_COLOR: "1" })).to.equal(true);
    for (const [isTTY, env] of [
      [false, { TERM }],
      [true, { TERM: "dumb" }],
      [true, {}],
      [true, { TERM, NO_COLOR: "1" }],
      [true, { TERM, FORCE_COLOR: "1", NO_COLOR: "0" }],
      [true, { TERM, FORCE_COLOR: "0" }],
    ] as const)
      expect(painted(isTTY, env), JSON.stringify(env)).to.equal(false);
  });

  it("change nothing but the look: the words of a pipe are those of a terminal", () => {
    const shown = (env: NodeJS.ProcessEnv, isTTY: boolean) => {
      const terminal = Object.assign(new Terminal(), { isTTY });
      const io = ioOf({ stdout: terminal, stderr: terminal, env, dir: "." });
      io.fail("There is no lake.\u001b[2J");
      io.hint("Make one.");
      io.print(io.paint("good", "pass"));
      return terminal;
    };
    const colours = shown({ TERM: "xterm" }, true);
    expect(colours.written).to.equal(
      "\u001b[31mThere\u001b[39m is no lake. [2J\n\u001b[2mMake one.\u001b[22m\n\u001b[32mpass\u001b[39m\n",
    );
    expect(shown({ TERM: "xterm" }, false).written).to.equal(`${colours.screen}`);
  });

  it("do not move the columns of a table", () => {
    const answer = {
      columns: ["status", "n"],
      rows: [
        { status: "failed", n: 1 },
        { status: "ok", n: 20 },
      ],
    };
    const paint = paintFor({ isTTY: true }, { TERM: "xterm" });
    const look = (_column: string, cell: string) => (cell === "failed" ? ("bad" as const) : undefined);
    const text = textTable(answer, { paint, look, width: 10 });
    const terminal = new Terminal();
    terminal.write(text);
    expect(terminal.screen).to.equal("status   n\nfailed   1\nok      20");
    expect(text).to.equal("\u001b[1mstatus   n\u001b[22m\n\u001b[31mfailed\u001b[39m   1\nok      20");
  });
});
