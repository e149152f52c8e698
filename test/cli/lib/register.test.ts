import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { expect } from "chai";
import { register } from "../../support/commandLine";

describe("TypeScript loaded by Node", () => {
  let dir: string;
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "register-"))));
  afterEach(() => fs.rmSync(dir, { recursive: true }));

  /** Runs lines as a TypeScript program; says as well whether a compiler was loaded. */
  function run(...lines: string[]) {
    const file = path.join(dir, "program.ts");
    const loaded = "console.log(Object.keys(require.cache).some((one) => /@swc.core.index/.test(one)));";
    fs.writeFileSync(file, [loaded, ...lines].join("\n"));
    const { stdout, stderr } = spawnSync(process.execPath, [...register, file], { encoding: "utf8" });
    return { stdout, stderr, file };
  }

  it("is compiled once, and again when it has changed", () => {
    const print = (n: number) => run(`const n: number = ${n};`, "console.log(n);").stdout;
    expect(print(1)).to.equal("true\n1\n");
    expect(print(1)).to.equal("false\n1\n");
    expect(print(2)).to.equal("true\n2\n");
    expect(print(2)).to.equal("false\n2\n");
  });

  it("has its own lines in stack traces", () => {
    const lines = ["interface Gone {", "  n: number;", "}", 'throw new Error("here" as string);'];
    for (const compiled of [true, false]) {
      const { stdout, stderr, file } = run(...lines);
      expect(stdout).to.equal(`${compiled}\n`);
      expect(stderr).to.include(`(${file}:5:7)`);
    }
  });

  it("may import modules that are not CommonJS, and CommonJS by its default", () => {
    const imports = [
      'import path from "node:path";',
      'void import("string-width").then((one) => console.log(typeof one.default, typeof path.join));',
    ];
    fs.symlinkSync(path.join(__dirname, "../../../node_modules"), path.join(dir, "node_modules"), "junction");
    expect(run(...imports).stdout).to.match(/function function\n$/);
  });
});
