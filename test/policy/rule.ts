import type { Inputs, Registered } from "../support/mocks";

/** Something that must be so of every resource of a type, or stand in docs/security.md as an exception. */
export interface Rule {
  /** Ids of the checks of checkov that ask for it (https://www.checkov.io); empty if none does. */
  checkov: string[];
  /** What must be so. */
  says: string;
  type: string;
  /** Type of the resource that holds the setting, if it is not the resource itself. */
  setting?: string;
  /** Takes the inputs of the resource, or of the setting: empty if there is none. */
  passes: (inputs: Inputs, all: Registered[]) => boolean;
  /** Inputs that turn the verdict around: the test sees by them that the rule can pass and fail. */
  flip: Inputs;
}

/** A rule, applied to a resource. */
export interface Verdict {
  rule: Rule;
  resource: Registered;
  passed: boolean;
}

/** A statement of a policy. */
export interface Statement {
  Effect: string;
  Principal?: string | Record<string, string | string[]>;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

/** Returns Pulumi's token of a type of AWS's, such as `s3`, `bucket`. */
export function typeOf(module: string, name: string): string {
  return `aws:${module}/${name}:${name[0]!.toUpperCase()}${name.slice(1)}`;
}

/** The input by which a setting names its resource, and the output of the resource that it holds. */
const links: [input: string, output: string][] = [
  ["bucket", "bucket"],
  ["queueUrl", "url"],
  ["arn", "arn"],
  ["functionName", "name"],
  ["role", "name"],
];

/** Returns the resource that holds the setting of `resource` that a rule asks about. */
export function settingOf(
  { setting }: Rule,
  resource: Registered,
  all: Registered[],
): Registered | undefined {
  if (setting === undefined) return resource;
  return all.find(
    ({ type, inputs }) =>
      type === setting &&
      links.some(([input, output]) => input in inputs && inputs[input] === resource.outputs[output]),
  );
}

/** Applies every rule to every resource of its type. */
export function verdictsOf(rules: Rule[], all: Registered[]): Verdict[] {
  return rules.flatMap((rule) =>
    all
      .filter(({ type }) => type === rule.type)
      .map((resource) => {
        const inputs = settingOf(rule, resource, all)?.inputs ?? {};
        return { rule, resource, passed: rule.passes(inputs, all) };
      }),
  );
}

/** Returns the statements of a policy's text; none if there is no policy. */
export function statementsOf(policy: string | undefined): Statement[] {
  return policy === undefined ? [] : (JSON.parse(policy) as { Statement: Statement[] }).Statement;
}

/** Returns a policy of one statement, for `flip`. */
export function policyOf(statement: Partial<Statement>): string {
  return JSON.stringify({ Statement: [{ Effect: "Allow", Action: [], Resource: [], ...statement }] });
}

/** Whether a policy refuses whoever does not come over TLS. */
export function refusesPlainHttp(policy: string | undefined): boolean {
  return statementsOf(policy).some(
    ({ Effect, Principal, Condition }) =>
      Effect === "Deny" && Principal === "*" && Condition?.Bool?.["aws:SecureTransport"] === "false",
  );
}

/** Whether a policy allows something to services alone, each for this account or for resources that it names. */
export function allowsServicesOnly(policy: string | undefined): boolean {
  return statementsOf(policy)
    .filter(({ Effect }) => Effect === "Allow")
    .every(({ Principal, Condition }) => {
      const conditions = Object.values(Condition ?? {}).flatMap(Object.keys);
      const bound = conditions.some((one) => ["aws:SourceAccount", "aws:SourceArn"].includes(one));
      return typeof Principal === "object" && Object.keys(Principal).join() === "Service" && bound;
    });
}
