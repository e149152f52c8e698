import { createHash } from "node:crypto";
import { UserError } from "../errors";
import type { Account } from "./models";
import type { Properties } from "./values";

/** What a program finds in the Glue Data Catalog before it has run: `inputFormat` as Glue has it. */
export interface LiveTable {
  database: string;
  name: string;
  inputFormat: string;
}

/** A data source's own "no", which a program may catch; `details` is where gRPC and Pulumi look for the sentence. */
export class DataSourceFailure extends Error {
  get details(): string {
    return this.message;
  }
}

/**
 * What a data source answers.
 * @param token Pulumi function token, such as `aws:index/getRegion:getRegion`.
 * @throws UserError for a data source, or an argument of one, that the embedded cloud does not know;
 *   {@link DataSourceFailure} if there is nothing to return.
 */
export function readDataSource(
  token: string,
  args: Properties,
  account: Account,
  liveTables: LiveTable[] = [],
): Properties {
  const dataSource = dataSources[token];
  if (!dataSource) {
    throw new UserError(
      `The embedded cloud does not know the data source ${token}; add it to cloud/pulumi/data-sources.ts.`,
    );
  }
  return dataSource(args, account, liveTables);
}

type DataSource = (args: Properties, account: Account, liveTables: LiveTable[]) => Properties;

const dataSources: Record<string, DataSource> = {
  "aws:index/getCallerIdentity:getCallerIdentity": (_, { accountId }) => ({
    id: accountId,
    accountId,
    arn: `arn:aws:iam::${accountId}:user/local`,
    userId: "local",
  }),
  "aws:index/getRegion:getRegion": (args, account) => {
    const region = String(args.region ?? args.name ?? account.region);
    return { id: region, region, name: region, description: region, endpoint: `ec2.${region}.amazonaws.com` };
  },
  "aws:index/getPartition:getPartition": () => ({
    id: "aws",
    partition: "aws",
    dnsSuffix: "amazonaws.com",
    reverseDnsPrefix: "com.amazonaws",
  }),
  "aws:iam/getPolicyDocument:getPolicyDocument": policyDocument,
  "aws:glue/getCatalogTable:getCatalogTable": ({ databaseName, name }, { accountId }, liveTables) => {
    const id = `${accountId}:${String(databaseName)}:${String(name)}`;
    const found = liveTables.find((table) => table.database === databaseName && table.name === name);
    if (!found) throw new DataSourceFailure(`reading Glue Catalog Table (${id}): couldn't find resource`);
    return { id, databaseName, name, storageDescriptors: [{ inputFormat: found.inputFormat }] };
  },
};

interface Principal {
  type: string;
  identifiers: string[];
}

/** As `aws.iam.getPolicyDocument` takes it. */
interface Statement {
  sid?: string;
  effect?: string;
  actions?: string[];
  notActions?: string[];
  resources?: string[];
  notResources?: string[];
  principals?: Principal[];
  notPrincipals?: Principal[];
  conditions?: { test: string; variable: string; values: string[] }[];
}

function policyDocument({ statements = [], version, policyId, ...rest }: Properties): Properties {
  const unknown = Object.keys(rest);
  if (unknown.length) {
    throw new UserError(
      `The embedded cloud does not know ${unknown.join(", ")} of getPolicyDocument; give it statements only.`,
    );
  }
  const document = {
    Version: version ?? "2012-10-17",
    Id: policyId,
    Statement: (statements as Statement[]).map(policyStatement),
  };
  const minifiedJson = JSON.stringify(document);
  const id = createHash("sha256").update(minifiedJson).digest("hex").slice(0, 10);
  return { id, json: JSON.stringify(document, undefined, 2), minifiedJson };
}

function policyStatement(statement: Statement) {
  return {
    Sid: statement.sid,
    Effect: statement.effect ?? "Allow",
    Action: oneOrMany(statement.actions),
    NotAction: oneOrMany(statement.notActions),
    Resource: oneOrMany(statement.resources),
    NotResource: oneOrMany(statement.notResources),
    Principal: principals(statement.principals),
    NotPrincipal: principals(statement.notPrincipals),
    Condition: conditions(statement.conditions),
  };
}

/** IAM writes a list of one as the one. */
function oneOrMany(values: string[] = []): string | string[] | undefined {
  return values.length > 1 ? values : values[0];
}

function principals(given: Principal[] = []) {
  if (!given.length) return undefined;
  if (given.some(({ type }) => type === "*")) return "*";
  return Object.fromEntries(given.map(({ type, identifiers }) => [type, oneOrMany(identifiers)]));
}

function conditions(given: Statement["conditions"] = []) {
  if (!given.length) return undefined;
  const byTest: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of given) {
    byTest[test] = { ...byTest[test], [variable]: oneOrMany(values) };
  }
  return byTest;
}
