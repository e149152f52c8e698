import { randomUUID } from "node:crypto";
import type { Clock, DeployedFunction } from "../types";
import { ExecutionEnvironment, type InvokeResult, type ProcessOptions } from "./execution-environment";
import { createSandbox, type Sandbox } from "./sandbox";

export type { InvokeResult } from "./execution-environment";

/** How to run a function; all parts have defaults. */
export interface LocalFunctionOptions {
  /** Variables beside, and over, the function's own. */
  environment?: Record<string, string>;
  /** Takes each line that the function prints. */
  log?: (functionName: string, line: string) => void;
  /** The time that `Date.now` tells in the function at the start of an invocation; by default the real one. */
  clock?: Clock;
  /** How many invocations run at once, each in a process of its own (default 2); more wait. */
  concurrency?: number;
  /** Path of the Node.js binary; by default the one that runs us. */
  node?: string;
  /** Is told each result. */
  onResult?: (deployed: DeployedFunction, result: InvokeResult) => void;
}

/** An invocation that waits for its turn. */
interface Waiting {
  begin: () => void;
  /** How many may wait, it included, for a process that is busy before another one runs. */
  patience: number;
}

/** A Lambda function on this machine: its unpacked archive, run in processes that are started as they are needed. */
export class LocalFunction {
  private readonly sandbox: Sandbox;
  private readonly processOptions: ProcessOptions;
  private readonly environments = new Set<ExecutionEnvironment>();
  private readonly idle: ExecutionEnvironment[] = [];
  private readonly waiting: Waiting[] = [];
  private running = 0;
  private stopped = false;

  constructor(
    readonly deployed: DeployedFunction,
    private readonly options: LocalFunctionOptions = {},
  ) {
    this.sandbox = createSandbox(deployed.dir);
    this.processOptions = {
      taskRoot: this.sandbox.taskRoot,
      environment: options.environment ?? {},
      log: options.log ?? (() => undefined),
      clock: options.clock,
      node: options.node ?? process.execPath,
    };
  }

  /**
   * Runs the function on an event. Never rejects: what goes wrong is in the result, as Lambda would report it. With
   * `patience` so many invocations wait for a process that is busy before another one runs.
   */
  async invoke(event: unknown, requestId: string = randomUUID(), patience = 0): Promise<InvokeResult> {
    await this.takePlace(patience);
    try {
      const environment = await this.environment();
      if (!environment) return stoppedResult(requestId);
      const result = await environment.invoke(requestId, event);
      this.options.onResult?.(this.deployed, result);
      if (environment.alive) this.idle.push(environment);
      else this.environments.delete(environment);
      return result;
    } finally {
      this.leavePlace();
    }
  }

  /**
   * Kills all processes, and with an error what they are doing, as an outage would: the next invocation starts a new
   * one. Resolves, when they are gone, with how many there were.
   */
  async kill(): Promise<number> {
    const alive = [...this.environments].filter((environment) => environment.alive);
    await Promise.all([...this.environments].map((environment) => environment.stop()));
    return alive.length;
  }

  /** Ends all processes, and with an error what they are doing. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.kill();
    this.sandbox.remove();
  }

  /** A warm environment, else a new one; none after {@link stop}. */
  private async environment(): Promise<ExecutionEnvironment | undefined> {
    let warm: ExecutionEnvironment | undefined;
    while (!this.stopped && (warm = this.idle.pop())) {
      if (warm.alive) return warm;
      this.environments.delete(warm);
    }
    if (this.stopped) return undefined;
    const fresh = await ExecutionEnvironment.start(this.deployed, this.processOptions);
    if (!this.stopped) {
      this.environments.add(fresh);
      return fresh;
    }
    await fresh.stop();
    return undefined;
  }

  private takePlace(patience: number): Promise<void> {
    return new Promise((begin) => {
      this.waiting.push({ begin, patience });
      this.admit();
    });
  }

  private leavePlace(): void {
    this.running--;
    this.admit();
  }

  /** Begins what has waited longest, as far as it may run now. */
  private admit(): void {
    const { concurrency = 2 } = this.options;
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      const isCrowded = this.running < concurrency && this.waiting.length > next.patience;
      if (this.running > 0 && !isCrowded) return;
      this.waiting.shift();
      this.running++;
      next.begin();
    }
  }
}

function stoppedResult(requestId: string): InvokeResult {
  const error = { errorType: "Runtime.ExitError", errorMessage: "The embedded cloud was stopped." };
  return { ok: false, error, requestId, durationMs: 0 };
}
