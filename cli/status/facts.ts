/** What is known of the listeners of a lake, from its named queries. */
import type { Answer } from "../../cloud/lake/cells";

/** The named queries that tell it. */
export const factQueries = ["runs", "play_gaps", "token_days_left", "freshness", "quality_failures"] as const;

/** Rows of the {@link factQueries}. */
export type FactRows = Record<(typeof factQueries)[number], Answer["rows"]>;

/** The last run of a listener. Times are as the named query `runs` gives them. */
export interface LastRun {
  listener: string;
  started_at: string;
  /** complete, partial or failed. */
  status: string;
  stop_reason: string | null;
  calls: number;
}

/** What is known of a listener. */
export interface ListenerFacts {
  listener: string;
  lastRun: LastRun | undefined;
  /** Days until the sign-in ends; null if it has no end, or that is not known. */
  daysLeft: number | null;
  /** Days since anything was read whole; null if nothing was. */
  readDaysAgo: number | null;
  /** Streams with reads that lack rows. */
  incomplete: string[];
  /** Tables that a rule kept data out of. */
  blocked: string[];
  /** Gaps in the plays that no import has filled. */
  gaps: number;
}

/** Returns what is known of each listener in the rows, and of `others`, who may be in none. */
export function factsIn(rows: FactRows, others: string[] = []): ListenerFacts[] {
  const named = factQueries.flatMap((query) => rows[query].map(listenerOf));
  return [...new Set([...named, ...others])].map((listener) => factsOf(listener, rows));
}

function factsOf(listener: string, rows: FactRows): ListenerFacts {
  const own = (query: keyof FactRows) => rows[query].filter((row) => listenerOf(row) === listener);
  const whole = own("freshness").filter((row) => row.days_ago !== null);
  const blocked = own("quality_failures").filter((row) => row.severity === "block");
  const daysLeft = own("token_days_left")[0]?.days_left ?? null;
  return {
    listener,
    lastRun: lastRun(own("runs")),
    daysLeft: daysLeft === null ? null : Number(daysLeft),
    readDaysAgo: whole.length === 0 ? null : Math.min(...whole.map((row) => Number(row.days_ago))),
    incomplete: own("freshness")
      .filter((row) => Number(row.incomplete_reads) > 0)
      .map((row) => String(row.stream)),
    blocked: [...new Set(blocked.map((row) => String(row.table_name)))],
    gaps: own("play_gaps").filter((row) => Number(row.plays_known) === 0).length,
  };
}

function listenerOf(row: Answer["rows"][number]): string {
  return String(row.listener_id);
}

/** The query's rows are in the order of time. */
function lastRun(runs: Answer["rows"]): LastRun | undefined {
  const row = runs.at(-1);
  if (!row) return undefined;
  return {
    listener: listenerOf(row),
    started_at: String(row.started_at),
    status: String(row.status),
    stop_reason: row.stop_reason === null ? null : String(row.stop_reason),
    calls: Number(row.calls),
  };
}
