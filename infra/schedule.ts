import * as aws from "@pulumi/aws";

/** When parts of months that are over are sealed: daily, at an hour of its own. On most days there is nothing to do. */
export const sealSchedule = "cron(40 2 * * ? *)";

/**
 * Lets a rule start a function. What EventBridge cannot deliver (while the function is throttled, or may not be called)
 * it tries for as long as `maxAgeSeconds` and then puts into the queue. `input` replaces the rule's event.
 */
export function scheduleFunction(
  rule: aws.cloudwatch.EventRule,
  name: string,
  deployed: aws.lambda.Function,
  failures: aws.sqs.Queue,
  maxAgeSeconds: number,
  input?: object,
): void {
  const permission = new aws.lambda.Permission(
    `${name}-rule`,
    {
      action: "lambda:InvokeFunction",
      function: deployed.name,
      principal: "events.amazonaws.com",
      sourceArn: rule.arn,
    },
    { parent: rule },
  );
  new aws.cloudwatch.EventTarget(
    name,
    {
      rule: rule.name,
      arn: deployed.arn,
      input: input && JSON.stringify(input),
      // Backing off as EventBridge does, more attempts than fit into an hour.
      retryPolicy: { maximumEventAgeInSeconds: maxAgeSeconds, maximumRetryAttempts: 60 },
      deadLetterConfig: { arn: failures.arn },
    },
    { parent: rule, dependsOn: permission },
  );
}
