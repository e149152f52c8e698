"use strict";
/* What any import must do: unzip an export and parse it, a file at a time. node parse.js EXPORT */
const { buffer } = require("node:stream/consumers");
const yauzl = require("yauzl");

async function main() {
  const zip = await yauzl.openPromise(process.argv[2], { autoClose: false });
  let plays = 0;
  for await (const entry of zip.eachEntry()) {
    const bytes = await buffer(await zip.openReadStreamPromise(entry));
    plays += JSON.parse(bytes.toString()).length;
  }
  zip.close();
  console.log(plays);
}

void main();
