/**
 * States of alarms by CloudWatch's rules, as far as the alarms of a stack use them. Sources:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html and
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
 */
import type { MetricId, Metrics, Statistic } from "./metrics";

/** An alarm as Pulumi declares it. */
export interface Alarm extends MetricId {
  name: string;
  statistic: Statistic;
  comparisonOperator: "GreaterThanOrEqualToThreshold" | "GreaterThanThreshold" | "LessThanThreshold";
  threshold: number;
  /** Seconds. */
  period: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  treatMissingData: "notBreaching" | "ignore" | "missing";
}

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** A state, and since when, ms UTC. */
export interface StateChange {
  time: number;
  state: AlarmState;
}

/** CloudWatch looks at more data points than it evaluates, and does not say at how many; its examples have two more. */
const extraPeriods = 2;

/** How often an alarm is evaluated here, ms; CloudWatch does it at least as often. */
const stepMs = 300_000;

/**
 * Returns the states that an alarm takes between two times (ms UTC). Its window slides: it ends when it is evaluated, not
 * at the end of an hour or a day.
 */
export function stateChanges(alarm: Alarm, metrics: Metrics, from: number, to: number): StateChange[] {
  const changes: StateChange[] = [{ time: from, state: "INSUFFICIENT_DATA" }];
  const periodMs = alarm.period * 1000;
  for (let time = from + stepMs; time <= to; time += stepMs) {
    const points = Array.from({ length: alarm.evaluationPeriods + extraPeriods }, (_, ago) =>
      metrics.statistic(alarm, alarm.statistic, time - (ago + 1) * periodMs, time - ago * periodMs),
    );
    const before = changes.at(-1)!.state;
    const state = stateOf(points.reverse(), alarm, before);
    if (state !== before) changes.push({ time, state });
  }
  return changes;
}

/**
 * Returns the state that follows from data points, oldest first; undefined is a missing one. If enough are there, the
 * newest of them count and missing ones do not. If not, missing ones are what `treatMissingData` says.
 */
export function stateOf(
  points: (number | undefined)[],
  alarm: Omit<Alarm, "name" | "period" | "statistic" | keyof MetricId>,
  before: AlarmState,
): AlarmState {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = alarm;
  const present = points.filter((point) => point !== undefined);
  if (present.length === 0 && treatMissingData === "missing") return "INSUFFICIENT_DATA";
  if (present.length === 0 && treatMissingData === "ignore") return before;
  if (present.length < evaluationPeriods && treatMissingData !== "notBreaching" && present.length > 0)
    throw new Error("An alarm of several periods is evaluated here only if missing data is notBreaching.");
  const breaching = present.slice(-evaluationPeriods).filter((point) => isBreaching(point, alarm));
  return breaching.length >= datapointsToAlarm ? "ALARM" : "OK";
}

function isBreaching(
  point: number,
  { comparisonOperator, threshold }: Pick<Alarm, "comparisonOperator" | "threshold">,
): boolean {
  if (comparisonOperator === "GreaterThanOrEqualToThreshold") return point >= threshold;
  return comparisonOperator === "GreaterThanThreshold" ? point > threshold : point < threshold;
}
