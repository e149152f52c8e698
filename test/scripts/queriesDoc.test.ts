import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { namedQueries, recipes, views } from "../../infra/sql";
import { formatted } from "../../scripts/formatted";
import { queriesDoc } from "../../scripts/queriesDoc";
import { root } from "../support/commandLine";

describe("docs/queries.md", function () {
  this.timeout(240_000);

  it("is what npm run docs makes; run it after a change of queries/, views/ or the simulator", async () => {
    const text = await formatted("docs/queries.md", await queriesDoc());
    expect(fs.readFileSync(path.join(root, "docs/queries.md"), "utf8")).to.equal(text);
    for (const { name, question } of namedQueries())
      expect(text).to.include(`## ${name}\n`).and.to.include(question.split("(")[0]!);
    for (const { title, question, sql } of recipes())
      expect(text).to.include(`## ${title}\n\n${question}\n\n\`\`\`sql\n${sql}\n`);
    for (const { name } of views()) expect(text).to.include(`| ${name} `);
  });
});
