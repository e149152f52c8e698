/** What a call of SSM, Glue or SQS needs: https://docs.aws.amazon.com/service-authorization/latest/reference/ */
import type { Caller } from "./access";

/** One action on some resources, given by their ARNs. */
interface Permission {
  action: string;
  resources: string[];
}

/** The parts of a call's input that name what it is done to. */
interface NamedInput {
  Name?: string;
  Names?: string[];
  CrawlerName?: string;
  DatabaseName?: string;
  TableName?: string;
  QueueUrl?: string;
}

type Arn = (rest: string) => string;

/** Returns the ARNs of the parameters, which have one slash at most before their name. */
function parameters({ Name, Names = [Name!] }: NamedInput, arn: Arn): string[] {
  return Names.map((name) => (name.startsWith("arn:") ? name : arn(`parameter/${name.replace(/^\//, "")}`)));
}

/** Returns the ARNs that Glue checks: catalog, database and table, or a crawler. */
function glue({ Name, CrawlerName = Name, DatabaseName, TableName }: NamedInput, arn: Arn): string[] {
  if (DatabaseName === undefined) return [arn(`crawler/${CrawlerName}`)];
  return glueTable(DatabaseName, TableName!, arn);
}

/** Returns the ARNs of a table, of its database and of the catalog: Glue checks a call against all three. */
export function glueTable(database: string, table: string, arn: Arn): string[] {
  return [arn("catalog"), arn(`database/${database}`), arn(`table/${database}/${table}`)];
}

function queue({ QueueUrl }: NamedInput, arn: Arn): string[] {
  return [arn(String(QueueUrl).slice(String(QueueUrl).lastIndexOf("/") + 1))];
}

const services: Record<string, [name: string, resources: (input: NamedInput, arn: Arn) => string[]]> = {
  AmazonSSM: ["ssm", parameters],
  AWSGlue: ["glue", glue],
  AmazonSQS: ["sqs", queue],
};

/** Returns what a call needs; `target` is such as `AWSGlue.GetPartition`. */
export function permissionOf(target: string, input: unknown, caller: Caller): Permission {
  const [prefix, operation] = target.split(".") as [string, string];
  const [service, resources] = services[prefix]!;
  const arn = arnIn(service, caller);
  return { action: `${service}:${operation}`, resources: resources(input as NamedInput, arn) };
}

/** Returns how the ARNs of a service begin in the caller's region and account. */
export function arnIn(service: string, { region, account }: Caller): Arn {
  return (rest) => `arn:aws:${service}:${region}:${account}:${rest}`;
}
