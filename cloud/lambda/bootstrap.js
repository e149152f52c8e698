"use strict";
/*
 * What runs in a function's process: takes invocations from the local Runtime API and runs the archive's handler on
 * them, as Lambda's own Node.js runtime does (the names of errors are that runtime's). Node starts this file as it
 * stands, in any version, so it is plain JavaScript and needs nothing but Node.
 */
const fs = require("node:fs");
const { Agent, request } = require("node:http");
const path = require("node:path");

const realNow = Date.now;
const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(":");

/** Id of the running invocation, if any. */
let requestId;

/** Keeps the connection, which the local Runtime API never closes for being idle: a new one for each call takes 1 ms of CPU. */
const agent = new Agent({ keepAlive: true });

/** One call of the Runtime API. */
function call(method, resource, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const options = { host, port, method, path: `/2018-06-01/runtime/${resource}`, headers, agent };
    const sent = request(options, (response) => {
      let text = "";
      response
        .setEncoding("utf8")
        .on("data", (chunk) => (text += chunk))
        .on("end", () => resolve({ headers: response.headers, body: text }))
        .on("error", reject);
    });
    sent.on("error", reject).end(body);
  });
}

/** An error of the runtime's own; its stack is that of its cause, which shows where to look. */
function named(name, message, cause) {
  const error = Object.assign(new Error(message), { name });
  if (cause instanceof Error) error.stack = cause.stack;
  return error;
}

/** An error as the Runtime API takes it. */
function describe(error) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: String(error.stack).split("\n") }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function requireModule(file) {
  try {
    return require(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw named("Runtime.UserCodeSyntaxError", String(error), error);
    if (error?.code === "MODULE_NOT_FOUND") throw named("Runtime.ImportModuleError", String(error), error);
    throw error;
  }
}

/** The function that `module.export` names. */
function loadHandler(name) {
  const [, file, property] = /^(.+?)\.([^./]+)$/.exec(name) ?? [];
  if (!file) throw named("Runtime.MalformedHandlerName", `${name} is not of the form module.function.`);
  const handler = requireModule(path.join(process.env.LAMBDA_TASK_ROOT, file))[property];
  if (typeof handler !== "function") {
    throw named("Runtime.HandlerNotFound", `${name} is undefined or not exported`);
  }
  const major = Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV)?.[1]);
  if (handler.length >= 3 && major >= 24) {
    throw named(
      "Runtime.CallbackHandlerDeprecated",
      `Lambda's ${major}.x runtime takes no callback handlers: make ${name} an async function of two parameters.`,
    );
  }
  return handler;
}

/** Runs a handler of either style: one that returns a value or a promise, or one that takes a callback. */
function run(handler, event, context) {
  if (handler.length < 3) return handler(event, context);
  return new Promise((resolve, reject) => {
    const returned = handler(event, context, (error, value) => (error ? reject(error) : resolve(value)));
    if (typeof returned?.then === "function") resolve(returned);
  });
}

function contextOf(headers) {
  const deadline = Number(headers["lambda-runtime-deadline-ms"]);
  return {
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - realNow()),
  };
}

/** Calls of `fetch` that have ended since the invocation began. */
let calls = 0;
const realFetch = globalThis.fetch;
globalThis.fetch = (...request) => realFetch(...request).finally(() => (calls += 1));

/**
 * Lets `Date.now` start from the given time (text, in ms); without one it is the real one. It goes on at real speed, or
 * only by `callMs` (text) for each call of `fetch`.
 */
function setClock(simulated, callMs) {
  calls = 0;
  const start = Number(simulated);
  const realStart = realNow();
  if (simulated === undefined) Date.now = realNow;
  else if (callMs === undefined) Date.now = () => start + realNow() - realStart;
  else Date.now = () => start + calls * Number(callMs);
}

/** Most memory this process ever held, in bytes. On Linux getrusage would count the parent's from before the exec. */
function peakMemory() {
  try {
    return 1024 * Number(/^VmHWM:\s*(\d+) kB$/m.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]);
  } catch {
    return 1024 * process.resourceUsage().maxRSS;
  }
}

let reportedCpu = 0;
/** CPU time of this process since the last call, in ms; the first time, its start is part of it. */
function cpuTime() {
  const { user, system } = process.cpuUsage();
  const before = reportedCpu;
  reportedCpu = (user + system) / 1000;
  return reportedCpu - before;
}

function serialise(result) {
  try {
    return JSON.stringify(result) ?? "null";
  } catch {
    throw named("Runtime.JSONStringifyError", "Unable to stringify response body");
  }
}

/** Takes one invocation and answers it. */
async function serve(handler) {
  const { headers, body } = await call("GET", "invocation/next");
  const context = contextOf(headers);
  requestId = context.awsRequestId;
  setClock(headers["local-clock-ms"], headers["local-call-ms"]);
  let kind = "response";
  let answer;
  try {
    answer = serialise(await run(handler, JSON.parse(body), context));
  } catch (error) {
    kind = "error";
    answer = JSON.stringify(describe(error));
  }
  const usage = { "local-peak-memory": peakMemory(), "local-cpu-ms": cpuTime() };
  await call("POST", `invocation/${requestId}/${kind}`, answer, usage);
  requestId = undefined;
}

/** Reports an error that ends the process: of the running invocation, else of the start. */
async function die(error, status) {
  const resource = requestId ? `invocation/${requestId}/error` : "init/error";
  await call("POST", resource, JSON.stringify(describe(error))).catch(() => undefined);
  process.exit(status);
}

async function main() {
  let handler;
  try {
    handler = loadHandler(process.env._HANDLER);
  } catch (error) {
    await die(error, 1);
  }
  for (;;) await serve(handler);
}

// The other end of stdin is the embedded cloud's process: when it ends, however it ends, so does this one.
process.stdin.on("end", () => process.exit()).resume();

process.on("uncaughtException", (error) => void die(error, 129));
process.on("unhandledRejection", (reason) => {
  void die(named("Runtime.UnhandledPromiseRejection", String(reason), reason), 128);
});

void main();
