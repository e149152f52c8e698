"use strict";
// Loaded into the process of a Pulumi program before anything else.
const util = require("node:util");

// The channel to the process that evaluates the program closes when that process ends, in whatever way. The channel
// alone must not keep the program alive.
process.once("disconnect", () => process.exit(1));
process.channel.unref();

// Pulumi prints errors in colour. On a frame such as node_modules/@pulumi/output.ts, which source maps bring about,
// Node's colouring runs until memory is used up (nodejs/node#64011, fixed in mid 2026).
util.inspect = new Proxy(util.inspect, {
  apply: (inspect, self, [value, options, ...rest]) =>
    inspect(value, options?.colors ? { ...options, colors: false } : options, ...rest),
});
