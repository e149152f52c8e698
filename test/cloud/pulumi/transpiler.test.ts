import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import { transpileModule, type CompilerOptions, type TranspileOutput } from "typescript";

const { create } = require("../../../cloud/pulumi/transpiler.js") as {
  create(made: { service: { config: { options: CompilerOptions } } }): {
    transpile(source: string, from: { fileName: string }): TranspileOutput;
  };
};
const options: CompilerOptions = { module: 1, target: 9, sourceMap: true };
const kept = path.join(__dirname, "../../../node_modules/.cache/spotify-data-pipeline-program");

describe("the transpiler of evaluated programs", () => {
  const fileName = path.join(__dirname, "no-such-source.ts");
  const transpile = (source: string): TranspileOutput =>
    create({ service: { config: { options } } }).transpile(source, { fileName });
  const expectTypeScripts = (source: string) =>
    expect({ ...transpile(source) }).to.deep.equal(
      JSON.parse(JSON.stringify(transpileModule(source, { compilerOptions: options, fileName }))),
    );
  const entriesOf = (text: string) =>
    fs
      .readdirSync(kept)
      .map((name) => path.join(kept, name))
      .filter((file) => fs.readFileSync(file, "utf8").includes(text));

  it("returns what TypeScript returns, the first time and later, of a source and of what it becomes", () => {
    for (const source of ["const one: number = 1;", "const one: number = 1;", "const two: string = '2';"])
      expectTypeScripts(source);
  });

  it("keeps the last output of a file, and makes a damaged one again", () => {
    expectTypeScripts("export const three = 3 as const;");
    expectTypeScripts("export const four = 4 as const;");
    expect(entriesOf("three = 3")).to.deep.equal([]);
    const [entry = ""] = entriesOf("four = 4");
    fs.writeFileSync(entry, '{"mark":');
    expectTypeScripts("export const four = 4 as const;");
    fs.rmSync(entry);
  });
});
