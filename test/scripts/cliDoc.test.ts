import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { commands } from "../../cli/commands";
import { cliDoc } from "../../scripts/cliDoc";
import { formatted } from "../../scripts/formatted";
import { root, run } from "../support/commandLine";

describe("docs/cli.md", () => {
  const made = cliDoc();

  it("is up to date: else run npm run docs", async () => {
    const file = "docs/cli.md";
    expect(fs.readFileSync(path.join(root, file), "utf8")).to.equal(await formatted(file, made));
  });

  it("has every option that --help shows, and what --help says after them", async () => {
    for (const { name } of commands) {
      const { stdout } = await run(name, ["--help"]);
      const [, rest = ""] = made.split(`\n## ${name}\n`);
      const section = rest.split("\n## ")[0]!;
      for (const [flag] of stdout.matchAll(/^ {2}--[a-z-]+/gm))
        if (flag.trim() !== "--help") expect(section, name).to.include(`\`${flag.trim()}`);
      const example = /\nExamples:\n(.*)/.exec(stdout)?.[1];
      if (example) expect(section).to.include(example.trim());
    }
  });
});
