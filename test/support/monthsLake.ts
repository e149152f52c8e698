import { Random } from "../../simulator/random";
import { dayMs, hourMs } from "../../simulator/times";
import { deviceClockToleranceMs } from "../../schemas/plays";
import type { Row } from "../../schemas";
import { tieRows } from "./tieLake";

/** The first days of the months about which {@link monthsRows} puts its rows. */
export const edges = ["2026-01-01", "2026-02-01", "2026-03-01"];

/** Makes rows of one table out of a row of any time. */
type Spread = (row: Row, random: Random) => Row[];

/** Returns a time (ms UTC) within three days of the start of one of these months, the edges often among them. */
function near(random: Random, months: string[]): number {
  const hours = random.pick([-72, -49, -48, -36, -25, -24, -15, -14, -1, 0, 1, 12, 13, 24, 47, 48, 71]);
  return Date.parse(random.pick(months)) + hours * hourMs + random.int(0, 2) * 1000;
}

/** The cells of a row that was read then (ms UTC). */
function readAt(fetched_at: number): Row {
  const snapshot_date = new Date(fetched_at).toISOString().slice(0, 10);
  return { fetched_at, snapshot_date, read_seq: Math.floor(fetched_at / 1000) };
}

const operation: Spread = (row, random) => [{ ...row, ...readAt(near(random, edges)) }];

const spreads: Record<string, Spread> = {
  // Each play is read once or twice: from as early as a device's clock may be ahead to weeks later.
  plays: (row, random) => {
    const played_at = near(random, edges);
    return [random.pick([-deviceClockToleranceMs, 0, hourMs, dayMs]), 40 * dayMs]
      .slice(0, random.int(1, 2))
      .map((later) => ({ ...row, played_at, ...readAt(played_at + later) }));
  },
  streaming_history: (row, random) =>
    Array.from({ length: 5 }, () => {
      const played_at = near(random, ["2025-12-01", edges[0]!]);
      const month = new Date(played_at).toISOString().slice(0, 7);
      return { ...row, played_at, ...readAt(Date.parse(`${month}-01`)) };
    }),
  extract_runs: (row, random) => {
    const ended_at = near(random, edges);
    return [{ ...row, started_at: ended_at, ended_at, ...readAt(ended_at) }];
  },
  skips: operation,
  quality_results: operation,
};

/**
 * Returns rows of every table, those of plays, runs, skips and quality results near the start of three months: a play's
 * day and the month of its reads may differ. The same rows for a seed.
 */
export function monthsRows(seed: number): Map<string, Row[]> {
  const random = new Random("months", seed);
  return new Map(
    [...tieRows(seed)].map(([name, rows]) => [
      name,
      rows.flatMap((row) => spreads[name]?.(row, random) ?? [row]),
    ]),
  );
}
