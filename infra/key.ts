import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { logGroupName, stackPrefix } from "./names";
import type { Grant } from "./role";
import type { Settings } from "./settingRules";

/** ARN of the KMS key that encrypts a stack's data, or undefined: then AWS's own keys do. */
export type StackKey = pulumi.Output<string> | undefined;

/**
 * Returns the key of the setting `kmsKey`: none, one that it makes, or one that is there, whose policy must hold
 * {@link serviceStatements} (docs/encryption.md).
 */
export function stackKey({ kmsKey, keepData }: Pick<Settings, "kmsKey" | "keepData">): StackKey {
  if (kmsKey !== "create") return kmsKey === undefined ? undefined : pulumi.output(kmsKey);
  const { accountId } = aws.getCallerIdentityOutput();
  const { region } = aws.getRegionOutput();
  const key = new aws.kms.Key(
    "data",
    {
      description: `Encrypts the data of ${stackPrefix()}.`,
      enableKeyRotation: true,
      // Without the key nothing of the data can be read. For so many days a deletion can be cancelled.
      deletionWindowInDays: keepData ? 30 : 7,
      policy: pulumi.all([accountId, region]).apply(([account, ownRegion]) =>
        JSON.stringify({
          Version: "2012-10-17",
          Statement: [accountStatement(account), ...serviceStatements(account, ownRegion)],
        }),
      ),
    },
    { protect: keepData, retainOnDelete: keepData },
  );
  return key.arn;
}

/** Returns the grant of the key, if there is one, to a role. */
export function allowKey(key: StackKey, actions: ("kms:Decrypt" | "kms:GenerateDataKey")[]): Grant[] {
  return key === undefined ? [] : [{ actions, resources: [key] }];
}

/** Returns how Athena encrypts the results of queries. */
export function resultEncryption(key: StackKey) {
  return key === undefined ? { encryptionOption: "SSE_S3" } : { encryptionOption: "SSE_KMS", kmsKeyArn: key };
}

/** IAM of the account decides for its roles and people. Without this nobody could ever change or delete the key. */
function accountStatement(account: string) {
  return {
    Sid: "Account",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "kms:*",
    Resource: "*",
  };
}

/**
 * Returns what a key's policy must let services do that act without a role of the stack: CloudWatch publishes alarms,
 * EventBridge puts events that it cannot deliver into a queue, CloudWatch Logs encrypts log groups. S3, SQS, SSM and
 * Athena use the key with the rights of whoever calls them. In a key's policy "*" is the key itself.
 */
export function serviceStatements(account: string, region: string) {
  const logs = `arn:aws:logs:${region}:${account}:log-group`;
  const ofAccount = { StringEquals: { "aws:SourceAccount": account } };
  const publish = ["kms:Decrypt", "kms:GenerateDataKey"];
  const allow = (sid: string, service: string, actions: string[], condition: object) => ({
    Sid: sid,
    Effect: "Allow",
    Principal: { Service: service },
    Action: actions,
    Resource: "*",
    Condition: condition,
  });
  return [
    allow("Alarms", "cloudwatch.amazonaws.com", publish, ofAccount),
    allow("UndeliveredEvents", "events.amazonaws.com", publish, ofAccount),
    // As in https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    allow(
      "Logs",
      `logs.${region}.amazonaws.com`,
      ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
      {
        ArnLike: {
          "kms:EncryptionContext:aws:logs:arn": [`${logs}:${logGroupName("*")}`, `${logs}:/aws-glue/*`],
        },
      },
    ),
  ];
}
