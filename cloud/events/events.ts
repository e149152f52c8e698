import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { InvokeResult, LocalFunction } from "../lambda/function";
import type { LambdaError } from "../lambda/runtime-api";
import type { Clock } from "../types";

/** An event that a function failed on, after all retries. */
export interface EventFailure {
  functionName: string;
  functionArn: string;
  /** The same for all attempts. */
  requestId: string;
  attempts: number;
  /** Why it is not retried again. */
  condition: "RetriesExhausted" | "EventAgeExceeded";
  /** Of the last attempt. */
  error: LambdaError;
  /** When that was, ISO 8601 UTC, by the cloud's clock. */
  failedAt: string;
  event: unknown;
}

/** How often and how long an event is retried. */
export interface RetryPolicy {
  /** Attempts after the first. */
  retries: number;
  maxAgeSeconds: number;
}

/** Where failures go, and how long to wait before each further attempt. */
interface EventQueueOptions {
  /** Takes each failure; {@link EventQueue.settle} rejects with what it throws. */
  keep: (failure: EventFailure) => void;
  clock: Clock;
  /** In ms; the last one is for all further attempts. */
  retryWaits: number[];
}

/** What a submitted event comes with. */
export interface SubmitOptions {
  /**
   * Called when the event was handled or has failed after all retries, but not if the queue was stopped before that.
   */
  ended?: () => void;
  /** An object set it off. */
  ofObject?: boolean;
}

/**
 * How many events wait for a process of their function before another one runs: to start it, and to have its code compiled,
 * takes as long as several events.
 */
const patience = 8;

/** Seconds that Lambda waits before a retry. They count for an event's age, however long we wait. */
const lambdaWaits = [60, 120];

/**
 * Asynchronous invocations by Lambda's rule: an event that a function fails on is retried, and then kept as a failure
 * (https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html).
 */
export class EventQueue {
  /** What failed so far, oldest first. */
  readonly failures: EventFailure[] = [];
  /** Work that has not ended, and the function that it waits for, if an object set it off. */
  private readonly inFlight = new Map<Promise<unknown>, LocalFunction | undefined>();
  private readonly faults: unknown[] = [];
  private readonly stopping = new AbortController();

  constructor(private readonly options: EventQueueOptions) {}

  /** Takes an event for a function and returns at once. */
  submit(target: LocalFunction, event: unknown, policy: RetryPolicy, options: SubmitOptions = {}): void {
    const { ended, ofObject } = options;
    const delivered = this.deliver(target, event, policy).then(
      () => this.stopping.signal.aborted || ended?.(),
    );
    this.track(delivered, ofObject ? target : undefined).catch((fault: unknown) => this.faults.push(fault));
  }

  /** Makes {@link settle} wait for the work, and returns it. `target` is the function that an object started. */
  track<T>(work: Promise<T>, target?: LocalFunction): Promise<T> {
    const tracked: Promise<unknown> = work
      .catch(() => undefined)
      .finally(() => this.inFlight.delete(tracked));
    this.inFlight.set(tracked, target);
    return work;
  }

  /** Resolves when nothing is in flight; rejects, once, if a failure could not be kept, or an {@link attempt} failed. */
  settle(): Promise<void> {
    return this.waitFor(() => true);
  }

  /** As {@link settle} for events of these functions, but what objects set off in others may go on. */
  settleBefore(targets: LocalFunction[]): Promise<void> {
    return this.waitFor((target) => target === undefined || targets.includes(target));
  }

  private async waitFor(counts: (target: LocalFunction | undefined) => boolean): Promise<void> {
    for (;;) {
      const awaited = [...this.inFlight].filter(([, target]) => counts(target)).map(([work]) => work);
      if (awaited.length === 0) break;
      await Promise.all(awaited);
    }
    const [fault] = this.faults.splice(0);
    if (fault !== undefined) throw fault;
  }

  /** Does something whose error makes {@link settle} reject. */
  attempt(act: () => void): void {
    try {
      act();
    } catch (fault) {
      this.faults.push(fault);
    }
  }

  /** Stops retrying and keeps no more failures: everything in flight is being ended. */
  stop(): void {
    this.stopping.abort();
  }

  private async deliver(target: LocalFunction, event: unknown, policy: RetryPolicy): Promise<void> {
    const requestId = randomUUID();
    let ageSeconds = 0;
    for (let attempts = 1; !this.stopping.signal.aborted; attempts++) {
      const result = await target.invoke(event, requestId, patience);
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
