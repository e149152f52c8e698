"use strict";
/*
 * Lets Node load TypeScript, compiled by swc. What was compiled is kept, by the content of its source: to load and run
 * compilers is most of what a short command does. Types are checked by npm run typecheck; the Pulumi program is compiled
 * by Pulumi.
 */
const fs = require("node:fs");
const path = require("node:path");
const { version } = require("@swc/core/package.json");
const { keptOutput, sha256 } = require("../../cloud/keptOutput");

const folder = "spotify-data-pipeline-compiled";

const options = {
  swcrc: false,
  jsc: { parser: { syntax: "typescript" }, target: "es2022", keepClassNames: true },
  // As for TypeScript's nodenext, import() stays: it loads ES modules too.
  module: { type: "commonjs", ignoreDynamic: true },
  sourceMaps: "inline",
  inlineSourcesContent: false,
};

const compiler = JSON.stringify([version, options]);
const projectDir = path.join(__dirname, "../..");

/** The compiled text of a source file, from the cache if the same content was compiled before. */
function compiled(file) {
  const source = fs.readFileSync(file, "utf8");
  // Nothing in what is compiled tells where the project is: a copy of it finds the same.
  return keptOutput(folder, path.relative(projectDir, file), sha256(compiler, source), () => {
    const { transformSync } = require("@swc/core");
    return transformSync(source, { ...options, filename: file, sourceFileName: path.basename(file) }).code;
  });
}

// Stack traces then name the sources.
process.setSourceMapsEnabled(true);
require.extensions[".ts"] = (module, file) => module._compile(compiled(file), file);
