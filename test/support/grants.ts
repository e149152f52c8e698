import type { RoleGrant } from "../../cloud/iam/access";
import { Policy } from "../../cloud/iam/policy";

/** Returns the policy of a role that has these grants. */
export function policyOf(grants: RoleGrant[]): string {
  const statements = grants.map(({ action, resource }) => ({
    ...{ Effect: "Allow", Action: action, Resource: resource },
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Returns the grants without which everything that was asked for would still be allowed. */
export function unneeded(grants: RoleGrant[]): RoleGrant[] {
  return grants.filter((grant) => {
    const others = grants.filter(({ role }) => role === grant.role).filter((other) => other !== grant);
    return !grant.firstUse || new Policy(policyOf(others)).decide(grant.firstUse) !== "nothing";
  });
}

/** Returns how a person reads a grant. */
export function nameOf({ role, action, resource }: RoleGrant): string {
  return `${role}: ${action} on ${resource}`;
}
