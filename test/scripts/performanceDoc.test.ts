import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { readResults } from "../../bench/lib/results";
import { formatted } from "../../scripts/formatted";
import { performanceDoc } from "../../scripts/performanceDoc";
import { root } from "../support/commandLine";

describe("docs/performance.md", function () {
  this.timeout(60_000);

  it("is what npm run docs makes of bench/results.json", async () => {
    const results = readResults();
    const text = await formatted("docs/performance.md", performanceDoc(results));
    expect(fs.readFileSync(path.join(root, "docs/performance.md"), "utf8")).to.equal(text);
    for (const [part, { date, commit }] of Object.entries(results))
      expect(text)
        .to.include(`## ${part}\n`)
        .and.to.include(commit)
        .and.to.include(date.slice(0, 16).replace("T", " "));
  });

  it("can be made before anything is measured", () => {
    expect(performanceDoc({})).to.include("no part was measured");
  });
});
