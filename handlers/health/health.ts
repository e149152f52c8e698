import { metricsEntry } from "../shared/metrics";
import { stateKey } from "../state/session";
import { listenerState, parseState } from "../state/extractState";
import { readText, type Store } from "../shared/store";

/** What health needs. */
export interface HealthDeps {
  /** The raw bucket. */
  store: Store;
  now(): number;
  log(entry: Record<string, unknown>): void;
}

/** Whose data is checked. */
export interface HealthSettings {
  stack: string;
  listeners: string[];
  /** When the stack was created, ISO 8601 UTC: the data of a listener who was never read is as old as that. */
  since: string;
}

const hourMs = 3_600_000;

/**
 * Emits the age of every listener's data, even if extract is down: the metric DataAgeHours, hours since a run last read
 * everything.
 * @returns the hours by listener
 * @throws `state_unknown` for a state that this version does not know; the store's error if it cannot be read
 */
export async function health(
  { store, now, log }: HealthDeps,
  { stack, listeners, since }: HealthSettings,
): Promise<Record<string, number>> {
  const stored = await readText(store, stateKey);
  const state = parseState(stored?.text);
  const ages: Record<string, number> = {};
  for (const listener of listeners) {
    const { read_at = since } = listenerState(state, listener);
    const hours = Math.round(((now() - Date.parse(read_at)) / hourMs) * 10) / 10;
    ages[listener] = hours;
    log(metricsEntry(now(), { stack, listener }, { DataAgeHours: hours }));
  }
  return ages;
}
