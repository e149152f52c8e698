import type { DescribeAlarmsInput } from "@aws-sdk/client-cloudwatch";
import type { Operations } from "../../cloud/aws/json";
import { ofType } from "../../cloud/events/triggers";
import type { Resource } from "../../cloud/types";

/**
 * CloudWatch's DescribeAlarms over the alarms that a program declares. Each has the state that it has where no metric was
 * ever sent, unless `ringing` has its logical name.
 */
export function alarmOperations(resources: Resource[], ringing: Set<string>): Operations {
  const alarms = ofType(resources, "aws:cloudwatch/metricAlarm:MetricAlarm");
  return {
    "GraniteServiceVersion20100801.DescribeAlarms": ({ ActionPrefix }: DescribeAlarmsInput) => ({
      MetricAlarms: alarms
        .filter(({ inputs }) =>
          (inputs.alarmActions as string[]).some((arn) => arn.startsWith(ActionPrefix!)),
        )
        .map(({ name, inputs }) => ({
          AlarmName: inputs.name,
          AlarmDescription: inputs.alarmDescription,
          StateValue: ringing.has(name)
            ? "ALARM"
            : inputs.treatMissingData === "notBreaching"
              ? "OK"
              : "INSUFFICIENT_DATA",
        })),
    }),
  };
}
