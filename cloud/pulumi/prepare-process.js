"use strict";
// Loaded into the process of a Pulumi program before anything else.
const path = require("node:path");

const fromProgram = (name) => require.resolve(name, { paths: [process.cwd()] });

// The channel to the process that evaluates the program closes when that process ends, in whatever way. The channel
// alone must not keep the program alive.
process.once("disconnect", () => process.exit(1));
process.channel.unref();

require("../../infra/plainErrors");

// A stack trace, mapped to the sources, on every promise is a fifth of an evaluation; Pulumi prints them only if
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

// Pulumi reads the tree of installed packages anew for each function, although it stays the same; the reader is loaded
// only for a program that has functions.
const pulumi = path.dirname(fromProgram("@pulumi/pulumi/package.json"));
const reader = require.resolve("@npmcli/arborist", { paths: [pulumi] });
const lazyReader = {
  __esModule: true,
  get Arborist() {
    delete require.cache[reader];
    const { Arborist } = require(reader);
    const { loadActual } = Arborist.prototype;
    const trees = new Map();
    Arborist.prototype.loadActual = function () {
      if (!trees.has(this.path)) trees.set(this.path, loadActual.call(this));
      return trees.get(this.path);
    };
    Object.defineProperty(lazyReader, "Arborist", { value: Arborist });
    return Arborist;
  },
};
require.cache[reader] = { id: reader, filename: reader, loaded: true, exports: lazyReader };

// Pulumi registers ts-node, which then uses a transpiler that keeps its output.
const tsNode = require(fromProgram("ts-node"));
const { register } = tsNode;
tsNode.register = (options) => register({ ...options, transpiler: path.join(__dirname, "transpiler.js") });
