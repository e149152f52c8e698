/** What calls need of the KMS keys that encrypt what they read or write. */
import { ofType } from "../events/triggers";
import type { Resource } from "../types";
import type { Context } from "./conditions";

/** Something that must be allowed on a key. */
export interface KeyUse {
  action: string;
  /** ARN. */
  key: string;
  /** The service that uses the key, if not the caller. */
  service?: string;
  context?: Context;
}

/** Returns the ARN of what policies and keys are set on: an object's bucket, a log stream's group, else the resource. */
export function ownerOf(resource: string): string {
  if (resource.startsWith("arn:aws:s3:::")) return resource.split("/", 1)[0]!;
  return resource.split(":log-stream:", 1)[0]!;
}

/**
 * What the caller does with the key: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html,
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const actionsOf: Record<string, string[]> = {
  "s3:GetObject": ["kms:Decrypt"],
  "s3:PutObject": ["kms:GenerateDataKey"],
  "sqs:SendMessage": ["kms:GenerateDataKey", "kms:Decrypt"],
  "ssm:GetParameter": ["kms:Decrypt"],
  "ssm:GetParameters": ["kms:Decrypt"],
};

/** The keys of a program: which one encrypts what. */
export class Keys {
  /** ARN of the key by ARN of what it encrypts. */
  private readonly keys: Map<string, string>;

  constructor(resources: Resource[]) {
    const encrypted = [
      ...bucketKeys(resources),
      ...ofType(resources, "aws:sqs/queue:Queue").map(({ inputs, outputs }) => [
        outputs.arn,
        inputs.kmsMasterKeyId,
      ]),
      ...ofType(resources, "aws:ssm/parameter:Parameter").map(({ inputs, outputs }) => [
        outputs.arn,
        inputs.keyId,
      ]),
      ...ofType(resources, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs, outputs }) => [
        outputs.arn,
        inputs.kmsKeyId,
      ]),
    ] as [arn: string, key: string | undefined][];
    this.keys = new Map(encrypted.flatMap(([arn, key]) => (key === undefined ? [] : [[arn, key]])));
  }

  /** Returns what a call needs of the key of what it is done to; nothing if that has none. */
  usesOf(action: string, resource: string): KeyUse[] {
    const owner = ownerOf(resource);
    const key = this.keys.get(owner);
    if (key === undefined) return [];
    // CloudWatch Logs encrypts a group by itself, for whoever writes to it.
    if (action === "logs:PutLogEvents") {
      const service = `logs.${owner.split(":")[3]}.amazonaws.com`;
      return [
        {
          action: "kms:GenerateDataKey",
          key,
          service,
          context: { "kms:EncryptionContext:aws:logs:arn": owner },
        },
      ];
    }
    return (actionsOf[action] ?? []).map((one) => ({ action: one, key }));
  }
}

function bucketKeys(resources: Resource[]): [arn: string, key: string | undefined][] {
  const type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
  return ofType(resources, type).map(({ inputs }) => {
    const [rule] = inputs.rules as {
      applyServerSideEncryptionByDefault?: { kmsMasterKeyId?: string };
    }[];
    return [
      `arn:aws:s3:::${String(inputs.bucket)}`,
      rule?.applyServerSideEncryptionByDefault?.kmsMasterKeyId,
    ];
  });
}
