"use strict";
// Loaded into the process of the Pulumi program before anything else: by the CLI through nodeargs in Pulumi.yaml, and by
// the embedded cloud.
const util = require("node:util");

// Pulumi prints errors in colour. On a frame such as node_modules/@pulumi/output.ts, which source maps bring about,
// Node's colouring runs for minutes and takes gigabytes (nodejs/node#64011, fixed in mid 2026).
util.inspect = new Proxy(util.inspect, {
  apply: (inspect, self, [value, options, ...rest]) =>
    inspect(value, options?.colors ? { ...options, colors: false } : options, ...rest),
});
