/** How a lake stands. Where it lies is up to a {@link StatusPlace}. */
import { firings } from "../../cloud/events/schedule";
import type { Answer } from "../../cloud/lake/cells";
import { utcDay } from "../../handlers/raw/format";
import { parseState, reservedOn, type ExtractState } from "../../handlers/state/extractState";
import { stateKey } from "../../handlers/state/session";
import { readText, type Store } from "../../handlers/shared/store";
import { isWhole, placeOf, sealedRoot } from "../../handlers/transform/sealedMonths";
import { adviceFor, type Advice, type Commands } from "./advice";
import { factQueries, factsIn, type FactRows, type LastRun } from "./facts";

/** Where the parts of a lake are asked for. */
export interface StatusPlace {
  /** The present, in ms UTC. */
  now: number;
  /** EventBridge expressions of the rules that read; undefined for none. */
  rules: { everything: string; plays: string | undefined };
  callBudget: number;
  raw: Store;
  lake: Pick<Store, "list">;
  /** Asks a named query, with its defaults. */
  ask(query: string): Promise<Answer>;
  /** Counts the events that wait in the failure queue of each function. */
  failures(): Promise<Record<string, number>>;
  countPartitions(): Promise<number>;
}

/** What `status --json` prints. */
export interface Status {
  at: string;
  last_runs: LastRun[];
  next_runs: { reads: "everything" | "plays"; at: string }[];
  /** Of the UTC day. */
  calls: { budget: number; reserved: number; left: number };
  /** Spotify wants no call before this. */
  not_before: string | null;
  /** The run that holds the lease. */
  running: { run: string; until: string } | null;
  /** Gaps in the plays that no import has filled. */
  gaps: number;
  /** Failed events that wait, by function. */
  failures: Record<string, number>;
  partitions: number;
  sealed_months: string[];
  sign_ins: { listener: string; days_left: number | null }[];
  /** What to do and what to know, the most urgent first; empty if there is nothing. */
  advice: Advice[];
}

const dayMs = 86_400_000;

/** Returns how a lake stands; `commands` says how the advice names it. */
export async function statusOf(from: StatusPlace, commands: Commands): Promise<Status> {
  const state = parseState((await readText(from.raw, stateKey))?.text);
  const rows = Object.fromEntries(factQueries.map((query) => [query, []])) as unknown as FactRows;
  for (const query of factQueries) rows[query] = (await from.ask(query)).rows;
  const listeners = factsIn(rows);
  const failures = await from.failures();
  const notBefore = later(state.not_before, from.now);
  return {
    at: new Date(from.now).toISOString(),
    last_runs: listeners.flatMap(({ lastRun }) => lastRun ?? []),
    next_runs: nextRuns(from),
    calls: callsOf(state, from),
    not_before: notBefore,
    running: runningOf(state, from.now),
    gaps: listeners.reduce((sum, { gaps }) => sum + gaps, 0),
    failures,
    partitions: await from.countPartitions(),
    sealed_months: await sealedMonths(from),
    sign_ins: rows.token_days_left.map(({ listener_id, days_left }) => ({
      listener: String(listener_id),
      days_left: days_left === null ? null : Number(days_left),
    })),
    advice: adviceFor({ listeners, failures, notBefore }, commands),
  };
}

function nextRuns({ now, rules }: StatusPlace): Status["next_runs"] {
  return (["everything", "plays"] as const).flatMap((reads) => {
    const expression = rules[reads];
    // A rule that fires less often than once a year has no next run here.
    const next = expression === undefined ? undefined : firstFiring(expression, now);
    return next === undefined ? [] : [{ reads, at: new Date(next).toISOString() }];
  });
}

function firstFiring(expression: string, now: number): number | undefined {
  for (const days of [1, 8, 366]) {
    const [first] = firings(expression, now, now + days * dayMs);
    if (first !== undefined) return first;
  }
  return undefined;
}

function callsOf(state: ExtractState, { now, callBudget }: StatusPlace): Status["calls"] {
  const reserved = reservedOn(state, utcDay(now));
  return { budget: callBudget, reserved, left: Math.max(0, callBudget - reserved) };
}

function runningOf({ lease }: ExtractState, now: number): Status["running"] {
  return lease && Date.parse(lease.expires) > now ? { run: lease.run, until: lease.expires } : null;
}

function later(time: string | null, now: number): string | null {
  return time !== null && Date.parse(time) > now ? time : null;
}

async function sealedMonths({ lake }: StatusPlace): Promise<string[]> {
  const places = (await lake.list(sealedRoot)).map(placeOf);
  const whole = places.filter((place) => place !== undefined).filter(isWhole);
  return [...new Set(whole.map(({ month }) => month))].sort();
}
