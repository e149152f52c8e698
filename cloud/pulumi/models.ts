import { createHash } from "node:crypto";
import { UserError } from "../errors";
import type { Properties } from "./values";

/** Whose cloud it is: what names and ARNs are made of. */
export interface Account {
  project: string;
  stack: string;
  region: string;
  /** Twelve digits. */
  accountId: string;
}

/** A custom resource, as the program declares it. */
interface Declaration {
  /** Pulumi type token. */
  type: string;
  /** Logical name. */
  name: string;
  /** Inputs, secrets in plain text. */
  inputs: Properties;
}

/** What a provider would compute for a resource: its id and the outputs that are no inputs. */
type Model = (resource: Declaration, account: Account) => Properties & { id: unknown };

/**
 * The id and the outputs of a custom resource, its inputs included. Inputs that were given win.
 * @throws UserError for a type that has no model.
 */
export function outputsOf(resource: Declaration, account: Account): Properties & { id: string } {
  const model = models[resource.type];
  if (!model) {
    throw new UserError(
      `The embedded cloud does not know resources of type ${resource.type}, such as "${resource.name}"; ` +
        "add the type to cloud/pulumi/models.ts.",
    );
  }
  const region = String(resource.inputs.region ?? account.region);
  const computed = model(resource, { ...account, region });
  const regional = resource.type.startsWith("aws:iam/") ? {} : { region };
  return { ...regional, ...computed, ...resource.inputs, id: String(computed.id) };
}

/** The name a resource gets if the program gives none, in the engine's form but the same in every evaluation. */
function autoName({ type, name }: Declaration, { project, stack }: Account): string {
  const hash = createHash("sha256").update(JSON.stringify([project, stack, type, name]));
  return `${name}-${hash.digest("hex").slice(0, 7)}`;
}

function nameOf(resource: Declaration, account: Account): string {
  return String(resource.inputs.name ?? autoName(resource, account));
}

