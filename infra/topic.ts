import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackKey } from "./key";
import { tlsOnly } from "./policy";
import type { Settings } from "./settingRules";

/**
 * Makes the topic that alarms notify, with a subscription of `alarmEmail` if there is one. The key that AWS manages for
 * SNS is no choice: CloudWatch may not use it (https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns).
 */
export function alarmTopic({ alarmEmail }: Pick<Settings, "alarmEmail">, key: StackKey): aws.sns.Topic {
  const account = aws.getCallerIdentityOutput().accountId;
  const topic = new aws.sns.Topic("alarms", { kmsMasterKeyId: key });
  new aws.sns.TopicPolicy(
    "alarms",
    {
      arn: topic.arn,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Alarms",
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
            Resource: topic.arn,
            Condition: { StringEquals: { "aws:SourceAccount": account } },
          },
          tlsOnly("sns:Publish", [topic.arn]),
        ],
      }),
    },
    { parent: topic },
  );
  if (alarmEmail !== undefined)
    new aws.sns.TopicSubscription(
      "alarms",
      { topic: topic.arn, protocol: "email", endpoint: alarmEmail },
      { parent: topic },
    );
  return topic;
}
