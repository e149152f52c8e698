import { stateKey } from "../../handlers/state/session";
import type { Use } from "../../cloud/types";
import { noCounts, type Counts } from "../../cli/cost/counts";

/** S3's operations by price: these cost as much as a PUT, deletions nothing, all others as much as a GET. */
const s3Writes = /^(Put|Copy|Post|List|Create|Complete|Upload)/;
const s3Free = /^(Delete|Abort)/;

/** A line in CloudWatch's embedded metric format. */
interface MetricsLine extends Record<string, unknown> {
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[];
  };
}

/** Counts what a cloud does, from one call of {@link take} to the next. */
export class Meter {
  stateBytes = 0;
  private counts = noCounts();
  private readonly sizes = new Map<string, number>();
  private readonly metricHours = new Set<string>();

  /** Returns what was counted since the last call, and counts anew. */
  take(): Counts {
    const counts = this.counts;
    this.counts = noCounts();
    return counts;
  }

  /** Counts a call of Spotify's. */
  call(): void {
    this.counts.spotifyCalls += 1;
  }

  /** Counts a use of the cloud. */
  use(use: Use): void {
    const { counts } = this;
    if (use.kind === "s3") {
      if (s3Writes.test(use.operation)) counts.s3Writes += 1;
      else if (!s3Free.test(use.operation)) counts.s3Reads += 1;
    } else if (use.kind === "request") {
      if (use.target.startsWith("AWSGlue.")) counts.glueRequests += 1;
    } else if (use.kind === "invocation") {
      counts.invocations += 1;
      counts.cpuSeconds += use.cpuMs / 1000;
    } else this.object(use.event);
  }

  /** Counts a line that a function printed, and the metrics in it: each once an hour and for its own dimensions. */
  line(line: string): void {
    this.counts.logBytes += Buffer.byteLength(line) + 1;
    if (!line.includes('"_aws"')) return;
    const { _aws, ...values } = JSON.parse(line) as MetricsLine;
    const hour = Math.floor(_aws.Timestamp / 3_600_000);
    for (const { Dimensions, Metrics } of _aws.CloudWatchMetrics)
      for (const { Name } of Metrics) {
        const key = [hour, Name, ...Dimensions[0]!.map((name) => values[name])].join(" ");
        if (!this.metricHours.has(key)) this.counts.metricHours += 1;
        this.metricHours.add(key);
      }
  }

  private object({ name, bucket, key, size }: Extract<Use, { kind: "object" }>["event"]): void {
    const { counts, sizes } = this;
    if (!name.startsWith("ObjectCreated")) return;
    if (key === stateKey) {
      counts.stateWrites += 1;
      this.stateBytes = size;
      return;
    }
    const before = sizes.get(`${bucket}/${key}`);
    if (before === undefined) counts.files += 1;
    else counts.replacedBytes += before;
    counts.keptBytes += size - (before ?? 0);
    sizes.set(`${bucket}/${key}`, size);
  }
}
