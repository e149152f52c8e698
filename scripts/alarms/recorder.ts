import type { Program, Use } from "../../cloud/types";
import { Metrics } from "./metrics";

/** A line of a log that says that something is wrong, as the dashboard's widget of errors shows it. */
export interface LogRow {
  /** ms UTC */
  time: number;
  level: string;
  listener: string;
  what: string;
  message: string;
  why: string;
}

/** What a function prints, as far as it is read here. */
interface Line {
  _aws?: {
    Timestamp: number;
    CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
  };
  level: string;
  message?: string;
  listener?: string;
  stream?: string;
  slug?: string;
  reason?: string;
  error?: string;
  written?: string[];
  [field: string]: unknown;
}

/** Milliseconds that transform takes for an event, and for each file that it writes: processes here run in no simulated time. */
const transformMs = { event: 300, file: 60 };

/** Keeps what CloudWatch would keep of a cloud: what functions print, and what Lambda, S3 and SQS count. */
export class Recorder {
  readonly metrics = new Metrics();
  readonly logs: LogRow[] = [];
  /** Bytes of the objects that are there, by bucket and key. */
  readonly sizes = new Map<string, number>();
  /** Versions of objects, by bucket: S3 counts those that were replaced, too. */
  private readonly versions = new Map<string, number>();
  /** When the running invocation of extract began, ms UTC. */
  private began = 0;
  private readonly extractName: string;

  /** @param now ms UTC */
  constructor(
    { outputs }: Pick<Program, "outputs">,
    private readonly now: () => number,
  ) {
    this.extractName = (outputs.functionNames as { extract: string }).extract;
  }

  /** Notes that an event is about to be sent to a function. */
  begin(): void {
    this.began = this.now();
  }

  /** Takes a line that a function printed. */
  line(functionName: string, text: string): void {
    if (!text.startsWith("{")) return;
    const line = JSON.parse(text) as Line;
    if (line._aws) this.embedded(line, line._aws);
    if (["WARN", "ERROR", "FATAL"].includes(line.level)) this.log(line);
    if (line.written) this.duration(functionName, transformMs.event + transformMs.file * line.written.length);
  }

  /** Takes a use of the cloud. */
  use(use: Use): void {
    if (use.kind === "invocation") this.invocation(use.functionName, use.error);
    if (use.kind !== "object") return;
    const { name, bucket, key, size } = use.event;
    this.versions.set(bucket, (this.versions.get(bucket) ?? 0) + 1);
    if (name.startsWith("ObjectCreated")) this.sizes.set(`${bucket}/${key}`, size);
    else this.sizes.delete(`${bucket}/${key}`);
  }

  /** Counts what lies in the buckets, as S3 does once a day. */
  countObjects(): void {
    for (const [bucket, count] of this.versions) {
      const dimensions = { BucketName: bucket, StorageType: "AllStorageTypes" };
      this.metrics.put({ namespace: "AWS/S3", metricName: "NumberOfObjects", dimensions }, this.now(), count);
    }
  }

  /** Metrics in a line of a log (CloudWatch's embedded metric format). */
  private embedded(line: Line, { Timestamp, CloudWatchMetrics }: NonNullable<Line["_aws"]>): void {
    for (const { Namespace: namespace, Dimensions, Metrics: sent } of CloudWatchMetrics)
      for (const { Name: metricName } of sent) {
        const dimensions = Object.fromEntries(Dimensions[0]!.map((name) => [name, String(line[name])]));
        this.metrics.put({ namespace, metricName, dimensions }, Timestamp, Number(line[metricName]));
      }
  }

  private log({ level, listener = "", stream, slug, message = "", reason, error }: Line): void {
    const what = stream ?? slug ?? "";
    this.logs.push({ time: this.now(), level, listener, what, message, why: reason ?? error ?? "" });
  }

  private invocation(functionName: string, error: string | undefined): void {
    const counts = { Invocations: 1, Errors: Number(error !== undefined), Throttles: 0 };
    for (const [metricName, value] of Object.entries(counts))
      this.ofFunction(functionName, metricName, value);
    // Extract's calls of Spotify take simulated time, and nothing else does.
    if (functionName === this.extractName) this.duration(functionName, this.now() - this.began);
    if (functionName === this.extractName) this.begin();
    // Lambda logs an error that ends an invocation.
    if (error !== undefined) this.log({ level: "ERROR", error });
  }

  private duration(functionName: string, ms: number): void {
    this.ofFunction(functionName, "Duration", ms);
  }

  private ofFunction(functionName: string, metricName: string, value: number): void {
    const dimensions = { FunctionName: functionName };
    this.metrics.put({ namespace: "AWS/Lambda", metricName, dimensions }, this.now(), value);
  }
}
