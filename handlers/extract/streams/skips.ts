import type { Refusal } from "../../state/extractState";
import { iso, postpone, shortageFor, type ListenerRun } from "./listenerRun";

/** A container that is skipped as a whole, or would be. */
export interface Skipped {
  stream: string;
  /** The UTC day under which the skip is recorded. */
  day: string;
  container: string;
  name: string | null;
}

/** Records that a container was skipped in this run. */
export function skip(
  run: ListenerRun,
  skipped: Skipped,
  why: Omit<Refusal, "until" | "access"> & { until: string | null },
): void {
  const { stream, day, container, name } = skipped;
  run.rawWriter.add(stream, day, {
    kind: "skip",
    listener: run.listener,
    stream,
    run_id: run.runId,
    container,
    container_name: name,
    position: -1,
    reason: why.reason,
    http_status: why.http_status,
    message: why.message,
    count: 1,
    until: why.until,
    at: iso(run.now()),
  });
  run.counts.skipped += 1;
}

/** What else a day's budget has to hold. */
interface OtherCalls {
  /** Calls that every day takes beside the container, or that were made for it already. */
  everyDay?: number;
  /** True if the container itself is read every day. */
  isDaily?: boolean;
}

/**
 * Returns whether `calls` more may be made for a container. If not, it is postponed to the next run, or recorded as a
 * skip if no day's budget can hold it.
 */
export function reserveOrSkip(
  run: ListenerRun,
  skipped: Skipped,
  calls: number,
  { everyDay = 0, isDaily = false }: OtherCalls = {},
): boolean {
  const { budget } = run;
  const shortage = shortageFor(run, calls);
  if (budget.fitsNoDay(calls, everyDay, shortage)) {
    const message = `It takes ${calls} calls beside what every day takes; the budget is ${budget.describe()}.`;
    skip(run, skipped, { reason: "over_budget", http_status: null, message, until: null });
    return false;
  }
  if (shortage) {
    postpone(run, shortage);
    return false;
  }
  if (!isDaily) budget.touch();
  return true;
}
