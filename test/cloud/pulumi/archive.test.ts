import { expect } from "chai";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { UserError } from "../../../cloud/errors";
import { writeArchive } from "../../../cloud/pulumi/archive";

const signatureKey = "4dabf18193072939515e22adb298388d";
const asset = (of: object) => ({ [signatureKey]: "c44067f5952c0a294b673a41bacd8c17", ...of });
const archive = (of: object) => ({ [signatureKey]: "0def7320c3a5731c473e5ecbe6d01bc7", ...of });

describe("writeArchive", () => {
  let root: string;
  let project: string;
  let target: string;

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "archive-"));
    project = path.join(root, "project");
    target = path.join(root, "functions", "worker");
    write("project/node_modules/dep/package.json", '{ "name": "dep", "main": "main.js" }');
    write("project/node_modules/dep/main.js", "module.exports = 'dep';");
    write("project/node_modules/left-out/index.js", "module.exports = 'left out';");
    write("project/data.txt", "data");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(place: string, text: string) {
    mkdirSync(path.dirname(path.join(root, place)), { recursive: true });
    writeFileSync(path.join(root, place), text);
  }
  const read = (place: string) => readFileSync(path.join(target, place), "utf8");

  const code = archive({
    assets: {
      "__index.js": asset({ text: "exports.dep = require('dep');" }),
      "data.txt": asset({ path: "data.txt" }),
      "node_modules/dep": archive({ path: "node_modules/dep" }),
    },
  });

  it("unpacks texts, files and folders, and counts them", () => {
    expect(writeArchive(code, project, target)).to.deep.equal({ files: 4, bytes: 29 + 4 + 36 + 23 });
    expect(read("data.txt")).to.equal("data");
    expect(createRequire(path.join(target, "x"))("./__index.js")).to.deep.equal({ dep: "dep" });
  });

  it("leaves packages out of reach that the archive leaves out", () => {
    writeArchive(code, project, target);
    expect(() => createRequire(path.join(target, "x"))("left-out")).to.throw("Cannot find module");
  });

  it("unpacks archives within archives, and what symbolic links lead to", () => {
    symlinkSync(path.join(project, "node_modules/dep"), path.join(project, "linked"));
    const inner = archive({ assets: { linked: archive({ path: "linked" }) } });
    writeArchive(archive({ assets: { vendor: inner } }), project, target);
    expect(read("vendor/linked/main.js")).to.equal("module.exports = 'dep';");
  });

  it("replaces what an earlier evaluation left", () => {
    write("functions/worker/old.js", "");
    writeArchive(code, project, target);
    expect(existsSync(path.join(target, "old.js"))).to.equal(false);
  });

  it("never writes through to the project's files", () => {
    const overlapping = archive({
      assets: {
        "node_modules/dep": archive({ path: "node_modules/dep" }),
        "node_modules/dep/main.js": asset({ text: "changed" }),
      },
    });
    writeArchive(overlapping, project, target);
    expect(read("node_modules/dep/main.js")).to.equal("changed");
    expect(readFileSync(path.join(project, "node_modules/dep/main.js"), "utf8")).to.equal(
      "module.exports = 'dep';",
    );
  });

  it("makes the code CommonJS, whatever lies around it", () => {
    write("functions/package.json", '{ "type": "module" }');
    const sloppy = archive({ assets: { "__index.js": asset({ text: "with ({ a: 1 }) exports.a = a;" }) } });
    writeArchive(sloppy, project, target);
    expect(createRequire(path.join(target, "x"))("./__index.js")).to.deep.equal({ a: 1 });
  });

  it("keeps the archive's own package.json", () => {
    const own = archive({ assets: { "package.json": asset({ text: '{ "name": "own" }' }) } });
    writeArchive(own, project, target);
    expect(read("package.json")).to.equal('{ "name": "own" }');
  });

  const refused: [string, unknown, string][] = [
    ["no code", undefined, "the function worker has none"],
    ["a packed archive", archive({ path: "data.txt" }), "give data.txt as a folder"],
    ["remote code", archive({ uri: "https://example.org/code.zip" }), "give worker as a file"],
    [
      "a place outside",
      archive({ assets: { "../x.js": asset({ text: "" }) } }),
      "../x.js, which lies outside",
    ],
  ];
  for (const [what, value, sentence] of refused) {
    it(`refuses ${what}`, () => {
      expect(() => writeArchive(value, project, target)).to.throw(UserError, sentence);
    });
  }
});
