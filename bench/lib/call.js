"use strict";
const { performance } = require("node:perf_hooks");
/*
 * A function's process: loads the archive's handler (first argument), runs it on one event after the other (second
 * argument, JSON) and prints how long each took, in ms. Not the embedded cloud's runtime, which refuses to `require` ES
 * modules as Lambda does: the printed form would need to.
 */
const [file, events] = process.argv.slice(2);

async function main() {
  const begun = performance.now();
  const { handler } = require(file);
  const loaded = performance.now() - begun;
  const answers = [];
  for (const event of JSON.parse(events)) {
    const start = performance.now();
    const context = { awsRequestId: event.id ?? "1", getRemainingTimeInMillis: () => 60_000 };
    await handler(event, context);
    answers.push(performance.now() - start);
  }
  process.stderr.write(`${JSON.stringify({ loaded, answers })}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
});
