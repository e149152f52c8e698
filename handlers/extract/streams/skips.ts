import { consequenceOf } from "../../shared/runFailures";
import type { SpotifyFailure } from "../spotify/failures";
import { changeContainer, type Refusal } from "../../state/extractState";
import { iso, postpone, shortageFor, type ListenerRun } from "./listenerRun";

/** How a listener stands to a playlist: development mode gives contents only to owners and collaborators. */
export type Access = "owned" | "collaborative" | "foreign";

/** How long a refusal is remembered. */
export const refusalDays = 30;

/** What is passed over as a whole. */
export interface Skipped {
  stream: string;
  /** The UTC day under which the skip is recorded. */
  day: string;
  container: string;
  name: string | null;
}

/** Records that a container was passed over in this run. */
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

/** Records a refusal and remembers it, so that the container is not asked for again before its `until`. */
export function refuse(run: ListenerRun, key: string, skipped: Skipped, refused: Refusal): void {
  skip(run, skipped, refused);
  run.onceWritten.push((state) =>
    changeContainer(state, run.listener, key, ({ closed }) => ({ closed, refused })),
  );
}

/** What a container's calls are beside. */
interface BesideCalls {
  /** Calls that every day takes beside it, or that were made for it already. */
  everyDay?: number;
  /** True if the container itself is read every day. */
  isDaily?: boolean;
}

/**
 * Returns true if `calls` more may be made for a container. If not, it is postponed to the next run, or recorded as one
 * that no day's budget can hold.
 */
export function reserveOrSkip(
  run: ListenerRun,
  skipped: Skipped,
  calls: number,
  { everyDay = 0, isDaily = false }: BesideCalls = {},
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

/**
 * Records a container that Spotify refuses: remembered if that is how it stands to the app, but not if the sign-in
 * lacks a permission, since the next one may have it. Gives the reason, or undefined if the failure means something
 * else.
 */
export function recordRefusal(
  run: ListenerRun,
  key: string,
  skipped: Skipped,
  error: unknown,
  access: Access,
): string | undefined {
  const refused = refusalIn(run, error, access);
  if (refused) {
    refuse(run, key, skipped, refused);
    return refused.reason;
  }
  if (consequenceOf(error) !== "no_scope") return undefined;
  const { code, status, message } = error as SpotifyFailure;
  skip(run, skipped, { reason: code, http_status: status, message, until: null });
  return code;
}

/**
 * The refusal in a failed call, or undefined if the failure means something else. A playlist of the listener's own
 * cannot be refused for its owner: then the endpoint is gone for this app.
 */
export function refusalIn(run: ListenerRun, error: unknown, access: Access): Refusal | undefined {
  if (consequenceOf(error) !== "refused") return undefined;
  const { code, status, message } = error as SpotifyFailure;
  const isRemoved = code === "not_owned" && access === "owned";
  return {
    reason: isRemoved ? "removed_endpoint" : code,
    http_status: status,
    message: isRemoved ? "Spotify refuses this app the contents of the listener's own playlist." : message,
    until: iso(run.now() + refusalDays * 86_400_000),
    access,
  };
}

/** The remembered refusal of a container, if it still holds. */
export function activeRefusal(
  run: ListenerRun,
  refused: Refusal | undefined,
  access: Access,
): Refusal | undefined {
  return refused?.access === access && refused.until > iso(run.now()) ? refused : undefined;
}
