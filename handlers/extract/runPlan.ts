/** Decides what a run is to do, from its event, the settings and the secrets, before anything is read. */
import { streamsOfSource } from "../../schemas/streams";
import type { ExtractEvent, ExtractSettings } from "./extract";
import type { Secrets } from "./secrets";
import { firingsLeftToday, parseSchedule } from "../shared/scheduleExpression";

/**
 * - `plays`: reads the last plays of the listeners who have signed in, if no other run holds the lease.
 * - `everything`: reads what is new in all sources; with `full`, all of it.
 * - `reread`: reads one container again, and nothing but its stream.
 */
export type RunPlan =
  | { kind: "plays" }
  | { kind: "everything"; full: boolean }
  | { kind: "reread"; container: string; listener?: string };

/**
 * Returns the plan that an event asks for.
 * @param playsRule ARN of the rule whose events ask for plays
 */
export function planOf({ resources, container, listener, full }: ExtractEvent, playsRule?: string): RunPlan {
  if (playsRule !== undefined && resources?.[0] === playsRule) return { kind: "plays" };
  if (container !== undefined) return { kind: "reread", container, listener };
  return { kind: "everything", full: full === true };
}

type Reading = Pick<ExtractSettings, "sources" | "listeners">;

/**
 * Returns the sources to read for each listener; a plays run leaves out listeners without any. A playlist, album,
 * artist or search that the settings name belongs to no listener: it is read once, for the first one.
 */
export function sourcesByListener(plan: RunPlan, settings: Reading, secrets: Secrets): Map<string, string[]> {
  const { listeners, sources } = settings;
  const all = sources.flatMap(streamsOfSource);
  if (plan.kind === "plays") {
    const plays = all.filter((source) => source === "recently_played");
    const signedIn = listeners.filter((listener) => secrets.signIns[listener] !== undefined);
    return new Map(plays.length > 0 ? signedIn.map((listener) => [listener, plays]) : []);
  }
  const own = all.filter((source) => !source.includes(":"));
  return new Map(listeners.map((listener, index) => [listener, index === 0 ? all : own]));
}

/** Returns the calls of a day's budget that the run may make; the day's later plays runs need the others. */
export function spendableCalls(
  plan: RunPlan,
  settings: Reading & Pick<ExtractSettings, "callBudget" | "playsRule" | "playsSchedule">,
  secrets: Secrets,
  now: number,
): number {
  const { callBudget, playsRule, playsSchedule = "rate(1 hour)" } = settings;
  if (plan.kind === "plays" || playsRule === undefined) return callBudget;
  const waiting = sourcesByListener({ kind: "plays" }, settings, secrets).size;
  return (
    callBudget - callsKeptForPlays(callBudget, waiting, firingsLeftToday(parseSchedule(playsSchedule), now))
  );
}

/**
 * Returns the calls of a day's budget that are kept for plays runs, since a play that they miss is lost: one for each
 * listener and run, but at most a fifth of the budget.
 * @param runsLeft plays runs that are left of the UTC day
 */
export function callsKeptForPlays(dailyBudget: number, listeners: number, runsLeft: number): number {
  return Math.min(listeners * runsLeft, Math.floor(dailyBudget / 5));
}
