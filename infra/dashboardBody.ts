/**
 * A CloudWatch dashboard that shows the data flow, from Spotify to those who ask, one row for each step:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
import { warnedDays } from "../handlers/extract/tokenLife";
import {
  isStackMetric,
  metricDimensions,
  metricNamespace,
  type MetricName,
} from "../handlers/shared/metrics";

/** Names of what the dashboard shows. */
export interface DashboardParts {
  region: string;
  stack: string;
  listeners: string[];
  /** Functions and their log groups and failure queues, by short name, such as `extract`. */
  functions: Record<"extract" | "transform" | "health", { name: string; logGroup: string; queue: string }>;
  rawBucket: string;
  lakeBucket: string;
  workgroup: string;
  callBudget: number;
  maxDataAgeHours: number;
  alarmArns: string[];
}

/** Namespace, name, then dimensions by name and value; options come last. */
type Metric = (string | { label: string; color?: string })[];

/** A widget without its place: the layout gives it one. */
interface Widget {
  type: "metric" | "text" | "log" | "alarm";
  /** In columns. */
  width: number;
  properties: Record<string, unknown>;
}

/** A widget in its place on the grid. */
export interface PlacedWidget extends Widget {
  x: number;
  y: number;
  height: number;
}

/** Widgets side by side, all of a height. */
interface Row {
  height: number;
  widgets: Widget[];
}

/** CloudWatch's grid has so many columns. */
export const gridWidth = 24;

const hour = 3600;
const day = 24 * hour;

/** CloudWatch's own red, for what is wrong. */
const red = "#d62728";

/** The dashboard's body. It opens with four weeks: most graphs have one value a day. */
export function dashboardBody(parts: DashboardParts): {
  start: string;
  periodOverride: string;
  widgets: PlacedWidget[];
} {
  return { start: "-P28D", periodOverride: "inherit", widgets: place(rows(parts)) };
}

function place(all: Row[]): PlacedWidget[] {
  let y = 0;
  return all.flatMap(({ height, widgets }) => {
    let x = 0;
    const placed = widgets.map((widget) => {
      const at = { ...widget, x, y, height };
      x += widget.width;
      return at;
    });
    y += height;
    return placed;
  });
}

function rows(parts: DashboardParts): Row[] {
  const { region, functions, rawBucket, lakeBucket, workgroup, callBudget, maxDataAgeHours } = parts;
  const counted = (name: MetricName) => linesOf(parts, name);
  const graph = (title: string, metrics: Metric[], options: object = {}): Widget => ({
    type: "metric",
    width: 8,
    properties: {
      ...{ title, region, view: "timeSeries", stat: "Sum", period: day, metrics },
      // Otherwise a graph of nearly equal values looks like one of great changes.
      yAxis: { left: { min: 0 } },
      ...options,
    },
  });
  // By the hour it would be a line at 1.
  const runs = (name: keyof typeof functions) =>
    graph(`${name}: runs and errors a day`, [
      ofFunction(functions[name].name, "Invocations"),
      ofFunction(functions[name].name, "Throttles"),
      ofFunction(functions[name].name, "Errors", red),
    ]);
  const duration = (name: keyof typeof functions) =>
    graph(`${name}: longest run (ms)`, [ofFunction(functions[name].name, "Duration")], { stat: "Maximum" });
  const objects = (title: string, bucket: string) =>
    graph(
      title,
      [
        [
          ...["AWS/S3", "NumberOfObjects", "BucketName", bucket, "StorageType", "AllStorageTypes"],
          { label: "NumberOfObjects" },
        ],
      ],
      { stat: "Average" },
    );

  return [
    {
      height: 2,
      widgets: [
        text(
          "# Spotify → extract → raw → transform → lake → queries\nWhat an alarm means, and what to do: docs/operations-alarms.md. Times are in UTC.",
        ),
      ],
    },
    {
      height: 3,
      widgets: [
        { type: "alarm", width: gridWidth, properties: { title: "Alarms", alarms: parts.alarmArns } },
      ],
    },
    {
      height: 6,
      widgets: [
        runs("extract"),
        graph("extract: calls a day, and the budget", counted("Calls"), limit("callBudget", callBudget)),
        duration("extract"),
      ],
    },
    {
      height: 6,
      widgets: [
        objects("raw: objects, old versions too", rawBucket),
        graph("Age of the data (hours)", counted("DataAgeHours"), {
          stat: "Maximum",
          ...limit("too old", maxDataAgeHours),
        }),
        graph("Sign-in: days left", counted("TokenDaysLeft"), {
          stat: "Minimum",
          ...limit("sign in again", warnedDays),
        }),
      ],
    },
    {
      height: 6,
      widgets: [
        runs("transform"),
        graph("transform: rows", counted("Rows")),
        graph("transform: rows in quarantine", counted("QuarantinedRows")),
      ],
    },
    {
      height: 6,
      widgets: [
        duration("transform"),
        objects("lake: objects, old versions too", lakeBucket),
        graph("queries: bytes scanned", [
          [
            "AWS/Athena",
            "ProcessedBytes",
            "WorkGroup",
            workgroup,
            "QueryType",
            "DML",
            "QueryState",
            "SUCCEEDED",
            { label: "ProcessedBytes" },
          ],
        ]),
      ],
    },
    {
      height: 6,
      widgets: [
        graph(
          "Failed events that wait",
          Object.entries(functions).map(([name, { queue }]) => [
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            "QueueName",
            queue,
            { label: name },
          ]),
          { stat: "Maximum", period: hour },
        ),
        graph("Quota, sign-in, blocked reads", [
          ...counted("QuotaStops"),
          ...counted("SignInRefused"),
          ...counted("BlockedReads"),
        ]),
        runs("health"),
      ],
    },
    { height: 7, widgets: [lastErrors(parts)] },
  ];
}

function ofFunction(name: string, metric: string, color?: string): Metric {
  return ["AWS/Lambda", metric, "FunctionName", name, { label: metric, ...(color && { color }) }];
}

/** A line for each listener, or one if the metric is the stack's. */
function linesOf({ stack, listeners }: DashboardParts, name: MetricName): Metric[] {
  const shown = isStackMetric(name) ? listeners.slice(0, 1) : listeners;
  return shown.map((listener) => [
    metricNamespace,
    name,
    ...Object.entries(metricDimensions(name, { stack, listener })).flat(),
    { label: isStackMetric(name) ? name : `${name} ${listener}` },
  ]);
}

function limit(label: string, value: number): object {
  return { annotations: { horizontal: [{ label, value }] } };
}

function text(markdown: string): Widget {
  return { type: "text", width: gridWidth, properties: { markdown } };
}

/** Our own entries have a level; an error that ends an invocation is logged by Lambda in the same form. */
function lastErrors({ region, functions }: DashboardParts): Widget {
  const sources = Object.values(functions).map(({ logGroup }) => `SOURCE '${logGroup}'`);
  const query = [
    ...sources,
    "fields @timestamp, level, listener, coalesce(stream, slug) as what, message, coalesce(reason, error, message.errorMessage) as why",
    'filter level in ["WARN", "ERROR", "FATAL"]',
    "sort @timestamp desc",
    "limit 50",
  ].join(" | ");
  return {
    type: "log",
    width: gridWidth,
    properties: { title: "Last warnings and errors", region, view: "table", query },
  };
}
