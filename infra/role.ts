import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allowKey, type StackKey } from "./key";
import { logGroupName } from "./names";

/** An IAM statement that allows `actions` on `resources`. */
export interface Grant {
  actions: string[];
  resources: pulumi.Input<string>[];
  /** When it holds; default: always. */
  condition?: object;
}

/** A role that one AWS service of this account may take, with exactly the grants given. */
export function serviceRole(name: string, service: string, grants: Grant[]): aws.iam.Role {
  const account = aws.getCallerIdentityOutput().accountId;
  const role = new aws.iam.Role(name, {
    assumeRolePolicy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: service },
          Action: "sts:AssumeRole",
          // Only for work of this account (the "confused deputy" problem).
          Condition:
            service === "lambda.amazonaws.com"
              ? undefined
              : { StringEquals: { "aws:SourceAccount": account } },
        },
      ],
    }),
  });
  new aws.iam.RolePolicy(
    name,
    {
      role: role.name,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: grants.map(({ actions, resources, condition }) => ({
          Effect: "Allow",
          Action: actions,
          Resource: resources,
          Condition: condition,
        })),
      }),
    },
    { parent: role },
  );
  return role;
}

/** What every function has of its own: a role with just its grants, and a log group that forgets. */
export interface RoleAndLogs {
  role: aws.iam.Role;
  loggingConfig: { logFormat: string; applicationLogLevel: string; logGroup: pulumi.Output<string> };
}

/**
 * Makes the role and the log group of the function `name`. With a key it may encrypt and decrypt: each function reads
 * objects, and what it fails on is put into its queue.
 */
export function roleAndLogs(
  name: string,
  { logRetentionDays, key }: { logRetentionDays: number; key: StackKey },
  grants: Grant[],
): RoleAndLogs {
  const logs = new aws.cloudwatch.LogGroup(name, {
    name: logGroupName(name),
    retentionInDays: logRetentionDays,
    kmsKeyId: key,
  });
  const write = {
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resources: [pulumi.interpolate`${logs.arn}:*`],
  };
  return {
    role: serviceRole(name, "lambda.amazonaws.com", [
      write,
      ...grants,
      ...allowKey(key, ["kms:Decrypt", "kms:GenerateDataKey"]),
    ]),
    loggingConfig: { logFormat: "JSON", applicationLogLevel: "INFO", logGroup: logs.name },
  };
}

/**
 * Options of a component whose Lambda permissions are to count for this account's resources alone. A bucket's ARN names
 * no account, and the name of a removed bucket can be taken by another one.
 */
export function fromThisAccount(): pulumi.ComponentResourceOptions {
  const sourceAccount = aws.getCallerIdentityOutput().accountId;
  return {
    transformations: [
      ({ type, props, opts }) =>
        type === "aws:lambda/permission:Permission"
          ? { props: { ...props, sourceAccount }, opts }
          : undefined,
    ],
  };
}

/** ARNs of a Glue database, its tables and the catalog: Glue checks a call against all three. */
export function glueArns(database: aws.glue.CatalogDatabase): pulumi.Output<string>[] {
  const { region } = aws.getRegionOutput();
  const { accountId } = aws.getCallerIdentityOutput();
  const arn = pulumi.interpolate`arn:aws:glue:${region}:${accountId}`;
  return [
    pulumi.interpolate`${arn}:catalog`,
    pulumi.interpolate`${arn}:database/${database.name}`,
    pulumi.interpolate`${arn}:table/${database.name}/*`,
  ];
}
