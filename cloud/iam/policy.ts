/** Policies of IAM: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
import { UserError } from "../errors";
import { compileCondition, type Condition, type ConditionBlock, type Context } from "./conditions";
import { wildcard } from "./wildcard";

/** What a call asks for. */
export interface Request {
  /** Such as `s3:GetObject`. */
  action: string;
  /** ARN of what it is done to. */
  resource: string;
  context: Context;
  /** Who asks, as a resource's policy names them: ARNs, accounts, services. */
  principals: string[];
}

/** What a policy says of a request; "nothing" if no statement fits. */
export type Decision = "allowed" | "denied" | "nothing";

/** One action on one resource that a statement allows. */
export interface Grant {
  action: string;
  resource: string;
  /** The first request that it allowed. */
  firstUse?: Request;
}

interface StatementJson {
  Sid?: string;
  Effect: "Allow" | "Deny";
  Principal?: "*" | Record<string, string | string[]>;
  Action: string | string[];
  /** Absent in a trust policy. */
  Resource?: string | string[];
  Condition?: ConditionBlock;
}

interface Pattern {
  text: string;
  matches: (text: string) => boolean;
}

interface Statement {
  isAllowed: boolean;
  principals: Pattern[] | undefined;
  actions: Pattern[];
  resources: Pattern[];
  condition: Condition;
  /** By action, then by resource; empty for a denial. */
  grants: Grant[][];
}

const known = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"];

/** A policy of a role or of a resource, compiled once. */
export class Policy {
  private readonly statements: Statement[];

  /** `document` is JSON. Throws a `UserError` for an element that the embedded cloud does not know. */
  constructor(document: string) {
    const { Statement } = JSON.parse(document) as { Statement: StatementJson | StatementJson[] };
    this.statements = [Statement].flat().map(compile);
  }

  /** Everything that it allows, action by action and resource by resource. */
  get grants(): Grant[] {
    return this.statements.flatMap(({ grants }) => grants.flat());
  }

  /** Decides on a request: a denial counts more than any permission. What allowed it counts as used. */
  decide(request: Request): Decision {
    let decision: Decision = "nothing";
    for (const statement of this.statements) {
      const fitting = fits(statement, request);
      if (fitting === undefined) continue;
      if (!statement.isAllowed) return "denied";
      decision = "allowed";
      for (const grant of fitting) grant.firstUse ??= request;
    }
    return decision;
  }
}

function compile(json: StatementJson): Statement {
  const unknown = Object.keys(json).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new UserError(
      `The embedded cloud does not know ${unknown} in a policy; add it to cloud/iam/policy.ts.`,
    );
  const { Effect, Principal, Action, Resource = "*", Condition } = json;
  const isAllowed = Effect === "Allow";
  const actions = [Action].flat().map((text) => pattern(text.toLowerCase()));
  const resources = [Resource].flat().map(pattern);
  const grants = [Action].flat().map((action) => resources.map(({ text }) => ({ action, resource: text })));
  return {
    isAllowed,
    principals: Principal && principalsOf(Principal).map(pattern),
    actions,
    resources,
    condition: compileCondition(Condition),
    grants: isAllowed ? grants : [],
  };
}

function principalsOf(principal: NonNullable<StatementJson["Principal"]>): string[] {
  return principal === "*" ? ["*"] : Object.values(principal).flat();
}

function pattern(text: string): Pattern {
  if (text.includes("${"))
    throw new UserError(`The embedded cloud does not know policy variables such as those in ${text}.`);
  return { text, matches: wildcard(text) };
}

/** Returns the grants of a statement that fit a request; none of a fitting denial, undefined if it does not fit. */
function fits(statement: Statement, request: Request): Grant[] | undefined {
  const { principals, actions, resources, condition, grants } = statement;
  const action = request.action.toLowerCase();
  if (!actions.some((one) => one.matches(action))) return undefined;
  if (!resources.some((one) => one.matches(request.resource))) return undefined;
  if (principals && !principals.some((one) => request.principals.some(one.matches))) return undefined;
  if (!condition(request.context)) return undefined;
  return grants.flatMap((row, index) =>
    actions[index]!.matches(action) ? row.filter((_, at) => resources[at]!.matches(request.resource)) : [],
  );
}
