"use strict";
/*
 * The transpiler that ts-node uses for a program that is evaluated: TypeScript's own. Its output is kept for as long as a
 * source stays the same: most do, from one evaluation to the next.
 */
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const { version } = require("typescript/package.json");

const folder = path.join(__dirname, "../../node_modules/.cache/spotify-data-pipeline-program");

/** See https://typestrong.org/ts-node/docs/transpilers; the program runs in its project's folder. */
function create({ service }) {
  const { options } = service.config;
  const compiler = version + JSON.stringify(options).replaceAll(process.cwd(), ".");
  return {
    transpile(source, { fileName }) {
      const kept = path.join(folder, `${sha256(path.relative("", fileName))}.json`);
      const mark = sha256(compiler, source);
      const found = read(kept);
      if (found?.mark === mark) return found.output;
      const output = require("typescript").transpileModule(source, { compilerOptions: options, fileName });
      keep(kept, { mark, output });
      return output;
    },
  };
}

function sha256(...texts) {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text).update("\0");
  return hash.digest("hex");
}

function read(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    // It was never transpiled.
    return undefined;
  }
}

function keep(file, entry) {
  const draft = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(draft, JSON.stringify(entry));
    fs.renameSync(draft, file);
  } catch {
    // A folder that cannot be written: it works without.
  }
}

module.exports = { create };
