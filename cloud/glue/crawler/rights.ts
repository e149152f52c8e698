import { arnIn, glueTable } from "../../iam/jsonPermissions";
import type { Access } from "../../iam/access";
import type { Resource } from "../../types";

/**
 * What a crawl needs, step by step. Each method throws `AccessDenied` if the crawler's role lacks a right. AWS does not
 * say which calls a crawl is made of: where one call for many and one for each would do, both rights are needed, as in
 * the roles of infra/crawlers.ts.
 */
export interface CrawlRights {
  /**
   * Writes its log, into a group that crawlers share; those with a security configuration have one of their own
   * (https://docs.aws.amazon.com/glue/latest/dg/encryption-security-configuration.html).
   */
  log(): void;
  openDatabase(database: string): void;
  /** Does this to a table, such as `GetTable`. */
  table(database: string, table: string, ...operations: string[]): void;
  /** Lists the folders at a location, `s3://bucket/…`. */
  list(location: string): void;
  /** Reads a file at a location. */
  read(location: string, file: string): void;
}

const everything: CrawlRights = {
  log: () => undefined,
  openDatabase: () => undefined,
  table: () => undefined,
  list: () => undefined,
  read: () => undefined,
};

/** Returns what a crawler of the program may do; everything if there is nothing to check it with. */
export function rightsOf(crawler: Resource, access: Access | undefined): CrawlRights {
  if (!access) return everything;
  const caller = access.callerOf(crawler, "glue.amazonaws.com");
  const [glueArn, logsArn] = [arnIn("glue", caller), arnIn("logs", caller)];
  const requireAll = (actions: string[], resources: string[]) => {
    for (const action of actions) for (const resource of resources) access.require(caller, action, resource);
  };
  return {
    log() {
      const { securityConfiguration: security } = crawler.inputs;
      const group = security === undefined ? "crawlers" : `crawlers-${String(security)}`;
      const stream = logsArn(`log-group:/aws-glue/${group}:log-stream:${String(crawler.outputs.name)}`);
      if (security !== undefined) {
        requireAll(["glue:GetSecurityConfiguration"], [glueArn("catalog")]);
        requireAll(["logs:AssociateKmsKey"], [stream]);
      }
      requireAll(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], [stream]);
    },
    openDatabase(database) {
      requireAll(["glue:GetDatabase"], [glueArn("catalog"), glueArn(`database/${database}`)]);
    },
    table(database, table, ...operations) {
      const actions = operations.map((operation) => `glue:${operation}`);
      requireAll(actions, glueTable(database, table, glueArn));
    },
    list(location) {
      requireAll(["s3:ListBucket"], [objectArn(location).split("/", 1)[0]!]);
    },
    read(location, file) {
      requireAll(["s3:GetObject"], [objectArn(location) + file]);
    },
  };
}

function objectArn(location: string): string {
  return location.replace("s3://", "arn:aws:s3:::");
}
