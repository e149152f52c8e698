import { expect } from "chai";
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { DeployedFunction } from "../../../cloud/types";
import { deploy } from "../../support/archives";
import { makeFolder } from "../../support/folders";
import { register } from "../../support/commandLine";
import { answer, start, stopAll } from "./localFunctions";

describe("LocalFunction", () => {
  afterEach(stopAll);

  describe("returns what the handler returns", () => {
    const handlers: Record<string, [source: string, payload: unknown]> = {
      "of an async handler": ["async (event) => ({ got: event.text })", { got: "ü\u2028😀" }],
      "of a plain handler": ["(event) => event.text.length", 4],
      "of a callback handler": ["(event, context, done) => setTimeout(() => done(null, 7), 1)", 7],
      "of an async handler with a callback it leaves alone": ["async (event, context, done) => 8", 8],
      "null for undefined": ["async () => undefined", null],
      "null for what JSON has no word for": ["async () => () => 1", null],
    };
    for (const [title, [source, payload]] of Object.entries(handlers)) {
      it(title, async () => {
        const local = start(deploy(`exports.handler = ${source};`));
        const result = await local.invoke({ text: "ü\u2028😀" });
        expect(result).to.include({ ok: true }).and.to.have.deep.property("payload", payload);
        expect(result.durationMs).to.be.greaterThan(0);
        expect(result.coldStartMs).to.be.greaterThan(0);
      });
    }
  });

  describe("keeps a process", () => {
    const counting = `let calls = 0; exports.handler = async (event) => {
      if (event.exit) process.exit(1);
      if (event.fail) throw new Error("no");
      if (event.loop) for (;;);
      return ++calls;
    }`;
    const payloads = async (deployed: DeployedFunction, events: object[]) => {
      const local = start(deployed);
      const results = [];
      for (const event of events) results.push(await local.invoke(event));
      return results.map((result) => (result.ok ? result.payload : result.error.errorType));
    };

    it("for the next invocation, after an error too", async () => {
      expect(await payloads(deploy(counting), [{}, {}, { fail: true }, {}])).to.eql([1, 2, "Error", 3]);
    });

    it("but not after an exit or a timeout", async () => {
      expect(
        await payloads(deploy(counting, { timeout: 0.5 }), [{}, { exit: true }, {}, { loop: true }, {}]),
      ).to.eql([1, "Runtime.ExitError", 1, "Sandbox.Timedout", 1]);
    });

    it("but not one that ended between two invocations", async () => {
      const local = start(deploy("exports.handler = async () => process.pid"));
      const first = await local.invoke({});
      const pid = first.ok ? Number(first.payload) : 0;
      process.kill(pid);
      await untilGone(pid);
      const second = await local.invoke({});
      expect(second.ok && second.payload)
        .to.be.a("number")
        .and.not.equal(pid);
    });

    it("and its connection to the Runtime API", async () => {
      const sockets = `let sockets = 0;
        require("node:diagnostics_channel").subscribe("net.client.socket", () => (sockets += 1));
        exports.handler = async () => sockets;`;
      expect(await payloads(deploy(sockets), [{}, {}, {}])).to.eql([1, 1, 1]);
    });

    it("and tells cold starts, memory and CPU time", async () => {
      const local = start(deploy(counting));
      const [cold, warm] = [await local.invoke({}), await local.invoke({})];
      expect(cold.coldStartMs).to.be.greaterThan(0);
      expect(warm.coldStartMs).to.equal(undefined);
      expect(cold.maxRssBytes).to.be.within(20e6, 150e6);
      expect(warm.cpuMs, "without the start").to.be.within(0, cold.cpuMs!);
    });
  });

  it("runs as many at once as it may, and no more", async () => {
    // Each invocation waits until two have begun: alone it would time out.
    const meeting = `const fs = require("node:fs");
      exports.handler = async ({ dir }) => {
        fs.writeFileSync(dir + "/" + process.pid, "");
        while (fs.readdirSync(dir).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
        return process.pid;
      }`;
    const deployed = deploy(meeting);
    const dir = path.join(deployed.dir, "met");
    mkdirSync(dir);
    const local = start(deployed);
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => local.invoke({ dir })));
    const processes = results.map((result) => result.ok && result.payload);
    expect(new Set(processes).size).to.equal(2);
    expect(processes).not.to.include(false);
  });

  it("lets patient ones wait for the process that runs, unless there are too many", async () => {
    const local = start(deploy("exports.handler = async () => process.pid;"));
    const processesOf = async (count: number) => {
      const events = Array.from({ length: count }, () => local.invoke({}, undefined, 3));
      const results = await Promise.all(events);
      return new Set(results.map((result) => result.ok && result.payload)).size;
    };
    expect(await processesOf(4)).to.equal(1);
    expect(await processesOf(5)).to.equal(2);
  });

  it("gives the invocation's context", async () => {
    const deployed = deploy(
      "exports.handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() })",
    );
    const result = await start(deployed).invoke({}, "the-id");
    if (!result.ok) throw new Error(result.error.errorMessage);
    const { left, ...context } = result.payload as { left: number };
    expect(left).to.be.within(10_000, 20_000);
    expect(context).to.include({
      awsRequestId: "the-id",
      functionName: "test-function",
      functionVersion: "$LATEST",
      invokedFunctionArn: deployed.arn,
      memoryLimitInMB: "128",
    });
  });

  describe("sets the clock", () => {
    const body = `const before = Date.now();
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { before, after: Date.now(), date: new Date().getTime(), left: context.getRemainingTimeInMillis() };`;
    const start2030 = Date.UTC(2030, 0, 1);

    it("of Date.now alone, and lets it go on", async () => {
      const measured = (await answer(body, {}, { clock: { now: () => start2030 + 0.5 } })) as Record<
        string,
        number
      >;
      expect(measured.before).to.be.within(start2030, start2030 + 5000);
      expect(measured.after! - measured.before!).to.be.within(15, 5000);
      expect(measured.date).to.be.within(Date.now() - 60_000, Date.now());
      expect(measured.left).to.be.within(10_000, 20_000);
    });

    it("of Date.now to go on only by calls of fetch, if they have a length", async () => {
      const body = `const times = [Date.now()];
        await new Promise((resolve) => setTimeout(resolve, 20));
        for (let n = 0; n < 2; n++) {
          await fetch("data:,");
          times.push(Date.now());
        }
        await fetch("http://127.0.0.1:1").catch(() => undefined);
        return [...times, Date.now()];`;
      const clock = { now: () => start2030, callMs: 100 };
      expect(await answer(body, {}, { clock })).to.deep.equal([0, 100, 200, 300].map((ms) => start2030 + ms));
    });

    it("to the time of each invocation", async () => {
      let now = start2030;
      const local = start(deploy("exports.handler = async () => Date.now()"), { clock: { now: () => now } });
      await local.invoke({});
      now += 86_400_000;
      const result = await local.invoke({});
      expect(result.ok && result.payload).to.be.within(now, now + 5000);
    });

    it("only if there is one to set", async () => {
      const measured = (await answer(body)) as Record<string, number>;
      expect(measured.before).to.be.within(Date.now() - 60_000, Date.now());
    });
  });

  describe("shuts the function in", () => {
    it("with Lambda's variables, its own and the given ones, and none of ours", async () => {
      process.env.SPOTIFY_CLIENT_SECRET = "must not leak";
      const deployed = deploy("exports.handler = async () => process.env", {
        environment: { OWN: "1", BOTH: "own" },
      });
      const result = await start(deployed, { environment: { BOTH: "given" } }).invoke({});
      delete process.env.SPOTIFY_CLIENT_SECRET;
      if (!result.ok) throw new Error(result.error.errorMessage);
      const variables = result.payload as Record<string, string>;
      expect(variables).to.include({
        OWN: "1",
        BOTH: "given",
        AWS_REGION: "eu-west-1",
        AWS_ACCESS_KEY_ID: "local",
        AWS_LAMBDA_FUNCTION_NAME: "test-function",
      });
      const known = /^(AWS_|LAMBDA_|_HANDLER$|PATH$|LANG$|TZ$|OWN$|BOTH$)/;
      expect(Object.keys(variables).filter((name) => !known.test(name))).to.eql([]);
      expect(variables.HOME).to.equal(undefined);
    });

    it("with the AWS SDK, for require and for import", async () => {
      const found = await answer(`return [
        typeof require("@aws-sdk/client-s3").S3Client,
        typeof (await import("@aws-sdk/client-glue")).GlueClient ];`);
      expect(found).to.eql(["function", "function"]);
    });

    it("with the packages of its archive", async () => {
      const own = {
        "node_modules/own/index.js": "module.exports = require('second')",
        "node_modules/second/index.js": "module.exports = 2",
      };
      const local = start(deploy("exports.handler = async () => require('own')", {}, own));
      expect(await local.invoke({})).to.have.property("payload", 2);
    });

    it("without a package that only the project, or a folder above the archive, has", async () => {
      const tries = `const errors = [];
        for (const name of ["chai", "above"]) {
          try { require(name); errors.push("found"); } catch (error) { errors.push(error.code); }
          await import(name).then(() => errors.push("found"), (error) => errors.push(error.code));
        }
        return errors;`;
      const deployed = deploy(`exports.handler = async () => { ${tries} }`);
      const above = path.join(deployed.dir, "../node_modules/above");
      mkdirSync(above, { recursive: true });
      writeFileSync(path.join(above, "index.js"), "");
      expect(await start(deployed).invoke({})).to.have.deep.property("payload", [
        "MODULE_NOT_FOUND",
        "ERR_MODULE_NOT_FOUND",
        "MODULE_NOT_FOUND",
        "ERR_MODULE_NOT_FOUND",
      ]);
    });
  });

  it("hands on each printed line, the last one without its end too", async () => {
    const source = `console.log("one\\u2028still one\\ntwo"); console.error("three");
      exports.handler = async () => { process.stdout.write("half"); process.exit(1); }`;
    const lines: string[] = [];
    await new Promise<void>((resolve) => {
      const log = (name: string, line: string) => {
        lines.push(`${name}: ${line}`);
        if (lines.length === 4) resolve();
      };
      void start(deploy(source), { log }).invoke({});
    });
    const printed = ["half", "one\u2028still one", "three", "two"];
    expect(lines.sort()).to.eql(printed.map((line) => `test-function: ${line}`));
  });

  describe("stop", () => {
    it("ends what is running and what waits, with an error", async () => {
      const local = start(
        deploy("exports.handler = () => { console.log('begun'); return new Promise(() => {}) }"),
        {
          concurrency: 1,
          log: () => void local.stop(),
        },
      );
      const results = await Promise.all([local.invoke({}), local.invoke({})]);
      expect(results.map((result) => result.ok || result.error.errorType)).to.eql([
        "Runtime.ExitError",
        "Runtime.ExitError",
      ]);
      expect(await local.invoke({})).to.have.nested.property(
        "error.errorMessage",
        "The embedded cloud was stopped.",
      );
    });
  });

  it("leaves no process behind when we exit or are killed", async () => {
    const endings = ["process.exit(0)", "process.kill(process.pid, 'SIGKILL')"];
    const deployed = deploy(
      "exports.handler = () => { console.log(process.pid); return new Promise(() => setInterval(() => {}, 1000)) }",
    );
    const children = endings.map(async (ending) => {
      const script = `const { LocalFunction } = require(${JSON.stringify(path.resolve("cloud/lambda/function"))});
        const log = (name, pid) => { console.log(pid); ${ending}; };
        void new LocalFunction(${JSON.stringify(deployed)}, { log }).invoke({});`;
      const parent = spawn(process.execPath, [...register, "-e", script], {
        env: { ...process.env, TMPDIR: makeFolder() },
      });
      const pid = Number(await text(parent.stdout));
      expect(pid).to.be.greaterThan(0);
      await untilGone(pid);
    });
    await Promise.all(children);
  });
});

async function untilGone(pid: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (isAlive(pid)) {
    if (Date.now() > deadline) throw new Error(`Process ${pid} still runs.`);
    await sleep(5);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
