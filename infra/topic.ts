import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { stackPrefix } from "./names";
import { tlsOnly } from "./policy";
import type { Settings } from "./settingRules";

/** What CloudWatch's alarms of one account are known by in a policy. */
function alarmsOf(account: pulumi.Output<string>) {
  return {
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Condition: { StringEquals: { "aws:SourceAccount": account } },
  };
}

/**
 * Makes the topic that alarms notify, with a subscription of `alarmEmail` if there is one. `kmsKey` encrypts it; a key
 * that exists already must let CloudWatch use it (docs/operations-alarms.md). The key that AWS manages for SNS is no
 * choice: CloudWatch may not use it (https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns).
 */
export function alarmTopic({
  alarmEmail,
  kmsKey,
  keepData,
}: Pick<Settings, "alarmEmail" | "kmsKey" | "keepData">): aws.sns.Topic {
  const account = aws.getCallerIdentityOutput().accountId;
  const kmsMasterKeyId = kmsKey === "create" ? ownKey(account, keepData).arn : kmsKey;
  const topic = new aws.sns.Topic("alarms", { kmsMasterKeyId });
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
            ...alarmsOf(account),
            Action: "sns:Publish",
            Resource: topic.arn,
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

function ownKey(account: pulumi.Output<string>, protect: boolean): aws.kms.Key {
  return new aws.kms.Key(
    "alarms",
    {
      description: `Encrypts what the alarms of ${stackPrefix()} say.`,
      enableKeyRotation: true,
      deletionWindowInDays: 7,
      // In a key's policy "*" is the key itself. Without the first statement nobody could ever change or delete it.
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Account",
            Effect: "Allow",
            Principal: { AWS: pulumi.interpolate`arn:aws:iam::${account}:root` },
            Action: "kms:*",
            Resource: "*",
          },
          {
            Sid: "Alarms",
            Effect: "Allow",
            ...alarmsOf(account),
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: "*",
          },
        ],
      }),
    },
    { protect },
  );
}
