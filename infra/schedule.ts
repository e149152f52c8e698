import * as aws from "@pulumi/aws";

/**
 * Lets a rule start a function. What EventBridge cannot deliver (while the function is throttled, or may not be called)
 * it tries for as long as `maxAgeSeconds` and then puts into the queue.
 */
export function scheduleFunction(
  rule: aws.cloudwatch.EventRule,
  name: string,
  deployed: aws.lambda.Function,
  failures: aws.sqs.Queue,
  maxAgeSeconds: number,
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
      // Backing off as EventBridge does, more attempts than fit into an hour.
      retryPolicy: { maximumEventAgeInSeconds: maxAgeSeconds, maximumRetryAttempts: 60 },
      deadLetterConfig: { arn: failures.arn },
    },
    { parent: rule, dependsOn: permission },
  );
}
