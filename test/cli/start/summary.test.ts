import { expect } from "chai";
import type { Report } from "../../../cli/lib/report";
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
  const io = { print: (line: string) => void lines.push(line), warn: () => undefined, width: undefined };
  const rows = [1, 2, 3, 4, 5, 6, 7].map((run) => ({ run }));
  const report = {
    json: {
      ...{ runs: [], tables: {}, queries: {}, crawls: [], failures: 0, seconds: 1 },
      spotify: { calls: 9, skipped: { not_found: 1, not_owned: 8, odd: 2 } },
      raw: { objects: 0, bytes: 0 },
      quality: { quarantined: 0, blocked: 0 },
    },
    ...{ failures: [], crawls: [], warnings: [] },
    shown: ["top_artists", "runs"].map((name) => ({ name, answer: { columns: ["run"], rows } })),
  } as unknown as Report;
  before(() => printSummary(report, ".local", "simulated", io as never));

  it("shows the newest runs first, and the first rows of other queries", () => {
    const shown = (name: string) =>
      lines
        .find((line) => line.startsWith(`\n${name} `))!
        .split("\n")
        .slice(1, 8);
    expect(shown("runs").map((line) => line.trim())).to.include.members(["runs (newest of 7 rows)"]);
    expect(shown("runs").join(" ")).to.match(/7\s+6\s+5\s+4\s+3$/);
    expect(shown("top_artists").join(" ")).to.match(/first of 7 rows\).*1\s+2\s+3\s+4\s+5$/);
  });

  it("says what was skipped, and why", () => {
    expect(lines).to.include(
      "Skipped: 1 that Spotify does not know any more (not_found), 8 owned by others, whose contents Spotify does not show (not_owned), 2 odd",
    );
  });
});
