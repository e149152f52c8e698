/** What a run is to do: decided from its event, the settings and the secrets, before anything is read. */
import { listenerStreams } from "../../schemas/streams";
import type { ExtractEvent, ExtractSettings } from "./extract";
import { callsKeptForPlays } from "./limits";
import type { Secrets } from "./secrets";

/**
 * - `plays`: reads the last plays of those who have signed in, if no other run holds the lease.
 * - `everything`: reads what is new in all sources; with `full` whatever is known.
 * - `reread`: reads one container again, and nothing but its stream.
 */
export type RunPlan =
  | { kind: "plays" }
  | { kind: "everything"; full: boolean }
  | { kind: "reread"; container: string; listener?: string };

/** Returns the plan that an event asks for. */
export function planOf({ resources, container, listener, full }: ExtractEvent, playsRule?: string): RunPlan {
  if (playsRule !== undefined && resources?.[0] === playsRule) return { kind: "plays" };
  if (container !== undefined) return { kind: "reread", container, listener };
  return { kind: "everything", full: full === true };
}

type Reading = Pick<ExtractSettings, "sources" | "listeners">;

/**
 * Returns the sources to read for each listener; a listener without any is left out of a plays run. A playlist, album,
 * artist or search that the settings name belongs to no listener: it is read once, for the first one.
 */
export function sourcesByListener(plan: RunPlan, settings: Reading, secrets: Secrets): Map<string, string[]> {
  const { listeners, sources } = settings;
  const all = sources.flatMap((source) => (source === "me" ? listenerStreams : [source]));
  if (plan.kind === "plays") {
    const plays = all.filter((source) => source === "recently_played");
    const signedIn = listeners.filter((listener) => secrets.signIns[listener] !== undefined);
    return new Map(plays.length > 0 ? signedIn.map((listener) => [listener, plays]) : []);
  }
  const own = all.filter((source) => !source.includes(":"));
  return new Map(listeners.map((listener, index) => [listener, index === 0 ? all : own]));
}

/** Returns the calls of a day's budget that the run may make: not those that the day's later plays runs need. */
export function spendableCalls(
  plan: RunPlan,
  settings: Reading & Pick<ExtractSettings, "callBudget" | "playsRule">,
  secrets: Secrets,
  now: number,
): number {
  const { callBudget, playsRule } = settings;
  if (plan.kind === "plays" || playsRule === undefined) return callBudget;
  const waiting = sourcesByListener({ kind: "plays" }, settings, secrets).size;
  return callBudget - callsKeptForPlays(callBudget, waiting, now);
}
