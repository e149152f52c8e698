import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allowKey, type StackKey } from "./key";
import { glueArns, serviceRole } from "./role";

/**
 * What a crawler may do to a table: find it and keep its partitions; only one over raw may also make and change one.
 * AWS documents only its managed policy, which allows everything
 * (https://docs.aws.amazon.com/glue/latest/dg/crawler-prereqs.html). These are the rights of a crawler of AWS's own that
 * has the same configuration as the one over the lake
 * (https://github.com/awslabs/containers-cost-allocation-dashboard, terraform/terraform-aws-cca/modules/pipeline/main.tf).
 */
const glueRepair = [
  "glue:GetTable",
  "glue:GetPartition",
  "glue:BatchGetPartition",
  "glue:CreatePartition",
  "glue:BatchCreatePartition",
  "glue:UpdatePartition",
  "glue:BatchUpdatePartition",
];

/** What a crawler works on. */
export interface Crawled {
  database: aws.glue.CatalogDatabase;
  bucket: aws.s3.Bucket;
  /** Keys that it reads start so. */
  prefix: string;
  /** What it may do in Glue beside repairing partitions. */
  actions?: string[];
  key: StackKey;
}

/** A crawler's role: one database, one bucket to read under `prefix`, and Glue's own log groups. */
export function crawlerRole(
  name: string,
  { database, bucket, prefix, actions = [], key }: Crawled,
): aws.iam.Role {
  const { region } = aws.getRegionOutput();
  const { accountId } = aws.getCallerIdentityOutput();
  const log = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
  const [catalog, ownDatabase, tables] = glueArns(database);
  return serviceRole(name, "glue.amazonaws.com", [
    { actions: ["glue:GetDatabase"], resources: [catalog!, ownDatabase!] },
    { actions: [...glueRepair, ...actions], resources: [catalog!, ownDatabase!, tables!] },
    { actions: ["s3:GetObject"], resources: [pulumi.interpolate`${bucket.arn}/${prefix}*`] },
    { actions: ["s3:ListBucket"], resources: [bucket.arn] },
    {
      actions: key === undefined ? log : [...log, "logs:AssociateKmsKey"],
      resources: [pulumi.interpolate`arn:aws:logs:${region}:${accountId}:log-group:/aws-glue/*`],
    },
    ...allowKey(key, ["kms:Decrypt"]),
    // AWS has no narrower resource for it (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsglue.html).
    ...(key === undefined ? [] : [{ actions: ["glue:GetSecurityConfiguration"], resources: ["*"] }]),
  ]);
}

/**
 * Returns the name of the security configuration that has crawlers encrypt their logs with the key, if there is one. They
 * write neither objects nor bookmarks; those modes are set because a configuration counts as encrypted only with all three.
 */
export function crawlerSecurity(key: StackKey): pulumi.Output<string> | undefined {
  if (key === undefined) return undefined;
  const encryptionConfiguration = {
    cloudwatchEncryption: { cloudwatchEncryptionMode: "SSE-KMS", kmsKeyArn: key },
    jobBookmarksEncryption: { jobBookmarksEncryptionMode: "CSE-KMS", kmsKeyArn: key },
    s3Encryption: { s3EncryptionMode: "SSE-KMS", kmsKeyArn: key },
  };
  return new aws.glue.SecurityConfiguration("crawlers", { encryptionConfiguration }).name;
}

/**
 * A crawler's configuration for declared tables: partitions take the table's descriptor. The grouping policy is what
 * Glue adds by itself; unsaid, every preview would show a difference (terraform-provider-aws issue 30212).
 */
export const repairConfiguration = JSON.stringify({
  Version: 1,
  CrawlerOutput: { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } },
  Grouping: { TableGroupingPolicy: "CombineCompatibleSchemas" },
});

/**
 * A crawler's configuration for raw: one table per listener and stream (level 4: bucket, raw, listener, stream). Without
 * the partition index that Glue would make by itself: it serves millions of partitions, and wants more rights.
 */
export const discoveryConfiguration = JSON.stringify({
  Version: 1,
  CreatePartitionIndex: false,
  CrawlerOutput: { Partitions: { AddOrUpdateBehavior: "InheritFromTable" } },
  Grouping: { TableGroupingPolicy: "CombineCompatibleSchemas", TableLevelConfiguration: 4 },
});
