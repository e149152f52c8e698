/** Who may do what in the embedded cloud: the policies of the program's roles and resources, as AWS enforces them. */
import { randomBytes } from "node:crypto";
import { UserError } from "../errors";
import { ofType } from "../events/triggers";
import type { Resource } from "../types";
import type { Context } from "./conditions";
import { Keys, ownerOf } from "./keys";
import { Policy, type Decision, type Grant, type Request } from "./policy";
import { rolesOf, type Role } from "./roles";

/** What people and tests sign with: an administrator, who may do everything. */
export const administratorKey = { accessKeyId: "local", secretAccessKey: "local" };

/** A call that its caller may not make. The message is AWS's. */
export class AccessDenied extends UserError {}

/** A call that is not signed, or with a key that was never given out. */
export class UnknownCaller extends Error {}

/** Somebody whose calls are checked: a function or crawler in its role, or a service of AWS. */
export interface Caller {
  /** As messages name it. */
  name: string;
  region: string;
  account: string;
  /** As a resource's policy names it. */
  principals: string[];
  /** Undefined for a service. */
  role?: Role;
}

/** A grant of a role, which the program calls by that name. */
export interface RoleGrant extends Grant {
  role: string;
}

/** Checks calls against the policies of a program. */
export class Access {
  private readonly roles: Role[];
  private readonly keys: Keys;
  /** By ARN of the bucket, queue or key. */
  private readonly resourcePolicies: Map<string, Policy>;
  /** By access key id. */
  private readonly callers = new Map<string, Caller>();

  /** Throws a `UserError` for a policy that the embedded cloud does not know to check. */
  constructor(resources: Resource[]) {
    this.roles = rolesOf(resources);
    this.keys = new Keys(resources);
    this.resourcePolicies = resourcePoliciesOf(resources);
  }

  /**
   * Returns a function or crawler as a caller. Throws a `UserError` if its role is not in the program, or `service` may
   * not take it.
   */
  callerOf({ name, type, inputs, outputs }: Resource, service: string): Caller {
    const arn = String(outputs.arn);
    const [region, account] = arn.split(":").slice(3) as [string, string];
    const role = this.roles.find((one) => [one.arn, one.name].includes(String(inputs.role)));
    if (!role)
      throw new UserError(
        `The role ${String(inputs.role)} of the ${type.split(":").pop()} ${name} is not in the program: the embedded cloud cannot know what it allows.`,
      );
    const context = { "aws:SourceArn": arn, "aws:SourceAccount": account };
    const asked = { action: "sts:AssumeRole", resource: role.arn, context, principals: [service] };
    if (role.trust.decide(asked) !== "allowed")
      throw new UserError(
        `${service} may not take the role ${role.name} of ${name}: its assumeRolePolicy does not allow it.`,
      );
    const session = `arn:aws:sts::${account}:assumed-role/${role.name}/${String(outputs.name)}`;
    const principals = [session, role.arn, account, `arn:aws:iam::${account}:root`, "*"];
    return { name: `User: ${session}`, region, account, principals, role };
  }

  /** Gives a caller an access key id, which its calls then carry. */
  keyOf(caller: Caller): string {
    const id = `ASIA${randomBytes(8).toString("hex").toUpperCase()}`;
    this.callers.set(id, caller);
    return id;
  }

  /**
   * Returns who signed a request, by its Authorization header; undefined for the administrator. The signature is not
   * checked. Throws {@link UnknownCaller}.
   */
  signerOf(authorization: string | undefined): Caller | undefined {
    const [, id] = /\bCredential=([^/,]+)/.exec(authorization ?? "") ?? [];
    if (id === administratorKey.accessKeyId) return undefined;
    const caller = this.callers.get(id ?? "");
    if (!caller)
      throw new UnknownCaller("The access key id of the request is not known to the embedded cloud.");
    return caller;
  }

  /** Throws {@link AccessDenied} unless the caller may do this, and with the key of what it is done to what that needs. */
  require(caller: Caller, action: string, resource: string, context: Context = {}): void {
    this.requireOne(caller, action, resource, context);
    for (const use of this.keys.usesOf(action, resource)) {
      const user = use.service === undefined ? caller : serviceCaller(use.service, caller);
      // The policy of a key that is not the program's is not known.
      if (!user.role && !this.resourcePolicies.has(use.key)) continue;
      this.requireOne(user, use.action, use.key, { ...context, ...use.context });
    }
  }

