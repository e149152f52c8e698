"use strict";
// Loaded into the process of a Pulumi program before anything else.
const fs = require("node:fs");
const path = require("node:path");

const fromProgram = (name) => require.resolve(name, { paths: [process.cwd()] });

// The channel to the process that evaluates the program closes when that process ends, in whatever way. The channel
// alone must not keep the program alive.
process.once("disconnect", () => process.exit(1));
process.channel.unref();

require("../../infra/plainErrors");

// A stack trace, mapped to the sources, on every promise takes long in an evaluation; Pulumi prints them only if
// PULUMI_DEBUG_PROMISE_LEAKS is set.
const debuggable = require(fromProgram("@pulumi/pulumi/runtime/debuggable"));
if (!debuggable.debugPromiseLeaks) debuggable.debuggablePromise = withoutStack(debuggable.debuggablePromise);

function withoutStack(make) {
  return (...given) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return make(...given);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

// Pulumi reads the tree of installed packages anew for each function, although it stays the same, and even for one that
// leaves them all out.
const pulumi = path.dirname(fromProgram("@pulumi/pulumi/package.json"));
const reader = require.resolve("@npmcli/arborist", { paths: [pulumi] });
const trees = new Map();
let needsPackages = false;

class Arborist {
  constructor(options) {
    this.options = options;
  }

  async loadActual() {
    if (!needsPackages) return { children: new Map() };
    const key = this.options.path;
    if (!trees.has(key)) trees.set(key, readTree(this.options));
    return trees.get(key);
  }
}
require.cache[reader] = { id: reader, filename: reader, loaded: true, exports: { Arborist } };

/** Reads it by the real package, which takes long to load. */
function readTree(options) {
  delete require.cache[reader];
  const real = require(reader);
  return new real.Arborist(options).loadActual();
}

const runtime = require(fromProgram("@pulumi/pulumi/runtime"));
const { computeCodePaths } = runtime;
runtime.computeCodePaths = (options, ...older) => {
  needsPackages ||= !leavesOutAll(options);
  return computeCodePaths(options, ...older);
};

function leavesOutAll({ extraIncludePackages = [], extraExcludePackages = [] } = {}) {
  if (!fs.existsSync("package.json")) return false;
  const { dependencies = {} } = JSON.parse(fs.readFileSync("package.json", "utf8"));
  const included = [...Object.keys(dependencies), ...extraIncludePackages];
  return included.every((name) => extraExcludePackages.includes(name));
}

// Pulumi registers ts-node, which then uses a transpiler that keeps its output.
const tsNode = require(fromProgram("ts-node"));
const { register } = tsNode;
tsNode.register = (options) => register({ ...options, transpiler: path.join(__dirname, "transpiler.js") });
