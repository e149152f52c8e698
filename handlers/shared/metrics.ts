/** The CloudWatch namespace of all metrics of the pipeline. */
export const metricNamespace = "SpotifyDataPipeline";

/** All metrics with their CloudWatch units. */
export const metricUnits = {
  /** Spotify Web API calls of a run. */
  Calls: "Count",
  /** 1 for a run that ended because of a Spotify quota. */
  QuotaStops: "Count",
  /** 1 for a run whose sign-in was refused or is another account's; 0 for another one, but plays runs do not send it. */
  SignInRefused: "Count",
  /** 1 for a run that got a new refresh token, which is not stored. */
  NewRefreshToken: "Count",
  /** Days until Spotify ends the sign-in; plays runs do not send it. */
  TokenDaysLeft: "None",
  /** Rows in the table files of a transformed stream-day. */
  Rows: "Count",
  /** Rows of that stream-day in quarantine, if there are any. */
  QuarantinedRows: "Count",
  /** Full reads of that stream-day that were rejected, if there are any. */
  BlockedReads: "Count",
  /** Hours since a run last read everything. */
  DataAgeHours: "None",
} as const;

export type MetricName = keyof typeof metricUnits;

/** Whose metrics they are. */
interface Measured {
  stack: string;
  listener: string;
}

/**
 * CloudWatch bills each metric of each listener for every hour in which it is sent, which would be most of the bill of
 * many listeners. So what has no meaning for one listener is a metric of the stack, and a count of what seldom happens is
 * sent only if it happened.
 */
const stackMetrics: MetricName[] = ["Calls", "Rows"];
const seldomMetrics: MetricName[] = ["QuotaStops", "NewRefreshToken", "QuarantinedRows", "BlockedReads"];

/** Returns the dimensions of a metric: Stack, and Listener unless it is one of the whole stack. */
export function metricDimensions(name: MetricName, { stack, listener }: Measured): Record<string, string> {
  return stackMetrics.includes(name) ? { Stack: stack } : { Stack: stack, Listener: listener };
}

/** Returns whether a metric is one of the whole stack. */
export function isStackMetric(name: MetricName): boolean {
  return stackMetrics.includes(name);
}

/**
 * Returns a log entry that CloudWatch turns into metrics:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * It must be printed by {@link printLine}.
 * @param now ms UTC
 */
export function metricsEntry(
  now: number,
  measured: Measured,
  values: Partial<Record<MetricName, number>>,
): Record<string, unknown> {
  const sent = (Object.entries(values) as [MetricName, number][]).filter(
    ([name, value]) => value !== 0 || !seldomMetrics.includes(name),
  );
  const directive = (dimensions: string[], names: MetricName[]) => ({
    Namespace: metricNamespace,
    Dimensions: [dimensions],
    Metrics: names.map((Name) => ({ Name, Unit: metricUnits[Name] })),
  });
  const names = sent.map(([name]) => name);
  const CloudWatchMetrics = [
    directive(["Stack"], names.filter(isStackMetric)),
    directive(
      ["Stack", "Listener"],
      names.filter((name) => !isStackMetric(name)),
    ),
  ].filter(({ Metrics }) => Metrics.length > 0);
  const { stack, listener } = measured;
  return {
    _aws: { Timestamp: now, CloudWatchMetrics },
    Stack: stack,
    Listener: listener,
    ...Object.fromEntries(sent),
  };
}

/** Returns the log entry of the metrics of a transformed stream-day. */
export function transformMetrics(
  now: number,
  measured: Measured,
  { rows, quarantined, blocked }: { rows: number; quarantined: number; blocked: number },
): Record<string, unknown> {
  return metricsEntry(now, measured, { Rows: rows, QuarantinedRows: quarantined, BlockedReads: blocked });
}
