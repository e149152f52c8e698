"use strict";
/* Unzips and parses raw objects, one after the other: what any transform in JavaScript has to do at the least. */
const fs = require("node:fs");
const path = require("node:path");
const zlib = require("node:zlib");

const [folder] = process.argv.slice(2);

for (const name of fs.readdirSync(folder).sort())
  for (const line of zlib
    .gunzipSync(fs.readFileSync(path.join(folder, name)))
    .toString()
    .split("\n"))
    if (line !== "") JSON.parse(line);
