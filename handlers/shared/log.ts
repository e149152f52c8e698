/**
 * Prints an entry as one line of JSON, with its level if it names none. Not by `console`: with Lambda's JSON log format
 * that puts what it is given into a field of an object of its own, in which CloudWatch finds no metrics. What goes to
 * stdout itself stays as it is
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Libraries.html).
 */
export function printLine(entry: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ level: "INFO", ...entry })}\n`);
}
