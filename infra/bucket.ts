import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackKey } from "./key";
import { tlsOnly } from "./policy";

/** What differs between our buckets. */
export interface PrivateBucketArgs {
  /** Keep the data when the stack goes: no removal of a bucket that holds objects, and `pulumi destroy` refuses. */
  keepData: boolean;
  /** Keep overwritten and deleted versions for 30 days. */
  versioned: boolean;
  /** Tell EventBridge of new objects, for rules of any stack; a bucket has only one notification of its own. */
  eventBridge?: boolean;
  /** Delete objects after this many days. */
  expireDays?: number;
  /** Encrypts what is written; without it S3's own key does. */
  key: StackKey;
}

/** A bucket that is private, encrypted and reachable over TLS only, and that clears broken uploads away. */
export function privateBucket(name: string, args: PrivateBucketArgs): aws.s3.Bucket {
  const bucket = new aws.s3.Bucket(
    name,
    { forceDestroy: !args.keepData },
    { protect: args.keepData, transformations: [leaveUnprotected] },
  );
  const parts = { parent: bucket };
  const publicAccess = new aws.s3.BucketPublicAccessBlock(
    name,
    {
      bucket: bucket.bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    parts,
  );
  new aws.s3.BucketOwnershipControls(
    name,
    { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
    parts,
  );
  new aws.s3.BucketServerSideEncryptionConfiguration(
    name,
    { bucket: bucket.bucket, rules: [encryption(args.key)] },
    parts,
  );
  if (args.versioned) {
    new aws.s3.BucketVersioning(
      name,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      parts,
    );
  }
  if (args.eventBridge)
    new aws.s3.BucketNotification(name, { bucket: bucket.bucket, eventbridge: true }, parts);
  new aws.s3.BucketLifecycleConfiguration(name, { bucket: bucket.bucket, rules: lifecycle(args) }, parts);
  const policy = pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [tlsOnly("s3:*", [bucket.arn, pulumi.interpolate`${bucket.arn}/*`])],
  });
  // S3 refuses two policy changes of one bucket at once, so this one waits for the other.
  new aws.s3.BucketPolicy(name, { bucket: bucket.bucket, policy }, { ...parts, dependsOn: publicAccess });
  return bucket;
}

/**
 * Takes the bucket's protection away from what hangs on it, which would inherit it: a permission, for one, can only be
 * replaced. As a transformation it reaches the notification, too, which Pulumi makes itself when the program has ended.
 */
const leaveUnprotected: pulumi.ResourceTransformation = ({ type, props, opts }) =>
  type === "aws:s3/bucket:Bucket" ? undefined : { props, opts: { ...opts, protect: false } };

/** With a bucket key S3 asks KMS once in a while, not for each object. */
function encryption(key: StackKey) {
  return key === undefined
    ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
    : {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key },
        bucketKeyEnabled: true,
      };
}

function lifecycle({ versioned, expireDays }: PrivateBucketArgs) {
  const broken = {
    id: "broken-uploads",
    filter: {},
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
  };
  const old = {
    id: "old-versions",
    filter: {},
    noncurrentVersionExpiration: { noncurrentDays: 30 },
    // Marks of deleted objects whose versions are gone: every listing would pass over them.
    expiration: { expiredObjectDeleteMarker: true },
  };
  const expired = { id: "expired", filter: {}, expiration: { days: expireDays } };
  const rules = [broken, ...(versioned ? [old] : []), ...(expireDays ? [expired] : [])];
  return rules.map((rule) => ({ ...rule, status: "Enabled" }));
}
