"use strict";
// Stands in for the AWS SDK, which Lambda has and which takes longer to load than all the rest.
const Module = require("node:module");
const load = Module._load;
const anything = new Proxy({}, { get: () => class {} });
Module._load = (name, ...rest) => (name.startsWith("@aws-sdk/") ? anything : load(name, ...rest));
