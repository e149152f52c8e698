"use strict";
/*
 * Lets Node load TypeScript, compiled by swc. What was compiled is kept, by the content of its source: to load and run
 * compilers is most of what a short command does. Types are checked by npm run typecheck; the Pulumi program is compiled
 * by Pulumi.
 */
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { version } = require("@swc/core/package.json");

const folder = path.join(__dirname, "../../node_modules/.cache/spotify-data-pipeline-compiled");

const options = {
  swcrc: false,
  jsc: { parser: { syntax: "typescript" }, target: "es2022", keepClassNames: true },
  // As for TypeScript's nodenext, import() stays: it loads ES modules too.
  module: { type: "commonjs", ignoreDynamic: true },
  sourceMaps: "inline",
  inlineSourcesContent: false,
};

const compiler = JSON.stringify([version, options]);

function sha256(...texts) {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text).update("\0");
  return hash.digest("hex");
}

/** The compiled text of a source file, from the folder if the same content was compiled before. */
function compiled(file) {
  const source = fs.readFileSync(file, "utf8");
  const kept = path.join(folder, `${sha256(file)}.js`);
  const mark = `/*${sha256(compiler, source)}*/`;
  try {
    const text = fs.readFileSync(kept, "utf8");
    if (text.startsWith(mark)) return text;
  } catch {
    // It was never compiled.
  }
  const { transformSync } = require("@swc/core");
  const text = mark + transformSync(source, { ...options, filename: file, sourceFileName: file }).code;
  keep(kept, text);
  return text;
}

function keep(file, text) {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(`${file}.${process.pid}`, text);
    fs.renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A folder that cannot be written: it works without.
  }
}

// Stack traces then name the sources.
process.setSourceMapsEnabled(true);
require.extensions[".ts"] = (module, file) => module._compile(compiled(file), file);
