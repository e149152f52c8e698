/** Conditions of policies: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
import { UserError } from "../errors";
import { wildcard } from "./wildcard";

/** What is known of a request, by condition key such as `aws:SourceArn`. */
export type Context = Partial<Record<string, string>>;

/** The Condition of a statement: values by operator and key. */
export type ConditionBlock = Record<string, Record<string, string | string[]>>;

/** Returns whether a condition holds for a request. */
export type Condition = (context: Context) => boolean;

type Compare = (wanted: string) => (given: string) => boolean;

const equals: Compare = (wanted) => (given) => given === wanted;
const equalsInAnyCase: Compare = (wanted) => (given) => given.toLowerCase() === wanted.toLowerCase();

const comparisons: Record<string, Compare> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsInAnyCase,
  StringLike: wildcard,
  // Both are the same: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
  ArnEquals: wildcard,
  ArnLike: wildcard,
  Bool: equalsInAnyCase,
};

/** Keys that the embedded cloud knows the value of, where a request has one. */
const knownKeys = [
  ...["aws:SecureTransport", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:ResourceAccount"],
  ...["aws:SourceArn", "aws:SourceAccount", "s3:prefix", "s3:delimiter", "s3:if-match", "s3:if-none-match"],
  "kms:EncryptionContext:aws:logs:arn",
].map((key) => key.toLowerCase());

/** Returns the condition of a block: all of its parts must hold. Throws a `UserError` for what the embedded cloud lacks. */
export function compileCondition(block: ConditionBlock = {}): Condition {
  const parts = Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => compilePart(operator, key, [values].flat())),
  );
  return (context) => parts.every((part) => part(context));
}

function compilePart(operator: string, key: string, values: string[]): Condition {
  if (!knownKeys.includes(key.toLowerCase()))
    throw new UserError(
      `The embedded cloud does not know the condition key ${key}; add it to cloud/iam/conditions.ts.`,
    );
  const valueIn = (context: Context) =>
    Object.entries(context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
  if (operator === "Null") return (context) => String(valueIn(context) === undefined) === values[0];
  const [, name = operator, ifExists] = /^(.*?)(IfExists)?$/.exec(operator) ?? [];
  const isNegated = name.includes("Not");
  const compare = comparisons[name.replace("Not", "")];
  if (!compare)
    throw new UserError(
      `The embedded cloud does not know the condition operator ${operator}; add it to cloud/iam/conditions.ts.`,
    );
  const tests = values.map(compare);
  return (context) => {
    const given = valueIn(context);
    if (given === undefined) return isNegated || ifExists !== undefined;
    return tests.some((test) => test(given)) !== isNegated;
  };
}
