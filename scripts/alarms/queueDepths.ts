import type { QueueFiles } from "../../cloud/aws/queues";
import type { Metrics } from "./metrics";

const everyMs = 300_000;
/** SQS goes on counting so long after a queue was last used. */
const activeMs = 6 * 3_600_000;

/** How many messages wait in queues, as SQS counts them. */
export class QueueDepths {
  /** Counts by queue, and since when, ms UTC. */
  private readonly counts = new Map<string, { time: number; count: number }[]>();

  /** @param now ms UTC */
  constructor(
    private readonly files: QueueFiles,
    private readonly names: string[],
    private readonly now: () => number,
  ) {}

  /** Notes how many messages wait now. */
  note(): void {
    for (const name of this.names) {
      const known = this.counts.get(name) ?? [];
      const count = this.files.list(name).length;
      if (count !== (known.at(-1)?.count ?? 0)) known.push({ time: this.now(), count });
      this.counts.set(name, known);
    }
  }

  /** Sends the counts of queues in use up to `end`, ms UTC. */
  send(metrics: Metrics, end: number): void {
    for (const [name, counts] of this.counts) {
      const id = {
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: name },
      };
      for (const [at, { time, count }] of counts.entries()) {
        const next = counts[at + 1]?.time ?? end;
        const last = count > 0 ? next : Math.min(next, time + activeMs);
        const first = Math.ceil(time / everyMs) * everyMs;
        for (let sent = first; sent < last; sent += everyMs) metrics.put(id, sent, count);
      }
    }
  }
}
