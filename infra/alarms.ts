import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { metricDimensions, metricNamespace, type MetricName } from "../handlers/shared/metrics";
import { warnedDays } from "../handlers/extract/tokenLife";
import { retries } from "./failures";
import { stackPrefix } from "./names";

/** What is watched. */
export interface Watched {
  /** By short name, such as `extract`. */
  functions: Record<string, aws.lambda.Function>;
  /** The failure queues, by the name of their function. */
  queues: Record<string, aws.sqs.Queue>;
  listeners: string[];
  maxDataAgeHours: number;
}

/** An alarm: when it goes off, and what it tells a person to do. */
interface Alarm {
  name: string;
  /** What is wrong and what to do, in a sentence each. */
  says: string;
  namespace: string;
  metricName: string;
  dimensions: Record<string, pulumi.Input<string>>;
  statistic: "Sum" | "Maximum" | "Minimum";
  comparisonOperator: "GreaterThanOrEqualToThreshold" | "GreaterThanThreshold" | "LessThanThreshold";
  threshold: number;
  /** Seconds of one period; it goes off after `datapointsToAlarm` of the last `evaluationPeriods`. */
  period: number;
  evaluationPeriods: number;
  datapointsToAlarm: number;
  /** What no data means: all is well, the state stays what it was, or nobody knows. */
  treatMissingData: "notBreaching" | "ignore" | "missing";
  /** Tell people as well if there is no data. */
  tellsOfMissing?: boolean;
}

const hour = 3600;
const day = 24 * hour;
const once = { evaluationPeriods: 1, datapointsToAlarm: 1 };

/** Makes the alarms of a stack. All notify `topic` when they go off and when they end. */
export function alarms(watched: Watched, topic: aws.sns.Topic): aws.cloudwatch.MetricAlarm[] {
  const all = [
    ...Object.entries(watched.functions).flatMap(([name, deployed]) => functionAlarms(name, deployed)),
    ...Object.entries(watched.queues).map(([name, queue]) => queueAlarm(name, queue)),
    ...watched.listeners.flatMap((listener) => listenerAlarms(listener, watched.maxDataAgeHours)),
  ];
  return all.map(({ name, says, tellsOfMissing, ...args }) => {
    const actions = [topic.arn];
    return new aws.cloudwatch.MetricAlarm(name, {
      ...args,
      name: `${stackPrefix()}-${name}`,
      alarmDescription: `${says} See docs/operations-alarms.md.`,
      alarmActions: actions,
      okActions: actions,
      insufficientDataActions: tellsOfMissing ? actions : [],
    });
  });
}

/** Lambda counts nothing for a function that is not called, and that is no fault of the function's. */
function functionAlarms(name: string, deployed: aws.lambda.Function): Alarm[] {
  const common = {
    namespace: "AWS/Lambda",
    dimensions: { FunctionName: deployed.name },
    statistic: "Sum",
    comparisonOperator: "GreaterThanOrEqualToThreshold",
    treatMissingData: "notBreaching",
  } as const;
  const attempts = 1 + retries;
  return [
    {
      ...common,
      ...once,
      name: `${name}-errors`,
      says: `The function ${name} failed ${attempts} times in an hour, as often as an event is tried: see its log.`,
      metricName: "Errors",
      // Fewer are fixed by a retry.
      threshold: attempts,
      period: hour,
    },
    {
      ...common,
      name: `${name}-throttles`,
      says: `Lambda kept refusing to run ${name} for an hour: the account's concurrency is used up.`,
      metricName: "Throttles",
      threshold: 1,
      // A burst is none: its events wait and are served.
      period: hour / 4,
      evaluationPeriods: 4,
      datapointsToAlarm: 4,
    },
  ];
}

/** SQS stops counting six hours after a queue was last used, and what holds a message counts as used. */
function queueAlarm(name: string, queue: aws.sqs.Queue): Alarm {
  return {
    ...once,
    name: `${name}-failures`,
    says: `Events that ${name} could not be given, or failed on, wait to be sent again: fix the cause, then run npx spotify-lake redrive --stack ${pulumi.getStack()}.`,
    namespace: "AWS/SQS",
    metricName: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: queue.name },
    statistic: "Maximum",
    comparisonOperator: "GreaterThanThreshold",
    threshold: 0,
    period: hour / 12,
    treatMissingData: "notBreaching",
  };
}

function listenerAlarms(listener: string, maxDataAgeHours: number): Alarm[] {
  const counted = (metricName: MetricName) => ({
    namespace: metricNamespace,
    metricName,
    dimensions: metricDimensions(metricName, { stack: pulumi.getStack(), listener }),
  });
  return [
    {
      ...counted("DataAgeHours"),
      ...once,
      name: `data-age-${listener}`,
      says: `No run has read ${listener}'s data for more than ${maxDataAgeHours} hours, or nobody measures it any more.`,
      statistic: "Maximum",
      comparisonOperator: "GreaterThanThreshold",
      threshold: maxDataAgeHours,
      period: day,
      // A new stack has not measured yet; one that stops measuring says so.
      treatMissingData: "missing",
      tellsOfMissing: true,
    },
    {
      ...counted("BlockedReads"),
      ...once,
      name: `blocked-reads-${listener}`,
      says: `A check rejected something read for ${listener}; the read before it stays current.`,
      statistic: "Sum",
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      period: hour,
      // It is sent only for what was rejected.
      treatMissingData: "notBreaching",
    },
    {
      ...counted("QuotaStops"),
      name: `quota-stops-${listener}`,
      says: `Spotify's quota ended ${listener}'s runs on three of the last seven days: lower callBudget.`,
      statistic: "Sum",
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      // One is made good by the next run. Seven days are the most that an alarm may look back.
      period: day,
      evaluationPeriods: 7,
      datapointsToAlarm: 3,
      // It is sent only by a run that a quota ended.
      treatMissingData: "notBreaching",
    },
    {
      ...counted("TokenDaysLeft"),
      ...once,
      name: `sign-in-ends-${listener}`,
      says: `${listener}'s sign-in ends in less than ${warnedDays} days: run npx spotify-lake login --stack ${pulumi.getStack()}.`,
      statistic: "Minimum",
      comparisonOperator: "LessThanThreshold",
      threshold: warnedDays,
      period: day,
      // A sign-in does not last longer because no run looked at it.
      treatMissingData: "ignore",
    },
    {
      ...counted("SignInRefused"),
      ...once,
      name: `sign-in-refused-${listener}`,
      says: `Spotify refuses ${listener}'s sign-in, so nothing is read: run npx spotify-lake login --stack ${pulumi.getStack()}.`,
      statistic: "Maximum",
      comparisonOperator: "GreaterThanOrEqualToThreshold",
      threshold: 1,
      period: hour,
      // It stays refused until a run that is no plays run gets in.
      treatMissingData: "ignore",
    },
  ];
}
