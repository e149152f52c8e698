import { firings } from "../../cloud/events/schedule";
import type { Settings } from "../../infra/settingRules";
import { pointFor, sumOf, type Counts, type Measured, type Point } from "./counts";
import { dpuHoursOfCrawl, leastScannedBytes, prices, type Item } from "./prices";

/** The settings that a bill depends on. */
export type BilledSettings = Pick<
  Settings,
  "schedule" | "playsSchedule" | "crawlerSchedule" | "kmsKey" | "logRetentionDays" | "callBudget"
> & { listeners: number };

/** What a bill supposes. */
export interface Supposed {
  /** How many months of data are kept. */
  months: number;
  /** Queries in Athena a month, each of the least that Athena bills. */
  queries: number;
}

/** Units a month of what is billed. */
export type Quantities = Record<Item, number>;

/** One line of a bill. */
interface BillLine {
  item: string;
  quantity: number;
  unit: string;
  free: number;
  /** USD as priced, and what is left of it after the account's free units. */
  list_usd: number;
  usd: number;
}

/** A month's bill. */
export interface Bill {
  lines: BillLine[];
  list_usd: number;
  usd: number;
}

const gigabyte = 2 ** 30;
const terabyte = 2 ** 40;
const hoursOfMonth = 730;
const daysOfMonth = 365 / 12;
/** A year of which the mean month is taken. */
const [yearStart, yearEnd] = [Date.parse("2027-01-01T00:00:00Z"), Date.parse("2028-01-01T00:00:00Z")];

/** Bytes that Lambda itself writes to the log for a run: its start and its report. */
const lambdaLogBytes = 1000;
/** Memory that gives a function one CPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const gigabytesPerCpu = 1769 / 1024;
/** Supposed: seconds that a function waits for S3 or Glue and for Spotify, and the gigabytes that it holds meanwhile. */
const wait = { requestSeconds: 0.05, requestGb: 1, callSeconds: 0.2, callGb: 0.5 };

/**
 * Supposed, with a key: KMS requests of a run. S3 asks for a bucket key to write with and one to read with, in raw and in
 * lake; CloudWatch Logs asks for one.
 */
const keyRequestsOfRun = 5;

/** Returns how often a schedule fires in a mean month. Throws a `UserError` if it cannot be read. */
export function firingsAMonth(expression: string | undefined): number {
  return expression === undefined ? 0 : firings(expression, yearStart, yearEnd).length / 12;
}

/** Returns what all runs of a month do. */
export function monthOf(point: Point, settings: BilledSettings): Counts {
  const own: Record<string, string | undefined> = {
    schedule: settings.schedule,
    plays: settings.playsSchedule,
  };
  return sumOf(
    Object.entries(point.rules).map(([name, { expression, counts }]) => ({
      counts,
      times: firingsAMonth(name in own ? own[name] : expression),
    })),
  );
}

/** Returns the units of a month of a stack with these settings. */
export function quantitiesOf(measured: Measured, settings: BilledSettings, supposed: Supposed): Quantities {
  const point = pointFor(measured, settings.listeners);
  const month = monthOf(point, settings);
  const kept = point.first.keptBytes + supposed.months * month.keptBytes;
  const replaced = month.replacedBytes + month.stateWrites * point.stateBytes;
  const logBytes = month.logBytes + month.invocations * lambdaLogBytes;
  const logMonths = Math.min(settings.logRetentionDays / daysOfMonth, supposed.months);
  return {
    requests: month.invocations,
    gbSeconds: gbSeconds(month),
    s3Writes: month.s3Writes,
    s3Reads: month.s3Reads,
    storage: (kept + replaced) / gigabyte,
    glueRequests: month.glueRequests,
    crawls: 2 * firingsAMonth(settings.crawlerSchedule) * dpuHoursOfCrawl,
    metrics: month.metricHours / hoursOfMonth,
    alarms: point.alarms,
    dashboards: point.dashboards,
    logsIn: logBytes / gigabyte,
    logsKept: (logBytes * logMonths) / gigabyte,
    kmsRequests: month.decrypts + (settings.kmsKey === undefined ? 0 : month.invocations * keyRequestsOfRun),
    keyVersions: settings.kmsKey === "create" ? keyVersions(supposed.months) : 0,
    scanned: (supposed.queries * leastScannedBytes) / terabyte,
  };
}

/** A key rotates once a year; its first version and the first two rotations are billed, each like a key. */
function keyVersions(months: number): number {
  return Math.min(3, Math.ceil(months / 12));
}

/** Less memory means less CPU, so a CPU second is billed for the same, whatever the function's memory is. */
function gbSeconds({ cpuSeconds, s3Reads, s3Writes, glueRequests, spotifyCalls }: Counts): number {
  const requests = s3Reads + s3Writes + glueRequests;
  return (
    cpuSeconds * gigabytesPerCpu +
    requests * wait.requestSeconds * wait.requestGb +
    spotifyCalls * wait.callSeconds * wait.callGb
  );
}

/** Returns the bill of these units. */
export function billOf(quantities: Quantities): Bill {
  const lines = (Object.keys(prices) as Item[])
    .filter((item) => quantities[item] > 0)
    .map((item): BillLine => {
      const { item: name, usd, per, unit, free } = prices[item];
      const quantity = quantities[item];
      const cost = (units: number) => (Math.max(0, units) / per) * usd;
      return { item: name, quantity, unit, free, list_usd: cost(quantity), usd: cost(quantity - free) };
    });
  const total = (key: "list_usd" | "usd") => lines.reduce((sum, line) => sum + line[key], 0);
  return { lines, list_usd: total("list_usd"), usd: total("usd") };
}
