import { performance } from "node:perf_hooks";
import { expect } from "chai";
import { ioOf } from "../../../cli/lib/io";
import { countdown, Progress } from "../../../cli/lib/progress";
import { Terminal } from "../../support/terminal";

describe("progress", () => {
  let ms: number;
  beforeEach(() => {
    ms = 0;
    performance.now = () => ms;
  });
  // The prototype's own is there again.
  afterEach(() => void delete (performance as Partial<Performance>).now);

  /** What is seen after the spinner, of stages at the given seconds. */
  function seen(columns: number, ...stages: [seconds: number, ...Parameters<Progress["stage"]>][]): string {
    const terminal = new Terminal(columns);
    ms = 0;
    const progress = new Progress(terminal as never);
    for (const [seconds, ...stage] of stages) {
      ms = seconds * 1000;
      progress.stage(...stage);
    }
    const { screen, isCursorVisible } = terminal;
    progress.done();
    expect([isCursorVisible, terminal.isCursorVisible, terminal.screen]).to.deep.equal([false, true, ""]);
    expect(screen).to.match(/^. /).and.not.include("\n");
    return screen.slice(2);
  }

  it("says what is being done and for how long, and leaves nothing behind", () => {
    expect(seen(80, [0, "Reading"])).to.equal("Reading (0 s)");
    expect(seen(80, [0, "Reading"], [61.4, "Counting"])).to.equal("Counting (61 s)");
  });

  it("shows how much is done and when the rest will be, as far as that is known", () => {
    const half = `${"█".repeat(10)}${"░".repeat(9)}`;
    const day = (done: number, all = 28) => [`Day ${done + 1}`, { done, all }] as const;
    expect(seen(80, [0, "Reading"], [5, ...day(0)])).to.equal(`${"░".repeat(19)}   0 %  Day 1`);
    expect(seen(80, [5, ...day(0)], [12, ...day(14)])).to.equal(`${half}  50 %  Day 15  7 s left`);
    expect(seen(80, [0, ...day(0)], [600, ...day(14)])).to.include("Day 15  10 min left");
    // Another count begins anew.
    expect(seen(80, [0, ...day(0)], [9, ...day(20)], [10, ...day(0)], [12, ...day(7)])).to.include(
      "6 s left",
    );
    expect(seen(80, [0, "Nothing", { done: 0, all: 0 }])).to.equal("Nothing (0 s)");
  });

  it("counts down what others handle", () => {
    let left = 4;
    const part = countdown(() => left);
    expect(part()).to.deep.equal({ done: 0, all: 4 });
    left = 1;
    expect(seen(80, [0, "Transforming", part])).to.include(" 75 %  Transforming");
  });

  it("keeps to one line, however narrow the terminal and long the text", () => {
    const text = "Reading 夜に駆ける/Streaming_History_Audio_2023-2024_17.json";
    for (const columns of [60, 40, 20, 8])
      for (const stage of [[text], [text, { done: 5, all: 10 }]] as const)
        expect(seen(columns, [0, ...stage]).length).to.be.lessThan(columns);
    expect(seen(30, [0, text, { done: 5, all: 10 }])).to.equal(" 50 %  Reading 夜に駆ける/…");
  });

  it("shows no more than a line ten times a second of what counts fast", () => {
    const terminal = new Terminal();
    const progress = new Progress(terminal as never);
    for (let done = 0; done < 1000; done += 1) {
      ms += 1;
      progress.stage("Sent", { done, all: 1000 });
    }
    progress.done();
    expect(terminal.written.match(/Sent/g)).to.have.lengthOf.within(10, 12);
  });

  it("lets lines be printed meanwhile", () => {
    const terminal = new Terminal();
    const io = ioOf({ stdout: new Terminal(), stderr: terminal, env: { NO_COLOR: "1" }, dir: "." });
    const progress = io.progress();
    progress.stage("Reading");
    io.warn("One was skipped.");
    expect(terminal.screen).to.match(/^One was skipped\.\n. Reading \(0 s\)$/);
    progress.done();
    expect(terminal.screen).to.equal("One was skipped.\n");
  });

  it("ends when the command is stopped at once", () => {
    const terminal = new Terminal();
    let stop = () => "";
    const onStop = (words: () => string) => void (stop = words);
    const io = ioOf({ stdout: terminal, stderr: terminal, env: {}, dir: ".", onStop });
    io.sayAtStop((stage) => `Stopped at: ${stage}.`);
    io.progress().stage("Reading");
    expect(stop()).to.equal("Stopped at: Reading.");
    expect([terminal.isCursorVisible, terminal.screen]).to.deep.equal([true, ""]);
  });

  it("is quiet in pipes, with --json, in logs and where no line can be written over", () => {
    for (const [isTTY, env, quiet] of [
      [false, {}, false],
      [true, {}, true],
      [true, { CI: "true" }, false],
      [true, { TERM: "dumb" }, false],
    ] as const) {
      const terminal = Object.assign(new Terminal(), { isTTY });
      const progress = ioOf({ stdout: terminal, stderr: terminal, env, dir: "." }).progress(quiet);
      progress.stage("Reading");
      progress.done();
      expect(terminal.written).to.equal("");
    }
  });
});
