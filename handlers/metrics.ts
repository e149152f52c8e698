/** The CloudWatch namespace of everything that the pipeline counts. */
export const metricNamespace = "SpotifyDataPipeline";

/**
 * A log entry that CloudWatch turns into metrics of the unit Count:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * It must be printed as a line of its own, without Lambda's prefix.
 * @param now ms UTC
 * @param dimensions what the metrics are told apart by, all together
 */
export function metricsEntry(
  now: number,
  dimensions: Record<string, string>,
  values: Record<string, number>,
): Record<string, unknown> {
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: "Count" }));
  const CloudWatchMetrics = [{ Namespace: metricNamespace, Dimensions: [Object.keys(dimensions)], Metrics }];
  return { _aws: { Timestamp: now, CloudWatchMetrics }, ...dimensions, ...values };
}
