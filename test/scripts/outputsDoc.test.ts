import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { formatted } from "../../scripts/formatted";
import { outputsDoc } from "../../scripts/outputsDoc";
import { deployedOutputs } from "../support/stackReference";
import { root } from "../support/commandLine";

describe("docs/outputs.md", () => {
  const made = outputsDoc(path.join(root, "outputs.ts"));

  it("is up to date: else run npm run docs", async () => {
    const file = "docs/outputs.md";
    expect(fs.readFileSync(path.join(root, file), "utf8")).to.equal(await formatted(file, made));
  });

  it("says of each output what it is", () => {
    for (const name of [...Object.keys(deployedOutputs), "kmsKeyArn"])
      expect(made).to.match(new RegExp(`^\\| \`${name}\`.* \\| \`[^|]+\` \\| [A-Z][^|]+\\. \\|$`, "m"));
  });
});