function arn(service: string, { region, accountId }: Account, rest: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${rest}`;
}

/** A resource that is its name. */
function named(service: string, arnPrefix: string): Model {
  return (resource, account) => {
    const name = nameOf(resource, account);
    return { id: name, name, arn: arn(service, account, arnPrefix + name) };
  };
}

/** A setting of something else, known by what it is set on. */
function settingOf(input: string): Model {
  return ({ inputs }) => ({ id: inputs[input] });
}

const models: Record<string, Model> = {
  "pulumi:providers:aws": (resource, account) => ({ id: autoName(resource, account) }),

  "aws:s3/bucket:Bucket": (resource, account) => {
    const bucket = String(resource.inputs.bucket ?? autoName(resource, account).toLowerCase());
    return {
      id: bucket,
      bucket,
      arn: `arn:aws:s3:::${bucket}`,
      bucketDomainName: `${bucket}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${bucket}.s3.${account.region}.amazonaws.com`,
      bucketRegion: account.region,
    };
  },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": settingOf("bucket"),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
    settingOf("bucket"),
  "aws:s3/bucketVersioning:BucketVersioning": settingOf("bucket"),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": settingOf("bucket"),
  "aws:s3/bucketPolicy:BucketPolicy": settingOf("bucket"),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": settingOf("bucket"),
  "aws:s3/bucketNotification:BucketNotification": settingOf("bucket"),

  "aws:lambda/function:Function": (resource, account) => {
    const name = nameOf(resource, account);
    const functionArn = arn("lambda", account, `function:${name}`);
    return {
      id: name,
      name,
      arn: functionArn,
      qualifiedArn: `${functionArn}:$LATEST`,
      invokeArn: `arn:aws:apigateway:${account.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
      version: "$LATEST",
      // Lambda's defaults.
      memorySize: 128,
      timeout: 3,
      architectures: ["x86_64"],
      packageType: "Zip",
    };
  },
  "aws:lambda/permission:Permission": (resource, account) => {
    const statementId = resource.inputs.statementId ?? autoName(resource, account);
    return { id: statementId, statementId };
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": settingOf("functionName"),

  "aws:iam/role:Role": (resource, account) => {
    const name = nameOf(resource, account);
    const path = resource.inputs.path ?? "/";
    const roleArn = `arn:aws:iam::${account.accountId}:role${path}${name}`;
    return { id: name, name, path, arn: roleArn, createDate: "2020-01-01T00:00:00Z" };
  },
  "aws:iam/rolePolicy:RolePolicy": (resource, account) => {
    const name = nameOf(resource, account);
    return { id: `${resource.inputs.role}:${name}`, name };
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ({ inputs }) => ({
    id: `${inputs.role}/${inputs.policyArn}`,
  }),

  "aws:cloudwatch/eventRule:EventRule": (resource, account) => {
    const name = nameOf(resource, account);
    const bus = resource.inputs.eventBusName ?? "default";
    const path = bus === "default" ? name : `${bus}/${name}`;
    return {
      id: path,
      name,
      arn: arn("events", account, `rule/${path}`),
      eventBusName: bus,
      state: "ENABLED",
    };
  },
  "aws:cloudwatch/eventTarget:EventTarget": (resource, account) => {
    const targetId = resource.inputs.targetId ?? autoName(resource, account);
    return { id: `${resource.inputs.rule}-${targetId}`, targetId, eventBusName: "default" };
  },
  "aws:cloudwatch/logGroup:LogGroup": named("logs", "log-group:"),
  "aws:cloudwatch/metricAlarm:MetricAlarm": named("cloudwatch", "alarm:"),
  "aws:cloudwatch/dashboard:Dashboard": ({ inputs }, { accountId }) => ({
    id: inputs.dashboardName,
    dashboardArn: `arn:aws:cloudwatch::${accountId}:dashboard/${inputs.dashboardName}`,
  }),

  "aws:kms/key:Key": (resource, account) => {
    const keyId = uuid(autoName(resource, account));
    return { id: keyId, keyId, arn: arn("kms", account, `key/${keyId}`) };
  },

  "aws:ssm/parameter:Parameter": (resource, account) => {
    const name = nameOf(resource, account);
    return { id: name, name, arn: arn("ssm", account, `parameter/${name.replace(/^\//, "")}`), version: 1 };
  },

  "aws:glue/catalogDatabase:CatalogDatabase": (resource, account) => {
    const name = nameOf(resource, account);
    const catalogId = account.accountId;
    return { id: `${catalogId}:${name}`, name, catalogId, arn: arn("glue", account, `database/${name}`) };
  },
  "aws:glue/catalogTable:CatalogTable": (resource, account) => {
    const name = nameOf(resource, account);
    const catalogId = account.accountId;
    const { databaseName } = resource.inputs;
    return {
      id: `${catalogId}:${databaseName}:${name}`,
      name,
      catalogId,
      arn: arn("glue", account, `table/${databaseName}/${name}`),
    };
  },
  "aws:glue/crawler:Crawler": named("glue", "crawler/"),
  "aws:glue/securityConfiguration:SecurityConfiguration": (resource, account) => {
    const name = nameOf(resource, account);
    return { id: name, name };
  },

  "aws:athena/workgroup:Workgroup": named("athena", "workgroup/"),
  "aws:athena/namedQuery:NamedQuery": (resource, account) => ({
    id: uuid(autoName(resource, account)),
    name: nameOf(resource, account),
    workgroup: "primary",
  }),

  "aws:sns/topic:Topic": (resource, account) => {
    const name = nameOf(resource, account);
    const topicArn = arn("sns", account, name);
    return { id: topicArn, name, arn: topicArn, owner: account.accountId };
  },
  "aws:sns/topicPolicy:TopicPolicy": settingOf("arn"),
  "aws:sns/topicSubscription:TopicSubscription": (resource, account) => {
    const subscriptionArn = `${resource.inputs.topic}:${uuid(autoName(resource, account))}`;
    return { id: subscriptionArn, arn: subscriptionArn, ownerId: account.accountId };
  },

  "aws:sqs/queue:Queue": (resource, account) => {
    const suffix = resource.inputs.fifoQueue ? ".fifo" : "";
    const name = String(resource.inputs.name ?? autoName(resource, account) + suffix);
    const url = `https://sqs.${account.region}.amazonaws.com/${account.accountId}/${name}`;
    return { id: url, url, name, arn: arn("sqs", account, name) };
  },
  "aws:sqs/queuePolicy:QueuePolicy": settingOf("queueUrl"),
};

/** A UUID that is always the same for a name. */
function uuid(name: string): string {
  const hex = createHash("sha256").update(name).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}
