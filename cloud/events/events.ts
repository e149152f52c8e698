import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { InvokeResult, LocalFunction } from "../lambda/function";
import type { LambdaError } from "../lambda/runtime-api";
import type { Clock } from "../types";

/** An event that a function failed on, retries included. */
export interface EventFailure {
  functionName: string;
  functionArn: string;
  /** The same for all attempts. */
  requestId: string;
  attempts: number;
  /** Why it was given up. */
  condition: "RetriesExhausted" | "EventAgeExceeded";
  /** Of the last attempt. */
  error: LambdaError;
  /** When that was, ISO 8601 UTC, by the cloud's clock. */
  failedAt: string;
  event: unknown;
}

/** For how long an event is tried. */
export interface RetryPolicy {
  /** Attempts after the first. */
  retries: number;
  maxAgeSeconds: number;
}

/** Where failures go, and how long to wait before each further attempt. */
interface EventQueueOptions {
  /** Takes each failure; what it throws, {@link EventQueue.settle} rejects with. */
  keep: (failure: EventFailure) => void;
  clock: Clock;
  /** In ms; the last one serves for all further attempts. */
  retryWaits: number[];
}

/** Seconds that Lambda waits before it tries an event again; an event's age counts these, however long we wait. */
const lambdaWaits = [60, 120];

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

  /**
   * Takes an event for a function, to be tried as the policy says, and returns at once; `ended` is told when it was
   * served or has failed for good, not when the queue was stopped before that.
   */
  submit(target: LocalFunction, event: unknown, policy: RetryPolicy, ended = (): void => undefined): void {
    const delivered = this.deliver(target, event, policy).then(() => this.stopping.signal.aborted || ended());
    this.track(delivered).catch((fault: unknown) => this.faults.push(fault));
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

  private async deliver(target: LocalFunction, event: unknown, policy: RetryPolicy): Promise<void> {
    const requestId = randomUUID();
    let ageSeconds = 0;
    for (let attempts = 1; !this.stopping.signal.aborted; attempts++) {
      const result = await target.invoke(event, requestId);
      if (result.ok || this.stopping.signal.aborted) return;
      ageSeconds += lambdaWaits[attempts - 1] ?? lambdaWaits.at(-1)!;
      const isLast = attempts > policy.retries;
      if (isLast || ageSeconds > policy.maxAgeSeconds) {
        const condition = isLast ? "RetriesExhausted" : "EventAgeExceeded";
        return this.fail(target, { event, attempts, condition }, result);
      }
      await this.wait(attempts);
    }
  }

  private async wait(attempt: number): Promise<void> {
    const { retryWaits } = this.options;
    const ms = retryWaits[attempt - 1] ?? retryWaits.at(-1);
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private fail(
    { deployed }: LocalFunction,
    given: Pick<EventFailure, "event" | "attempts" | "condition">,
    { requestId, error }: Extract<InvokeResult, { ok: false }>,
  ): void {
    const { keep, clock } = this.options;
    const failedAt = new Date(clock.now()).toISOString();
    const { name: functionName, arn: functionArn } = deployed;
    const failure = { functionName, functionArn, requestId, error, failedAt, ...given };
    this.failures.push(failure);
    keep(failure);
  }
}