  private requireOne(caller: Caller, action: string, resource: string, context: Context): void {
    const { account, principals, role } = caller;
    const known: Context = {
      // The embedded endpoints stand for those with TLS.
      "aws:SecureTransport": "true",
      "aws:ResourceAccount": account,
      ...(role && { "aws:PrincipalArn": role.arn, "aws:PrincipalAccount": account }),
      ...context,
    };
    const request: Request = { action, resource, context: known, principals };
    const ofResource = decideOfResource(this.resourcePolicies.get(ownerOf(resource)), request, account);
    const ofRole = role ? decide(role, request) : "nothing";
    if (ofRole === "denied")
      throw denied(caller, request, "with an explicit deny in an identity-based policy");
    if (ofResource === "denied")
      throw denied(caller, request, "with an explicit deny in a resource-based policy");
    if (ofRole === "allowed" || ofResource === "allowed") return;
    const kind = role ? "identity" : "resource";
    throw denied(caller, request, `because no ${kind}-based policy allows the ${action} action`);
  }

  /** Throws {@link AccessDenied} unless a service of AWS may do this on behalf of a resource, given by its ARN. */
  requireService(service: string, source: string, action: string, resource: string): void {
    const [region, account] = source.split(":").slice(3) as [string, string];
    this.require(serviceCaller(service, { region, account }), action, resource, {
      "aws:SourceArn": source,
      "aws:SourceAccount": account,
    });
  }

  /** Replaces the policies of a role, given by its logical name, as iam:PutRolePolicy does. */
  putRolePolicy(roleName: string, document: string): void {
    this.roles.find(({ logicalName }) => logicalName === roleName)!.policies = [new Policy(document)];
  }

  /** Everything that roles allow, with its first use. */
  get grants(): RoleGrant[] {
    return this.roles.flatMap(({ logicalName: role, policies }) =>
      policies.flatMap(({ grants }) => grants.map((grant) => ({ role, ...grant }))),
    );
  }
}

function decide({ policies }: Role, request: Request) {
  const decisions = policies.map((policy) => policy.decide(request));
  return (["denied", "allowed"] as const).find((one) => decisions.includes(one)) ?? "nothing";
}

/** A resource's policy that allows something to the account as a whole leaves it to the policies of roles. */
function decideOfResource(policy: Policy | undefined, request: Request, account: string): Decision {
  const decision = policy?.decide(request) ?? "nothing";
  if (decision !== "allowed") return decision;
  const whole = [account, `arn:aws:iam::${account}:root`];
  return policy!.decide({ ...request, principals: request.principals.filter((one) => !whole.includes(one)) });
}

function serviceCaller(service: string, { region, account }: Pick<Caller, "region" | "account">): Caller {
  return { name: `Service: ${service}`, region, account, principals: [service, "*"] };
}

function denied({ name }: Caller, { action, resource }: Request, why: string): AccessDenied {
  return new AccessDenied(`${name} is not authorized to perform: ${action} on resource: ${resource} ${why}`);
}

function resourcePoliciesOf(resources: Resource[]): Map<string, Policy> {
  const ofBuckets = ofType(resources, "aws:s3/bucketPolicy:BucketPolicy").map(
    ({ inputs }) => [`arn:aws:s3:::${String(inputs.bucket)}`, policyIn(inputs)] as const,
  );
  const queues = ofType(resources, "aws:sqs/queue:Queue");
  const ofQueues = ofType(resources, "aws:sqs/queuePolicy:QueuePolicy").map(({ inputs }) => {
    const queue = queues.find(({ outputs }) => outputs.url === inputs.queueUrl);
    return [String(queue?.outputs.arn), policyIn(inputs)] as const;
  });
  const ofKeys = ofType(resources, "aws:kms/key:Key").map(
    ({ inputs, outputs }) => [String(outputs.arn), policyIn(inputs)] as const,
  );
  return new Map([...ofBuckets, ...ofQueues, ...ofKeys]);
}

function policyIn({ policy }: Resource["inputs"]): Policy {
  return new Policy(String(policy));
}
