import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import type { Readable } from "node:stream";
import type { LocalServer } from "../http";
import type { Clock, DeployedFunction } from "../types";
import { serveRuntimeApi, type Invocation, type LambdaError, type Outcome, type Usage } from "./runtime-api";
import { processEnvironment } from "./sandbox";

/** What became of an invocation. */
export type InvokeResult = Outcome &
  Usage & {
    requestId: string;
    /** Real time from handing the event over to the answer. */
    durationMs: number;
    /** Real time from starting the process until it was ready, if it was started for this invocation. */
    coldStartMs?: number;
  };

/** How to run a function's processes. */
export interface ProcessOptions {
  /** Root of the archive as the process shall see it. */
  taskRoot: string;
  /** Variables beside, and over, the function's own. */
  environment: Record<string, string>;
  /** Takes each line that the function prints. */
  log: (functionName: string, line: string) => void;
  /** The time that `Date.now` tells in the function at the start of an invocation; by default the real one. */
  clock: Clock | undefined;
  /** Path of the Node.js binary. */
  node: string;
}

/** A running invocation; `result` is there once the process answered. */
interface Running {
  requestId: string;
  event: unknown;
  startedAt: number;
  timer: NodeJS.Timeout;
  coldStartMs?: number;
  result?: InvokeResult;
  resolve: (result: InvokeResult) => void;
}

/** Seconds that Lambda gives a function to load, on top of its timeout. */
const initSeconds = 10;

const exitReasons: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: "signal: aborted",
  SIGKILL: "signal: killed",
  SIGSEGV: "signal: segmentation fault",
};

const children = new Set<ChildProcess>();
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));

/**
 * One process of a function with its Runtime API, as Lambda's execution environment: it runs one invocation after the
 * other and keeps what the function remembers. After a timeout, or once the process ended, it is no longer
 * {@link alive} and a new one takes its place.
 */
export class ExecutionEnvironment {
  private readonly startedAt = performance.now();
  private api!: LocalServer;
  private child!: ChildProcess;
  private ended!: Promise<void>;
  private stopping = false;
  private exitReason?: string;
  private ready = false;
  private initError?: LambdaError;
  /** Hands the next invocation to the process; there while it waits for one. */
  private handOver?: (invocation: Invocation) => void;
  private running?: Running;

  private constructor(
    private readonly deployed: DeployedFunction,
    private readonly options: ProcessOptions,
  ) {}

  /** Starts the process; it loads the handler while the first invocation waits. */
  static async start(deployed: DeployedFunction, options: ProcessOptions): Promise<ExecutionEnvironment> {
    const environment = new ExecutionEnvironment(deployed, options);
    environment.api = await serveRuntimeApi({
      next: () => environment.next(),
      answered: (...answer) => environment.answered(...answer),
      initFailed: (error) => (environment.initError = error),
    });
    environment.spawn();
    return environment;
  }

  /** False once the process ended or is about to. */
  get alive(): boolean {
    return !this.stopping && this.exitReason === undefined;
  }

  /** Runs one invocation; none may be running. Never rejects: what goes wrong is in the result. */
  invoke(requestId: string, event: unknown): Promise<InvokeResult> {
    return new Promise((resolve) => {
      const timer = this.killAfter(initSeconds + this.deployed.timeout);
      this.running = { requestId, event, startedAt: performance.now(), timer, resolve };
      if (this.exitReason !== undefined) this.end(this.exitReason);
      else this.tryHandOver();
    });
  }

  /** Ends the process, and with an error what it is doing, and frees the port. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.child.kill("SIGKILL");
    await this.ended;
  }

  private spawn(): void {
    const { deployed, options } = this;
    const flags = [
      // Lambda's Node.js cannot require ES modules either.
      "--no-experimental-require-module",
      // See Sandbox.
      "--preserve-symlinks",
      // Heaps are small: helpers that collect garbage beside the program take more CPU than they save time.
      "--single-threaded-gc",
      `--max-old-space-size=${deployed.memorySize}`,
      // Without it V8 marks the whole heap every 10 MB while it is small.
      "--initial-old-space-size=64",
    ];
    this.child = spawn(options.node, [...flags, path.join(__dirname, "bootstrap.js")], {
      cwd: options.taskRoot,
      env: processEnvironment(deployed, options.taskRoot, this.api.address, options.environment),
      stdio: ["pipe", "pipe", "pipe"],
    });
    children.add(this.child);
    for (const output of [this.child.stdout!, this.child.stderr!]) {
      eachLine(output, (line) => options.log(deployed.name, line));
    }
    this.ended = new Promise<string>((resolve) => {
      this.child.once("error", (error) => resolve(`before it started: ${error.message}`));
      this.child.once("exit", (code, signal) => resolve(exitReason(code, signal)));
    }).then((reason) => this.end(reason));
  }

  /** The process asks for work: whatever it did before is over. */
  private next(): Promise<Invocation> {
    if (this.running?.result) this.finish(this.running.result);
    if (!this.ready && this.running) this.running.coldStartMs = performance.now() - this.startedAt;
    this.ready = true;
    return new Promise((resolve) => {
      this.handOver = resolve;
      this.tryHandOver();
    });
  }

  private tryHandOver(): void {
    const { running, handOver, deployed, options } = this;
    if (!running || !handOver) return;
    this.handOver = undefined;
    clearTimeout(running.timer);
    running.timer = this.killAfter(deployed.timeout);
    running.startedAt = performance.now();
    handOver({
      requestId: running.requestId,
      functionArn: deployed.arn,
      deadline: Date.now() + deployed.timeout * 1000,
      now: options.clock?.now(),
      callMs: options.clock?.callMs,
      event: running.event,
    });
  }

  /** Keeps the first answer; the invocation is over when the process asks for the next one or ends. */
  private answered(requestId: string, outcome: Outcome, usage: Usage = {}): void {
    const { running } = this;
    if (running?.requestId !== requestId || running.result) return;
    const durationMs = performance.now() - running.startedAt;
    running.result = { ...outcome, requestId, durationMs, coldStartMs: running.coldStartMs, ...usage };
  }

  private killAfter(seconds: number): NodeJS.Timeout {
    return setTimeout(() => {
      const { requestId } = this.running!;
      const limit = this.deployed.timeout.toFixed(2);
      const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${limit} seconds`;
      this.answered(requestId, { ok: false, error: { errorType: "Sandbox.Timedout", errorMessage } });
      void this.stop();
    }, seconds * 1000);
  }

  /** The process is gone. */
  private end(reason: string): void {
    this.exitReason = reason;
    children.delete(this.child);
    void this.api.close();
    if (!this.running) return;
    const { requestId } = this.running;
    const error = this.initError ?? {
      errorType: "Runtime.ExitError",
      errorMessage: `RequestId: ${requestId} Error: Runtime exited ${reason}`,
    };
    this.answered(requestId, { ok: false, error });
    this.finish(this.running.result!);
  }

  private finish(result: InvokeResult): void {
    clearTimeout(this.running!.timer);
    this.running!.resolve(result);
    this.running = undefined;
  }
}

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal) return `with error: ${exitReasons[signal] ?? `signal: ${signal}`}`;
  return code === 0 ? "without providing a reason" : `with error: exit status ${code}`;
}

/** Splits at "\n" only: node:readline would also split at U+2028, which may stand in a line of JSON. */
function eachLine(stream: Readable, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    lines.forEach(take);
  });
  stream.on("end", () => rest && take(rest));
}
