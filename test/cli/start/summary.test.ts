import { expect } from "chai";
import type { Report } from "../../../cli/lib/report";
import { plain } from "../../../cli/lib/paint";
import { nextCommands, printSummary } from "../../../cli/start/summary";

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

describe("the summary of a run", () => {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const io = { print, warn: () => undefined, width: undefined, paint: plain };
  const shown = (name: string, which: "first" | "newest", runs: number[]) => ({
    ...{ name, which, count: 7 },
    answer: { columns: ["run"], rows: runs.map((run) => ({ run })) },
  });
  const report = {
    json: {
      ...{ runs: [], tables: {}, queries: {}, crawls: [], failures: 0, seconds: 1 },
      spotify: { calls: 9, skipped: { not_found: 1, not_owned: 8, odd: 2 } },
      raw: { objects: 0, bytes: 0 },
      quality: { quarantined: 0, blocked: 0 },
    },
    ...{ failures: [], crawls: [], warnings: [] },
    shown: [shown("top_artists", "first", [1, 2, 3, 4, 5]), shown("runs", "newest", [7, 6, 5, 4, 3])],
  } as unknown as Report;
  before(() => printSummary(report, ".local", "simulated", io as never));

  it("says which rows it shows, of how many", () => {
    const printed = (name: string) =>
      lines
        .find((line) => line.startsWith(`\n${name} `))!
        .split("\n")
        .slice(1, 8);
    expect(printed("runs").map((line) => line.trim())).to.include.members(["runs (newest of 7 rows)"]);
    expect(printed("runs").join(" ")).to.match(/7\s+6\s+5\s+4\s+3$/);
    expect(printed("top_artists").join(" ")).to.match(/first of 7 rows\).*1\s+2\s+3\s+4\s+5$/);
  });

  it("says what was skipped, and why", () => {
    expect(lines).to.include(
      "Skipped: 1 that Spotify does not know any more (not_found), 8 owned by others, whose contents Spotify does not show (not_owned), 2 odd",
    );
  });
});
