import type { Resource } from "../../cloud/types";

/** A registered resource whose outputs are its inputs and `computed` ones. */
export function resource(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
  computed: Record<string, unknown> = {},
): Resource {
  return {
    urn: `urn:pulumi:test::test::${type}::${name}`,
    type,
    name,
    inputs,
    outputs: { ...inputs, ...computed },
    secretInputs: [],
    parent: "",
  };
}

/** A statement of a role's policy. */
interface Statement {
  Effect?: "Allow" | "Deny";
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** A role that a service may take, named after its owner, with its policy. */
export function roleWith(owner: string, service: string, statements: Statement[]): Resource[] {
  const trusted = { Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" };
  const name = `${owner}-role`;
  const arn = `arn:aws:iam::000000000000:role/${name}`;
  const policy = { Statement: statements.map((statement) => ({ Effect: "Allow", ...statement })) };
  return [
    resource(
      "aws:iam/role:Role",
      owner,
      { assumeRolePolicy: JSON.stringify({ Statement: [trusted] }) },
      { name, arn },
    ),
    resource("aws:iam/rolePolicy:RolePolicy", owner, { role: name, policy: JSON.stringify(policy) }),
  ];
}

/** A function whose role may write its log, and what the statements allow. */
export function lambdaWith(
  name: string,
  deployed: { name: string; arn: string },
  statements: Statement[],
): Resource[] {
  const log = { Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: "arn:aws:logs:*" };
  const [role, policy] = roleWith(name, "lambda.amazonaws.com", [log, ...statements]);
  const { arn } = role!.outputs;
  return [
    role!,
    policy!,
    resource("aws:lambda/function:Function", name, { role: arn }, { arn: deployed.arn, name: deployed.name }),
  ];
}
