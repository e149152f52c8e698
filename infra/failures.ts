import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackKey } from "./key";
import { tlsOnly } from "./policy";
import type { Grant } from "./role";

/** As often as Lambda offers: after one minute and after two more. */
export const retries = 2;

/** Lambda's longest: an event that waits while the account is throttled is not lost for that. */
const maxEventAgeSeconds = 6 * 3600;

/** SQS keeps no message longer. */
const keptSeconds = 14 * 24 * 3600;

/**
 * The queue for the events of a function: those that it failed on, retries included, and those of `rules` that never
 * reached it. `npx spotify-lake redrive` sends them again.
 */
export function failureQueue(
  functionName: string,
  rules: (aws.cloudwatch.EventRule | undefined)[],
  key: StackKey,
): aws.sqs.Queue {
  const queue = new aws.sqs.Queue(`${functionName}-failures`, {
    messageRetentionSeconds: keptSeconds,
    ...(key === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: key }),
  });
  const sender = {
    Sid: "UndeliveredEvents",
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queue.arn,
    Condition: { ArnEquals: { "aws:SourceArn": rules.flatMap((rule) => rule?.arn ?? []) } },
  };
  new aws.sqs.QueuePolicy(
    `${functionName}-failures`,
    {
      queueUrl: queue.url,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [tlsOnly("sqs:*", [queue.arn]), ...(rules.length > 0 ? [sender] : [])],
      }),
    },
    { parent: queue },
  );
  return queue;
}

/** What a function's role needs so that Lambda can put what it failed on there. */
export function allowSendTo(queue: aws.sqs.Queue): Grant {
  return { actions: ["sqs:SendMessage"], resources: [queue.arn] };
}

/** Has Lambda try the function's events again, and then put them into the queue. */
export function sendFailuresTo(name: string, deployed: aws.lambda.Function, queue: aws.sqs.Queue): void {
  new aws.lambda.FunctionEventInvokeConfig(
    name,
    {
      functionName: deployed.name,
      maximumRetryAttempts: retries,
      maximumEventAgeInSeconds: maxEventAgeSeconds,
      destinationConfig: { onFailure: { destination: queue.arn } },
    },
    { parent: deployed },
  );
}
