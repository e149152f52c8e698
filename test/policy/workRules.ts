import type { Registered } from "../support/mocks";
import { policyOf, statementsOf, typeOf, type Rule, type Statement } from "./rule";

const lambda = typeOf("lambda", "function");
const permission = typeOf("lambda", "permission");
const role = typeOf("iam", "role");
const rolePolicy = typeOf("iam", "rolePolicy");
const logGroup = typeOf("cloudwatch", "logGroup");
const crawler = typeOf("glue", "crawler");
const workgroup = typeOf("athena", "workgroup");

const functionRules: Rule[] = [
  {
    checkov: ["CKV_AWS_45"],
    says: "a function's variables are options of Node's, never a secret or a name of one",
    type: lambda,
    passes: ({ environment }) =>
      Object.keys(environment?.variables ?? {}).every((name) => name === "NODE_OPTIONS"),
    flip: { environment: { variables: { CLIENT_SECRET: "text" } } },
  },
  {
    checkov: ["CKV_AWS_363"],
    says: "a function runs on a version of Node that is maintained",
    type: lambda,
    passes: ({ runtime }) => /^nodejs(22|24)\.x$/.test(runtime),
    flip: { runtime: "nodejs18.x" },
  },
  {
    checkov: ["CKV_AWS_116"],
    says: "a function has a dead-letter queue",
    type: lambda,
    passes: ({ deadLetterConfig }) => deadLetterConfig !== undefined,
    flip: { deadLetterConfig: { targetArn: "arn:aws:sqs:::q" } },
  },
  {
    checkov: [],
    says: "what a function fails on is sent to a queue of the stack",
    type: lambda,
    setting: typeOf("lambda", "functionEventInvokeConfig"),
    passes: ({ destinationConfig }, all) =>
      all.some(
        ({ type, outputs }) =>
          type === typeOf("sqs", "queue") && outputs.arn === destinationConfig?.onFailure.destination,
      ),
    flip: { destinationConfig: undefined },
  },
  {
    checkov: [],
    says: "a function logs to a group of the stack, which forgets",
    type: lambda,
    passes: ({ loggingConfig }, all) =>
      all.some(({ type, inputs }) => type === logGroup && inputs.name === loggingConfig?.logGroup),
    flip: { loggingConfig: undefined },
  },
  {
    checkov: ["CKV_AWS_115"],
    says: "a function has a limit of concurrent runs",
    type: lambda,
    passes: ({ reservedConcurrentExecutions }) => reservedConcurrentExecutions > 0,
    flip: { reservedConcurrentExecutions: 1 },
  },
  {
    checkov: ["CKV_AWS_117"],
    says: "a function runs in a VPC",
    type: lambda,
    passes: ({ vpcConfig }) => vpcConfig !== undefined,
    flip: { vpcConfig: {} },
  },
  {
    checkov: ["CKV_AWS_50"],
    says: "a function is traced by X-Ray",
    type: lambda,
    passes: ({ tracingConfig }) => tracingConfig?.mode === "Active",
    flip: { tracingConfig: { mode: "Active" } },
  },
  {
    checkov: ["CKV_AWS_272"],
    says: "a function's code is signed",
    type: lambda,
    passes: ({ codeSigningConfigArn }) => codeSigningConfigArn !== undefined,
    flip: { codeSigningConfigArn: "arn:aws:lambda:::c" },
  },
  {
    checkov: ["CKV_AWS_173"],
    says: "a function's variables are encrypted with a key of the account's",
    type: lambda,
    passes: ({ environment, kmsKeyArn }) => environment === undefined || kmsKeyArn !== undefined,
    flip: { environment: { variables: {} }, kmsKeyArn: undefined },
  },
  {
    checkov: ["CKV_AWS_301", "CKV_AWS_364"],
    says: "a function is called by a service, for one resource of the stack",
    type: permission,
    passes: ({ principal, sourceArn }, all) =>
      /^(events|s3)\.amazonaws\.com$/.test(principal) && all.some(({ outputs }) => outputs.arn === sourceArn),
    flip: { principal: "*" },
  },
  {
    checkov: ["CKV_AWS_364"],
    says: "a permission for S3 names the account: a bucket's ARN does not",
    type: permission,
    passes: ({ principal, sourceAccount }) =>
      principal !== "s3.amazonaws.com" || /^\d{12}$/.test(sourceAccount),
    flip: { principal: "s3.amazonaws.com", sourceAccount: undefined },
  },
];

/** Whether every statement of a policy is allowed by `check`. */
const every = (check: (actions: string[], resources: string[]) => boolean) => (inputs: { policy?: string }) =>
  statementsOf(inputs.policy).every(({ Action, Resource }) => check([Action].flat(), [Resource].flat()));

const grants = (Action: string, Resource: string) => ({ policy: policyOf({ Action, Resource }) });

/** Actions that IAM narrows to no resource. */
const unnarrowed = ["glue:GetSecurityConfiguration"];

/** Whether a resource of a statement is, or lies in, one that the stack has. */
function isOwn(arn: string, all: Registered[]): boolean {
  return all.some(({ outputs }) => outputs.arn === arn || arn.startsWith(`${outputs.arn}/`));
}

