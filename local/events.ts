import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { InvokeResult, LocalFunction } from "./lambda/function";
import type { LambdaError } from "./lambda/runtime-api";
import type { Clock } from "./types";

/** An event that a function failed on, retries included. */
export interface EventFailure {
  functionName: string;
  /** The same for all attempts. */
  requestId: string;
  attempts: number;
  /** Of the last attempt. */
  error: LambdaError;
  /** When that was, ISO 8601 UTC, by the cloud's clock. */
  failedAt: string;
  event: unknown;
}

/** Where failures go, and how long to wait before each further attempt. */
interface EventQueueOptions {
  /** Folder that gets a JSON file for each failure. */
  failedDir: string;
  clock: Clock;
  /** In ms; the last one serves for all further attempts. Lambda waits one minute, then two. */
  retryWaits: number[];
}

/**
 * Asynchronous invocations with Lambda's rule: an event that a function fails on is tried again, and kept as a failure
 * if that does not help (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
 */
export class EventQueue {
  /** What failed so far, oldest first. */
  readonly failures: EventFailure[] = [];
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly faults: unknown[] = [];
  private readonly stopping = new AbortController();

  constructor(private readonly options: EventQueueOptions) {}

  /** Takes an event for a function, to be tried 1 + `retries` times, and returns at once. */
  submit(target: LocalFunction, event: unknown, retries: number): void {
    this.track(this.deliver(target, event, retries)).catch((fault: unknown) => this.faults.push(fault));
  }

  /** Lets {@link settle} wait for something; returns it. */
  track<T>(work: Promise<T>): Promise<T> {
    const tracked: Promise<unknown> = work
      .catch(() => undefined)
      .finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
    return work;
  }

  /** Resolves when nothing is under way; rejects if a failure could not be kept. */
  async settle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
    if (this.faults.length > 0) throw this.faults[0];
  }

  /** Gives up retries, and keeps no more failures: what is under way is being ended. */
  stop(): void {
    this.stopping.abort();
  }

  private async deliver(target: LocalFunction, event: unknown, retries: number): Promise<void> {
    const requestId = randomUUID();
    for (let attempt = 1; !this.stopping.signal.aborted; attempt++) {
      const result = await target.invoke(event, requestId);
      if (result.ok || this.stopping.signal.aborted) return;
      if (attempt > retries) return this.keep(target, event, attempt, result);
      await this.wait(attempt);
    }
  }

  private async wait(attempt: number): Promise<void> {
    const { retryWaits } = this.options;
    const ms = retryWaits[attempt - 1] ?? retryWaits.at(-1);
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async keep(
    target: LocalFunction,
    event: unknown,
    attempts: number,
    { requestId, error }: Extract<InvokeResult, { ok: false }>,
  ): Promise<void> {
    const { failedDir, clock } = this.options;
    const functionName = target.deployed.name;
    const failedAt = new Date(clock.now()).toISOString();
    const failure: EventFailure = { functionName, requestId, attempts, error, failedAt, event };
    this.failures.push(failure);
    await mkdir(failedDir, { recursive: true });
    const name = `${failedAt.replaceAll(":", "")}-${functionName}-${requestId}.json`;
    await writeFile(path.join(failedDir, name), `${JSON.stringify(failure, null, 2)}\n`);
  }
}
