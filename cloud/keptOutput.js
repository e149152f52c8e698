"use strict";
/* Plain JavaScript: what loads TypeScript needs it. */
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const cache = path.join(__dirname, "../node_modules/.cache");

/** Returns the SHA-256 of texts, one after the other, in hexadecimal digits. */
function sha256(...texts) {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(text).update("\0");
  return hash.digest("hex");
}

/**
 * Returns what `make` returns, a text, from the cache if it was made with the same `mark` before. An entry keeps its last
 * text alone. `folder` is one of the cache, `entry` any text that names what is made, `mark` one line.
 */
function keptOutput(folder, entry, mark, make) {
  const file = path.join(cache, folder, sha256(entry));
  const start = `${mark}\n`;
  try {
    const kept = fs.readFileSync(file, "utf8");
    if (kept.startsWith(start)) return kept.slice(start.length);
  } catch {
    // It was never made.
  }
  const made = make();
  keep(file, start + made);
  return made;
}

function keep(file, text) {
  const draft = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(draft, text);
    fs.renameSync(draft, file);
  } catch {
    // A folder that cannot be written: it works without.
  }
}

module.exports = { keptOutput, sha256 };
