/** The CloudWatch namespace of everything that the pipeline counts. */
export const metricNamespace = "SpotifyDataPipeline";

/** Everything that the pipeline counts, with CloudWatch's unit for it. All have the dimensions Stack and Listener. */
export const metricUnits = {
  /** Spotify Web API calls of a run. */
  Calls: "Count",
  /** 1 for a run that a quota of Spotify's ended, else 0. */
  QuotaStops: "Count",
  /** 1 for a run whose sign-in was refused, else 0. */
  SignInRefused: "Count",
  /** 1 for a run that got a refresh token which is not stored, else 0. */
  NewRefreshToken: "Count",
  /** Days until Spotify ends the sign-in. */
  TokenDaysLeft: "None",
  /** Rows of the table files that a stream-day was transformed to. */
  Rows: "Count",
  /** Rows of that stream-day that failed a check. */
  QuarantinedRows: "Count",
  /** Container reads of that stream-day that a check rejected. */
  BlockedReads: "Count",
  /** Hours since a run last read what there is. */
  DataAgeHours: "None",
} as const;

export type MetricName = keyof typeof metricUnits;

/** What tells the metrics of one listener of one stack from all others. */
export function metricDimensions(stack: string, listener: string): Record<string, string> {
  return { Stack: stack, Listener: listener };
}

/**
 * A log entry that CloudWatch turns into metrics:
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

/** What a transform made of one stream-day, as metrics. */
export function transformMetrics(
  now: number,
  dimensions: Record<string, string>,
  { rows, quarantined, blocked }: { rows: number; quarantined: number; blocked: number },
): Record<string, unknown> {
  return metricsEntry(now, dimensions, { Rows: rows, QuarantinedRows: quarantined, BlockedReads: blocked });
}
