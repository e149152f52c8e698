import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { root } from "../support/commandLine";

interface Project {
  runtime: { options: { nodeargs: string } };
}

describe("the process of the program", () => {
  for (const project of ["", "dashboards"])
    it(`prints an error in an apply at once, whatever Node the CLI finds: ${project || "the pipeline"}`, () => {
      const cwd = path.join(root, project);
      const { runtime } = parse(fs.readFileSync(path.join(cwd, "Pulumi.yaml"), "utf8")) as Project;
      // A frame of this form, in colour, keeps Node 20 busy for minutes.
      const code = `
      const error = new Error("no");
      error.stack = "Error: no\\n    at run (/a/b/node_modules/@pulumi/output.ts:1:1)";
      console.log(require("node:util").inspect(error, { colors: true }))`;
      const args = [...runtime.options.nodeargs.split(" "), "-e", code];
      const { stdout, stderr, signal } = spawnSync(process.execPath, args, {
        cwd,
        encoding: "utf8",
        timeout: 30_000,
      });
      expect([stderr, signal]).to.deep.equal(["", null]);
      expect(stdout).to.match(/^Error: no\n {4}at run .*output\.ts:1:1\)\n$/);
    });
});
