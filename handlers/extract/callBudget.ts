import type { CodedError } from "../shared/errors";
import { runFailure } from "../shared/runFailures";

/** Assumed length of a call before the first has been made. */
const usualCallMs = 500;

/** What a budget consists of. Times are in ms. */
export interface CallBudgetOptions {
  /** Calls that the stack may make in a UTC day, by its setting. */
  dailyBudget: number;
  /** Calls of these that this kind of run may make: later plays runs of the day need the others. */
  spendableCalls: number;
  /** True if the day's budget was spent only on what every day takes. */
  isUntouched: boolean;
  /** Calls that may still be made today. */
  callsLeft(): number;
  /** Time until the last moment at which a call may be in progress. */
  timeLeft(): number;
}

/** The calls that a run may make: one object for all of its listeners. */
export class CallBudget {
  readonly dailyBudget: number;
  readonly spendableCalls: number;
  private isUntouched: boolean;
  /** Calls reserved for later steps of the run, by listener. */
  private readonly reserved = new Map<string, number>();

  constructor(private readonly options: CallBudgetOptions) {
    this.dailyBudget = options.dailyBudget;
    this.spendableCalls = options.spendableCalls;
    this.isUntouched = options.isUntouched;
  }

  /** Reserves calls for a later step of a listener's reading; replaces the previous reservation. */
  reserve(listener: string, calls: number): void {
    this.reserved.set(listener, calls);
  }

  /** Ends a listener's reservation. */
  release(listener: string): void {
    this.reserved.delete(listener);
  }

  /** Notes that calls are spent on more than what every day takes. */
  touch(): void {
    this.isUntouched = false;
  }

  /**
   * Returns why `calls` more do not fit into the budget and the time left, or undefined if they do.
   * @param spent calls made so far and the time that they took, in ms
   */
  shortageFor(calls: number, spent: { calls: number; ms: number }): CodedError | undefined {
    const needed = [...this.reserved.values()].reduce((sum, reserved) => sum + reserved, calls);
    const callMs = spent.calls > 0 ? spent.ms / spent.calls : usualCallMs;
    if (needed > this.options.callsLeft())
      return runFailure(
        "budget_spent",
        "What is left of the day's call budget was too little: the next run goes on.",
      );
    if (needed * callMs > this.options.timeLeft())
      return runFailure(
        "out_of_time",
        "What was left of the function's time was too little: the next run goes on.",
      );
  }

  /**
   * Returns whether no day's budget can hold `calls`: they are more than a day has beside the `everyDay` calls, or they
   * do not fit although nothing else was spent today.
   */
  fitsNoDay(calls: number, everyDay: number, shortage: CodedError | undefined): boolean {
    return calls > this.spendableCalls - everyDay || (shortage?.code === "budget_spent" && this.isUntouched);
  }

  /** Returns the budget in words, for the message of a skip. */
  describe(): string {
    const kept = this.dailyBudget - this.spendableCalls;
    return `${this.dailyBudget} a day${kept > 0 ? `, ${kept} of them kept for plays` : ""}`;
  }
}
