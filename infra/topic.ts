import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { stackPrefix } from "./names";
import { tlsOnly } from "./policy";

/**
 * The topic that alarms tell, encrypted, with a subscription of `email` if there is one. The key is the stack's own,
 * since CloudWatch may not use the one that AWS manages for SNS
 * (https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns).
 */
export function alarmTopic(email: string | undefined): aws.sns.Topic {
  const account = aws.getCallerIdentityOutput().accountId;
  const alarmsOfThisAccount = {
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Condition: { StringEquals: { "aws:SourceAccount": account } },
  };
  const key = new aws.kms.Key("alarms", {
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
          ...alarmsOfThisAccount,
          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
          Resource: "*",
        },
      ],
    }),
  });
  const topic = new aws.sns.Topic("alarms", { kmsMasterKeyId: key.arn });
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
            ...alarmsOfThisAccount,
            Action: "sns:Publish",
            Resource: topic.arn,
          },
          tlsOnly("sns:Publish", [topic.arn]),
        ],
      }),
    },
    { parent: topic },
  );
  if (email !== undefined)
    new aws.sns.TopicSubscription(
      "alarms",
      { topic: topic.arn, protocol: "email", endpoint: email },
      { parent: topic },
    );
  return topic;
}
