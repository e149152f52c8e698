"use strict";
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const process = require("node:process");

/** Where Linux keeps files in memory: the file system is a fifth of the work of the tests of the embedded cloud. */
const memory = "/dev/shm";
const neededBytes = 2 ** 30;

function hasRoom(folder) {
  try {
    fs.accessSync(folder, fs.constants.W_OK);
    const { bavail, bsize } = fs.statfsSync(folder);
    return bavail * bsize >= neededBytes;
  } catch {
    return false;
  }
}

// The folders of all tests are in one, which goes with the last of them, however they end.
if (process.env.TMPDIR === undefined && hasRoom(memory)) {
  const folder = fs.mkdtempSync(path.join(memory, "spotify-lake-tests-"));
  process.env.TMPDIR = folder;
  process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
}

module.exports = {
  require: ["./cli/lib/register.js", "./test/support/folders.ts"],
  // Files of tests run side by side: threads that help with garbage would only get in the way of the others.
  "node-option": ["single-threaded-gc"],
  extension: ["ts"],
  timeout: 60_000,
  parallel: true,
  // One more than there are processors: most files wait for processes of their own now and then.
  jobs: os.availableParallelism() + 1,
};
