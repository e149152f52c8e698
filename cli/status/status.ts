/** How a lake stands. Where it lies is up to a {@link StatusPlace}. */
import { firings } from "../../cloud/events/schedule";
import type { Answer } from "../../cloud/lake/cells";
import { utcDay } from "../../handlers/raw/format";
import { parseState, reservedOn, type ExtractState } from "../../handlers/state/extractState";
import { stateKey } from "../../handlers/state/session";
import { readText, type Store } from "../../handlers/shared/store";
import { isMarker, sealedRoot } from "../../handlers/transform/sealedMonths";
import { adviceFor, type Commands } from "./advice";

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

/** The last run of a listener. Times are ISO 8601 UTC, or as the named query `runs` gives them. */
interface LastRun {
  listener: string;
  started_at: string;
  /** complete, partial or failed. */
  status: string;
  stop_reason: string | null;
  calls: number;
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
  /** Gaps in the plays that are known. */
  gaps: number;
  /** Failed events that wait, by function. */
  failures: Record<string, number>;
  partitions: number;
  sealed_months: string[];
  sign_ins: { listener: string; days_left: number | null }[];
  /** What to do, the most urgent first; empty if there is nothing. */
  advice: string[];
}

const dayMs = 86_400_000;

/** Returns how a lake stands; `commands` says how the advice names it. */
export async function statusOf(from: StatusPlace, commands: Commands): Promise<Status> {
  const state = parseState((await readText(from.raw, stateKey))?.text);
  const [runs, gaps, signIns] = [
    await from.ask("runs"),
    await from.ask("play_gaps"),
    await from.ask("token_days_left"),
  ];
  const found: Omit<Status, "advice"> = {
    at: new Date(from.now).toISOString(),
    last_runs: lastRuns(runs),
    next_runs: nextRuns(from),
    calls: callsOf(state, from),
    not_before: later(state.not_before, from.now),
    running: runningOf(state, from.now),
    gaps: gaps.rows.length,
    failures: await from.failures(),
    partitions: await from.countPartitions(),
    sealed_months: await sealedMonths(from),
    sign_ins: signIns.rows.map((row) => ({
      listener: String(row.listener_id),
      days_left: row.days_left === null ? null : Number(row.days_left),
    })),
  };
  return { ...found, advice: adviceFor(found, commands) };
}

/** The query's rows are in the order of time. */
function lastRuns({ rows }: Answer): LastRun[] {
  const last = new Map<string, LastRun>();
  for (const row of rows)
    last.set(String(row.listener_id), {
      listener: String(row.listener_id),
      started_at: String(row.started_at),
      status: String(row.status),
      stop_reason: row.stop_reason === null ? null : String(row.stop_reason),
      calls: Number(row.calls),
    });
  return [...last.values()];
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
  const keys = await lake.list(sealedRoot);
  return keys.filter(isMarker).map((key) => key.slice(sealedRoot.length, -".json".length));
}