const roleRules: Rule[] = [
  {
    checkov: ["CKV_AWS_60", "CKV_AWS_61"],
    says: "a role may be taken by one service, which acts for this account",
    type: role,
    passes: ({ assumeRolePolicy }) => {
      const [trust, ...others] = statementsOf(assumeRolePolicy);
      const { Service } = trust!.Principal as { Service?: string };
      // Lambda takes a role only for a function of the same account, and sends no source.
      const bound =
        Service === "lambda.amazonaws.com" || trust!.Condition?.StringEquals?.["aws:SourceAccount"];
      return others.length === 0 && typeof Service === "string" && Boolean(bound);
    },
    flip: { assumeRolePolicy: policyOf({ Principal: { AWS: "*" } }) },
  },
  {
    checkov: ["CKV2_AWS_56", "CKV_AWS_274"],
    says: "a role has its own policy alone, none of AWS's",
    type: role,
    passes: ({ managedPolicyArns = [] }, all) =>
      managedPolicyArns.length === 0 &&
      !all.some(({ type }) => type === typeOf("iam", "rolePolicyAttachment")),
    flip: { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
  },
  {
    checkov: ["CKV_AWS_62", "CKV_AWS_63", "CKV2_AWS_40", "CKV_AWS_290"],
    says: "a role's policy names each action",
    type: rolePolicy,
    passes: every((actions) => actions.every((action) => /^[a-z0-9]+:[A-Za-z]+$/.test(action))),
    flip: grants("s3:*", "arn:aws:s3:::raw/raw/*"),
  },
  {
    checkov: ["CKV_AWS_355", "CKV_AWS_290"],
    says: "a role's policy names resources wherever IAM can tell them apart",
    type: rolePolicy,
    passes: every(
      (actions, resources) =>
        resources.every((arn) => /^arn:aws:[a-z0-9]+:.*\w/.test(arn)) ||
        actions.every((action) => unnarrowed.includes(action)),
    ),
    flip: grants("s3:GetObject", "*"),
  },
  {
    checkov: ["CKV_AWS_286", "CKV_AWS_289"],
    says: "a role grants nothing of IAM, Lambda or a key's policy: it cannot give itself more",
    type: rolePolicy,
    passes: every((actions) =>
      actions.every(
        (action) =>
          /^(s3|sqs|ssm|glue|logs|kms):/.test(action) &&
          (!action.startsWith("kms:") || ["kms:Decrypt", "kms:GenerateDataKey"].includes(action)) &&
          !/Policy|Acl|Grant|PassRole/.test(action),
      ),
    ),
    flip: grants("iam:PassRole", "arn:aws:iam::123456789012:role/x"),
  },
  {
    checkov: ["CKV_AWS_287", "CKV_AWS_288"],
    says: "a role reads data and secrets of the stack alone",
    type: rolePolicy,
    passes: ({ policy }, all) =>
      statementsOf(policy)
        .filter(({ Action }) => [Action].flat().some((action) => /^(s3|ssm|sqs|kms):/.test(action)))
        .every(({ Resource }: Statement) => [Resource].flat().every((arn) => isOwn(arn, all))),
    flip: grants("ssm:GetParameters", "arn:aws:ssm:eu-west-1:123456789012:parameter/other"),
  },
];

const serviceRules: Rule[] = [
  {
    checkov: ["CKV_AWS_66"],
    says: "a log group forgets",
    type: logGroup,
    passes: ({ retentionInDays }) => retentionInDays > 0,
    flip: { retentionInDays: undefined },
  },
  {
    checkov: ["CKV_AWS_338"],
    says: "a log group remembers a year",
    type: logGroup,
    passes: ({ retentionInDays }) => retentionInDays >= 365,
    flip: { retentionInDays: 365 },
  },
  {
    checkov: ["CKV_AWS_158"],
    says: "a log group is encrypted with a key of the account's",
    type: logGroup,
    passes: ({ kmsKeyId }) => kmsKeyId !== undefined,
    flip: { kmsKeyId: undefined },
  },
  {
    checkov: ["CKV_AWS_319"],
    says: "an alarm tells somebody",
    type: typeOf("cloudwatch", "metricAlarm"),
    passes: ({ actionsEnabled, alarmActions }) => actionsEnabled !== false && alarmActions.length > 0,
    flip: { actionsEnabled: false },
  },
  {
    checkov: ["CKV_AWS_195"],
    says: "a crawler has a security configuration",
    type: crawler,
    passes: ({ securityConfiguration }) => securityConfiguration !== undefined,
    flip: { securityConfiguration: undefined },
  },
  {
    checkov: ["CKV_AWS_99"],
    says: "a security configuration encrypts logs, bookmarks and objects",
    type: typeOf("glue", "securityConfiguration"),
    passes: ({ encryptionConfiguration: { cloudwatchEncryption, jobBookmarksEncryption, s3Encryption } }) =>
      cloudwatchEncryption?.cloudwatchEncryptionMode === "SSE-KMS" &&
      jobBookmarksEncryption?.jobBookmarksEncryptionMode === "CSE-KMS" &&
      s3Encryption?.s3EncryptionMode === "SSE-KMS",
    flip: { encryptionConfiguration: {} },
  },
  {
    checkov: ["CKV_AWS_82"],
    says: "a workgroup's settings cannot be overruled, and bound what a query scans",
    type: workgroup,
    passes: ({ configuration }) =>
      configuration.enforceWorkgroupConfiguration === true && configuration.bytesScannedCutoffPerQuery > 0,
    flip: { configuration: { enforceWorkgroupConfiguration: false } },
  },
  {
    checkov: ["CKV_AWS_159"],
    says: "a workgroup encrypts results",
    type: workgroup,
    passes: ({ configuration }) =>
      configuration.resultConfiguration?.encryptionConfiguration?.encryptionOption !== undefined,
    flip: { configuration: {} },
  },
];

/** Rules of what works on data: functions, roles, logs, alarms, crawlers, the workgroup. */
export const workRules = [...functionRules, ...roleRules, ...serviceRules];
