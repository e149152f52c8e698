"use strict";
/*
 * The transpiler that ts-node uses for a program that is evaluated: TypeScript's own. Its output is kept for as long as a
 * source stays the same: most do, from one evaluation to the next.
 */
const path = require("node:path");
const { version } = require("typescript/package.json");
const { keptOutput, sha256 } = require("../keptOutput");

const folder = "spotify-data-pipeline-program";

/** See https://typestrong.org/ts-node/docs/transpilers; the program runs in its project's folder. */
function create({ service }) {
  const { options } = service.config;
  const compiler = version + JSON.stringify(options).replaceAll(process.cwd(), ".");
  return {
    transpile(source, { fileName }) {
      const transpiled = () =>
        JSON.stringify(require("typescript").transpileModule(source, { compilerOptions: options, fileName }));
      const mark = sha256(compiler, source);
      return JSON.parse(keptOutput(folder, path.relative("", fileName), mark, transpiled));
    },
  };
}

module.exports = { create };
