/** The CloudWatch namespace of all metrics of the pipeline. */
export const metricNamespace = "SpotifyDataPipeline";

/** All metrics with their CloudWatch units. All have the dimensions Stack and Listener. */
export const metricUnits = {
  /** Spotify Web API calls of a run. */
  Calls: "Count",
  /** 1 for a run that ended because of a Spotify quota, else 0. */
  QuotaStops: "Count",
  /** 1 for a run whose sign-in was refused, else 0. */
  SignInRefused: "Count",
  /** 1 for a run that got a new refresh token, which is not stored, else 0. */
  NewRefreshToken: "Count",
  /** Days until Spotify ends the sign-in. */
  TokenDaysLeft: "None",
  /** Rows in the table files of a transformed stream-day. */
  Rows: "Count",
  /** Rows of that stream-day in quarantine. */
  QuarantinedRows: "Count",
  /** Full reads of that stream-day that were rejected. */
  BlockedReads: "Count",
  /** Hours since a run last read everything. */
  DataAgeHours: "None",
} as const;

export type MetricName = keyof typeof metricUnits;

/** Returns the dimensions of a listener's metrics. */
export function metricDimensions(stack: string, listener: string): Record<string, string> {
  return { Stack: stack, Listener: listener };
}

/**
 * Returns a log entry that CloudWatch turns into metrics:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * It must be printed by {@link printLine}.
 * @param now ms UTC
 * @param dimensions from {@link metricDimensions}
 */
export function metricsEntry(
  now: number,
  dimensions: Record<string, string>,
  values: Partial<Record<MetricName, number>>,
): Record<string, unknown> {
  const names = Object.keys(values) as MetricName[];
  const Metrics = names.map((Name) => ({ Name, Unit: metricUnits[Name] }));
  const CloudWatchMetrics = [{ Namespace: metricNamespace, Dimensions: [Object.keys(dimensions)], Metrics }];
  return { _aws: { Timestamp: now, CloudWatchMetrics }, ...dimensions, ...values };
}

/** Returns the log entry of the metrics of a transformed stream-day. */
export function transformMetrics(
  now: number,
  dimensions: Record<string, string>,
  { rows, quarantined, blocked }: { rows: number; quarantined: number; blocked: number },
): Record<string, unknown> {
  return metricsEntry(now, dimensions, { Rows: rows, QuarantinedRows: quarantined, BlockedReads: blocked });
}
