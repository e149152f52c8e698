import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { dashboardBody, type DashboardParts } from "./dashboardBody";
import { logGroupName, stackPrefix } from "./names";
import type { Settings } from "./settingRules";

/** What the dashboard shows. */
interface Shown {
  settings: Settings;
  functions: Record<keyof DashboardParts["functions"], aws.lambda.Function>;
  queues: Record<keyof DashboardParts["functions"], aws.sqs.Queue>;
  raw: aws.s3.Bucket;
  lake: aws.s3.Bucket;
  workgroup: aws.athena.Workgroup;
  metricAlarms: aws.cloudwatch.MetricAlarm[];
}

/** Makes the stack's dashboard. */
export function stackDashboard(shown: Shown): aws.cloudwatch.Dashboard {
  const { settings, functions, queues, raw, lake, workgroup, metricAlarms } = shown;
  const named = (name: keyof DashboardParts["functions"]) => ({
    name: functions[name].name,
    logGroup: logGroupName(name),
    queue: queues[name].name,
  });
  const parts = pulumi.output({
    ...settings,
    region: aws.getRegionOutput().region,
    stack: pulumi.getStack(),
    functions: { extract: named("extract"), transform: named("transform"), health: named("health") },
    rawBucket: raw.bucket,
    lakeBucket: lake.bucket,
    workgroup: workgroup.name,
    alarmArns: metricAlarms.map((alarm) => alarm.arn),
  });
  return new aws.cloudwatch.Dashboard("overview", {
    dashboardName: stackPrefix(),
    dashboardBody: parts.apply((known) => JSON.stringify(dashboardBody(known))),
  });
}
