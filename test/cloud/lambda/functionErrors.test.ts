import { expect } from "chai";
import type { DeployedFunction } from "../../../cloud/types";
import { deploy } from "../../support/archives";
import { start, stopAll } from "./localFunctions";

describe("LocalFunction", () => {
  afterEach(stopAll);

  describe("reports an error as Lambda does", () => {
    interface Failing {
      source: string;
      errorType: string;
      errorMessage: RegExp;
      deployed?: Partial<DeployedFunction>;
    }
    const failing: Record<string, Failing> = {
      "a rejection with its name": {
        source: "exports.handler = async () => { throw Object.assign(new Error('no'), { name: 'quota' }) }",
        errorType: "quota",
        errorMessage: /^no$/,
      },
      "a thrown error": {
        source: "exports.handler = () => { throw new TypeError('bad') }",
        errorType: "TypeError",
        errorMessage: /^bad$/,
      },
      "a thrown text": {
        source: "exports.handler = async () => { throw 'text' }",
        errorType: "string",
        errorMessage: /^text$/,
      },
      "a callback's error": {
        source: "exports.handler = (event, context, done) => done(new Error('called back'))",
        errorType: "Error",
        errorMessage: /^called back$/,
      },
      "a callback handler where Lambda takes none": {
        source: "exports.handler = (event, context, done) => done()",
        errorType: "Runtime.CallbackHandlerDeprecated",
        errorMessage: /async function/,
        deployed: { runtime: "nodejs24.x" },
      },
      "a result that is not JSON": {
        source: "exports.handler = async () => { const a = {}; a.a = a; return a }",
        errorType: "Runtime.JSONStringifyError",
        errorMessage: /^Unable to stringify response body$/,
      },
      "a timeout": {
        source: "exports.handler = () => new Promise(() => {})",
        errorType: "Sandbox.Timedout",
        errorMessage: /^RequestId: \S+ Error: Task timed out after 0.10 seconds$/,
        deployed: { timeout: 0.1 },
      },
      "a busy loop": {
        source: "exports.handler = async () => { for (;;); }",
        errorType: "Sandbox.Timedout",
        errorMessage: /timed out/,
        deployed: { timeout: 0.1 },
      },
      "an exit": {
        source: "exports.handler = async () => process.exit(3)",
        errorType: "Runtime.ExitError",
        errorMessage: /^RequestId: \S+ Error: Runtime exited with error: exit status 3$/,
      },
      "an exit with 0": {
        source: "exports.handler = async () => process.exit(0)",
        errorType: "Runtime.ExitError",
        errorMessage: /Runtime exited without providing a reason$/,
      },
      "too little memory": {
        source:
          "exports.handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill(0.5)) }",
        errorType: "Runtime.ExitError",
        errorMessage: /signal: aborted$/,
        deployed: { memorySize: 16 },
      },
      "an error that nobody awaits": {
        source: "exports.handler = () => new Promise(() => Promise.reject(new Error('lost')))",
        errorType: "Runtime.UnhandledPromiseRejection",
        errorMessage: /^Error: lost$/,
      },
      "an error in an event": {
        source:
          "exports.handler = () => new Promise(() => setTimeout(() => { throw new RangeError('late') }))",
        errorType: "RangeError",
        errorMessage: /^late$/,
      },
      "a module that does not parse": {
        source: "exports.handler = async () => {",
        errorType: "Runtime.UserCodeSyntaxError",
        errorMessage: /^SyntaxError: /,
      },
      "a module that throws": {
        source: "throw new TypeError('while loading')",
        errorType: "TypeError",
        errorMessage: /^while loading$/,
      },
      "a module that exits": {
        source: "process.exit(4)",
        errorType: "Runtime.ExitError",
        errorMessage: /exit status 4$/,
      },
      "a module that is not there": {
        source: "",
        errorType: "Runtime.ImportModuleError",
        errorMessage: /Cannot find module/,
        deployed: { handler: "other.handler" },
      },
      "a handler that is not there": {
        source: "exports.other = 1",
        errorType: "Runtime.HandlerNotFound",
        errorMessage: /^__index.handler is undefined or not exported$/,
      },
      "a required ES module": {
        source: "require('esm')",
        errorType: "Error",
        errorMessage: /require\(\) of ES Module/,
      },
    };
    for (const [title, { source, errorType, errorMessage, deployed }] of Object.entries(failing)) {
      it(title, async () => {
        const esm = { "node_modules/esm/package.json": '{"type":"module"}', "node_modules/esm/index.js": "" };
        const local = start(deploy(source, deployed, esm));
        const result = await local.invoke({});
        if (result.ok) throw new Error("It must fail.");
        expect(result.error.errorType).to.equal(errorType);
        expect(result.error.errorMessage).to.match(errorMessage);
      });
    }

    it("a Node.js binary that is not there", async () => {
      const result = await start(deploy(""), { node: "/nowhere/node" }).invoke({});
      expect(result)
        .to.have.nested.property("error.errorMessage")
        .that.includes("before it started: spawn /nowhere/node ENOENT");
    });
  });
});
