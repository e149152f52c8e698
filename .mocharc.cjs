"use strict";
const os = require("node:os");

module.exports = {
  require: ["./cli/lib/register.js", "./test/support/folders.ts"],
  extension: ["ts"],
  timeout: 60_000,
  parallel: true,
  jobs: Math.max(2, os.availableParallelism()),
};
