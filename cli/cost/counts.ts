/** What was counted while the program ran: the work of a run of a rule, the functions that it started included. */
export interface Counts {
  /** Functions that ran, and their CPU time on the machine that measured. */
  invocations: number;
  cpuSeconds: number;
  /** Requests to S3: PUT, COPY, POST and LIST; and all others that are billed. */
  s3Writes: number;
  s3Reads: number;
  glueRequests: number;
  /** Secrets that were decrypted. */
  decrypts: number;
  /** Bytes that the functions printed. */
  logBytes: number;
  /** Hours in which a metric was sent, summed over metrics. */
  metricHours: number;
  /** New objects, their bytes, and bytes of versions that were replaced; without the state of extract. */
  files: number;
  keptBytes: number;
  replacedBytes: number;
  /** Writes of the state of extract. */
  stateWrites: number;
  spotifyCalls: number;
}

/** A stack with so many listeners. */
export interface Point {
  listeners: number;
  alarms: number;
  dashboards: number;
  /** Size of the state of extract. */
  stateBytes: number;
  /** The run that reads everything for the first time. */
  first: Counts;
  /** A usual run of each rule, by the rule's name. */
  rules: Record<string, { expression: string; counts: Counts }>;
}

/** What `npm run bench -- cost --days 1` measured. */
export interface Measured {
  /** UTC day. */
  date: string;
  /** Whole days of which a usual run is the mean. */
  days: number;
  /** With few listeners and with more. */
  points: [Point, Point];
}

/** Returns no counts. */
export function noCounts(): Counts {
  return {
    ...{ invocations: 0, cpuSeconds: 0, s3Writes: 0, s3Reads: 0, glueRequests: 0, decrypts: 0, logBytes: 0 },
    ...{ metricHours: 0, files: 0, keptBytes: 0, replacedBytes: 0, stateWrites: 0, spotifyCalls: 0 },
  };
}

/** Returns the sum of counts, each times its factor. */
export function sumOf(parts: { counts: Counts; times: number }[]): Counts {
  const sum = noCounts();
  for (const { counts, times } of parts)
    for (const key of Object.keys(sum) as (keyof Counts)[]) sum[key] += counts[key] * times;
  return sum;
}

/** Returns a stack with so many listeners, on the straight line through the two that were measured. */
export function pointFor({ points: [few, many] }: Measured, listeners: number): Point {
  const share = (listeners - few.listeners) / (many.listeners - few.listeners);
  const between = (a: number, b: number) => a + (b - a) * share;
  const counts = (a: Counts, b: Counts) =>
    sumOf([
      { counts: a, times: 1 - share },
      { counts: b, times: share },
    ]);
  return {
    listeners,
    alarms: Math.round(between(few.alarms, many.alarms)),
    dashboards: Math.round(between(few.dashboards, many.dashboards)),
    stateBytes: between(few.stateBytes, many.stateBytes),
    first: counts(few.first, many.first),
    rules: Object.fromEntries(
      Object.entries(few.rules).map(([name, { expression, counts: own }]) => [
        name,
        { expression, counts: counts(own, many.rules[name]!.counts) },
      ]),
    ),
  };
}
