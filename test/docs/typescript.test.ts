import * as fs from "node:fs";
import * as path from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { root } from "../support/commandLine";

/** A block of TypeScript in a document, as a file of the project's folder that is on no disk. */
interface Block {
  file: string;
  text: string;
}

/** Folders that hold no documents of ours. */
const skipped = ["node_modules", "build", ".git", ".local"];

function documents(folder = ""): string[] {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return skipped.includes(entry.name) ? [] : documents(name);
    return name.endsWith(".md") ? [name] : [];
  });
}

/** Returns the blocks of a document. One that imports from a checkout of this project means this one. */
function blocksOf(document: string): Block[] {
  const text = fs.readFileSync(path.join(root, document), "utf8");
  return [...text.matchAll(/^```(?:ts|typescript)\n(.*?)^```$/gms)].map(([, block], at) => ({
    file: path.join(root, `${document.replace(/\W/g, "-")}-${at + 1}.ts`),
    text: block!.replaceAll("../spotify-data-pipeline/", "./"),
  }));
}

/** Compiles the blocks, each as a module of its own, and returns what is wrong with them. */
function errorsIn(blocks: Block[]): string[] {
  const config = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile).config as object;
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const texts = new Map(blocks.map(({ file, text }) => [file, text]));
  const { fileExists, readFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  const program = ts.createProgram([...texts.keys()], options, host);
  return blocks.flatMap(({ file }) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${path.basename(file)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
}

describe("the TypeScript in the documents", function () {
  this.timeout(60_000);
  it("compiles", () => {
    const blocks = documents().flatMap(blocksOf);
    expect(blocks).not.to.be.empty;
    const wrong = { file: path.join(root, "wrong.ts"), text: "export const one: string = await 1;\n" };
    const errors = errorsIn([...blocks, wrong]);
    // A check that passes everything would pass this as well.
    expect(errors.filter((error) => error.startsWith("wrong.ts"))).not.to.be.empty;
    expect(errors.filter((error) => !error.startsWith("wrong.ts"))).to.deep.equal([]);
  });
});
