/** Metrics as CloudWatch keeps them. */

/** A metric: the three together name it. */
export interface MetricId {
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
}

/** Statistics that the alarms and the dashboard of a stack use. */
export type Statistic = "Sum" | "Maximum" | "Minimum" | "Average";

/** A value, and when it was sent, ms UTC. */
interface Sent {
  time: number;
  value: number;
}

/** A metric with its values, oldest first. */
interface Series {
  id: MetricId;
  sent: Sent[];
}

/** The values of all metrics. */
export class Metrics {
  private readonly all = new Map<string, Series>();

  /** @param kept what {@link toJSON} returned */
  constructor(kept: Series[] = []) {
    for (const series of kept) this.all.set(keyOf(series.id), series);
  }

  /** Takes a value that was sent at `time`, ms UTC. */
  put(id: MetricId, time: number, value: number): void {
    const key = keyOf(id);
    const { sent } = this.all.get(key) ?? this.added(key, id);
    // Nearly always it is the newest.
    let at = sent.length;
    while (at > 0 && sent[at - 1]!.time > time) at -= 1;
    sent.splice(at, 0, { time, value });
  }

  /** Returns a statistic of the values with `from` <= time < `to` (ms UTC), or undefined if there are none. */
  statistic(id: MetricId, statistic: Statistic, from: number, to: number): number | undefined {
    const sent = this.all.get(keyOf(id))?.sent ?? [];
    const values = sent.slice(firstFrom(sent, from), firstFrom(sent, to)).map(({ value }) => value);
    if (values.length === 0) return undefined;
    const sum = values.reduce((total, value) => total + value, 0);
    if (statistic === "Sum") return sum;
    if (statistic === "Average") return sum / values.length;
    return statistic === "Maximum" ? Math.max(...values) : Math.min(...values);
  }

  /** Returns all metrics with their values, as JSON can hold them. */
  toJSON(): Series[] {
    return [...this.all.values()];
  }

  private added(key: string, id: MetricId): Series {
    const series = { id, sent: [] };
    this.all.set(key, series);
    return series;
  }
}

/** The order of dimensions does not count. */
function keyOf({ namespace, metricName, dimensions }: MetricId): string {
  return JSON.stringify([namespace, metricName, Object.entries(dimensions).sort()]);
}

/** Returns the place of the first value that was not sent before `time`. */
function firstFrom(sent: Sent[], time: number): number {
  let [low, high] = [0, sent.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sent[middle]!.time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
