import * as awsNative from "@pulumi/aws-native";
import type { types } from "@pulumi/aws-native";
import * as pulumi from "@pulumi/pulumi";
import type { Pipeline } from "../outputs";
import { ownedBy } from "./permissions";

/** Where results of the dashboard's queries lie in the pipeline's results bucket. */
const resultsPrefix = "quicksight/";

/** 10 GiB, for which Athena bills five cents; all plays of ten years are far less. */
const scanCutoffBytes = 10 * 1024 ** 3;

/** An IAM statement that allows `actions` on `resources`. */
interface Grant {
  actions: string[];
  resources: pulumi.Input<string>[];
}

/** Makes the data source: Athena, in a workgroup and with a role of its own. */
export function athenaSource(
  prefix: string,
  pipeline: Pipeline,
  owners: string[],
): awsNative.quicksight.DataSource {
  const workgroup = new awsNative.athena.WorkGroup("quicksight", {
    name: prefix,
    description: "Queries of the QuickSight dashboard.",
    // Its queries are history; without this a workgroup with any cannot be removed.
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      publishCloudWatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: scanCutoffBytes,
      engineVersion: { selectedEngineVersion: "Athena engine version 3" },
      resultConfiguration: {
        outputLocation: pulumi.interpolate`s3://${pipeline.resultsBucketName}/${resultsPrefix}`,
        encryptionConfiguration: pipeline.kmsKeyArn.apply(resultEncryption),
      },
    },
  });
  const { accountId } = awsNative.getAccountIdOutput();
  return new awsNative.quicksight.DataSource(
    "lake",
    {
      awsAccountId: accountId,
      dataSourceId: prefix,
      name: `${prefix} lake`,
      type: "ATHENA",
      dataSourceParameters: {
        athenaParameters: { workGroup: prefix, roleArn: queryRole(prefix, pipeline).arn },
      },
      permissions: ownedBy(owners, "dataSource"),
    },
    { dependsOn: workgroup },
  );
}

/**
 * Makes the role that QuickSight takes for this data source alone, whatever its account-wide role may do
 * (https://docs.aws.amazon.com/quicksight/latest/user/datasource-run-as-role.html).
 */
function queryRole(prefix: string, pipeline: Pipeline): awsNative.iam.Role {
  const { accountId } = awsNative.getAccountIdOutput();
  return new awsNative.iam.Role("quicksight", {
    description: "Queries of the QuickSight dashboard.",
    assumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "quicksight.amazonaws.com" },
          Action: "sts:AssumeRole",
          // Only for work of this account (the "confused deputy" problem).
          Condition: { StringEquals: { "aws:SourceAccount": accountId } },
        },
      ],
    },
    policies: [
      {
        policyName: "lake",
        policyDocument: {
          Version: "2012-10-17",
          Statement: pipeline.kmsKeyArn.apply((key) =>
            [...grants(prefix, pipeline), ...keyGrants(key)].map(({ actions, resources }) => ({
              Effect: "Allow",
              Action: actions,
              Resource: resources,
            })),
          ),
        },
      },
    ],
  });
}

/** Results are encrypted as the pipeline's are. */
function resultEncryption(key: string | undefined): types.input.athena.WorkGroupEncryptionConfigurationArgs {
  return key === undefined ? { encryptionOption: "SSE_S3" } : { encryptionOption: "SSE_KMS", kmsKey: key };
}

/** What reading the lake and writing results takes of the pipeline's key, if it has one. */
function keyGrants(key: string | undefined): Grant[] {
  return key === undefined ? [] : [{ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [key] }];
}

/** What a query takes: the workgroup, the lake's database and files, and a place for its result. */
function grants(prefix: string, { lakeBucketName, resultsBucketName, databaseNames }: Pipeline): Grant[] {
  const { accountId } = awsNative.getAccountIdOutput();
  const { region } = awsNative.getRegionOutput();
  const arn = (service: string, resource: pulumi.Input<string>) =>
    pulumi.interpolate`arn:aws:${service}:${region}:${accountId}:${resource}`;
  const lake = pulumi.interpolate`arn:aws:s3:::${lakeBucketName}`;
  const results = pulumi.interpolate`arn:aws:s3:::${resultsBucketName}`;
  return [
    {
      actions: [
        "athena:BatchGetQueryExecution",
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:GetQueryResultsStream",
        "athena:GetWorkGroup",
        "athena:ListQueryExecutions",
        "athena:StartQueryExecution",
        "athena:StopQueryExecution",
      ],
      resources: [arn("athena", `workgroup/${prefix}`)],
    },
    {
      actions: [
        "athena:GetDataCatalog",
        "athena:GetDatabase",
        "athena:GetTableMetadata",
        "athena:ListDatabases",
        "athena:ListTableMetadata",
      ],
      resources: [arn("athena", "datacatalog/AwsDataCatalog")],
    },
    // QuickSight lists them when it tests a data source; these calls know no resources.
    { actions: ["athena:ListDataCatalogs", "athena:ListWorkGroups"], resources: ["*"] },
    {
      actions: [
        "glue:GetDatabase",
        "glue:GetDatabases",
        "glue:GetPartition",
        "glue:GetPartitions",
        "glue:BatchGetPartition",
        "glue:GetTable",
        "glue:GetTables",
      ],
      resources: [
        arn("glue", "catalog"),
        // Athena looks at this database whatever a query reads
        // (https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html).
        arn("glue", "database/default"),
        arn("glue", pulumi.interpolate`database/${databaseNames.lake}`),
        arn("glue", pulumi.interpolate`table/${databaseNames.lake}/*`),
      ],
    },
    // Days and sealed months of every generation; quarantine is not for readers.
    {
      actions: ["s3:GetObject"],
      resources: [pulumi.interpolate`${lake}/g*`, pulumi.interpolate`${lake}/sealed/*`],
    },
    { actions: ["s3:GetBucketLocation", "s3:ListBucket"], resources: [lake, results] },
    { actions: ["s3:ListBucketMultipartUploads"], resources: [results] },
    {
      actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
      resources: [pulumi.interpolate`${results}/${resultsPrefix}*`],
    },
  ];
}
