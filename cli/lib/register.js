"use strict";
/*
 * Lets Node load TypeScript, compiled by swc: with TypeScript's own compiler, compiling is most of what a command does.
 * Types are checked by npm run typecheck; the Pulumi program is compiled by Pulumi, the tests by TypeScript.
 */
require("ts-node").register({
  transpileOnly: true,
  swc: true,
  projectSearchDir: __dirname,
  // Which module nodenext means, but swc does not know.
  compilerOptions: { esModuleInterop: true },
});
