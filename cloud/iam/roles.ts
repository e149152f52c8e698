import { UserError } from "../errors";
import { ofType, refuse } from "../events/triggers";
import type { Resource } from "../types";
import { Policy } from "./policy";

/** A role of a program. */
export interface Role {
  /** What the program calls it. */
  logicalName: string;
  /** Physical name. */
  name: string;
  arn: string;
  /** Who may take it. */
  trust: Policy;
  policies: Policy[];
}

/** Returns the roles of a program. Throws a `UserError` for a policy that is not in the program. */
export function rolesOf(resources: Resource[]): Role[] {
  const [attachment] = ofType(resources, "aws:iam/rolePolicyAttachment:RolePolicyAttachment");
  if (attachment)
    throw new UserError(
      `The embedded cloud does not know what ${String(attachment.inputs.policyArn)} allows, which ${attachment.name} attaches; give the role a policy of its own.`,
    );
  return ofType(resources, "aws:iam/role:Role").map(({ name: logicalName, inputs, outputs }) => {
    refuse(logicalName, inputs, ["inlinePolicies", "managedPolicyArns", "permissionsBoundary"]);
    const name = String(outputs.name);
    const own = ofType(resources, "aws:iam/rolePolicy:RolePolicy").filter(
      ({ inputs: { role } }) => role === name,
    );
    return {
      ...{ logicalName, name, arn: String(outputs.arn) },
      trust: new Policy(String(inputs.assumeRolePolicy)),
      policies: own.map((policy) => new Policy(String(policy.inputs.policy))),
    };
  });
}
