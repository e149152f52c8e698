import type { Registered } from "./program";

/** A CloudFormation template. */
export interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
}

const services: Record<string, string> = { quicksight: "QuickSight", athena: "Athena", iam: "IAM" };

/** Documents and maps whose keys are not names of properties. */
const documents = ["assumeRolePolicyDocument", "policyDocument"];
const maps = ["physicalTableMap"];

/**
 * Returns the resources as a CloudFormation template. The provider does the same: it makes a property's name of
 * CloudFormation's by a small first letter (all others are acronyms, such as KPIVisual, and not used here).
 */
export function templateOf(resources: Registered[]): Template {
  const entries = resources.map(({ type, name, inputs }) => {
    const [, service, kind] = type.split(":");
    const Type = `AWS::${services[service!]}::${kind}`;
    return [`${kind}${name.replace(/\W|_/g, "")}`, { Type, Properties: propertiesOf(inputs) }] as const;
  });
  return { Resources: Object.fromEntries(entries) };
}

function propertiesOf(inputs: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => {
      const upper = key.charAt(0).toUpperCase() + key.slice(1);
      if (documents.includes(key)) return [upper, value];
      if (maps.includes(key)) return [upper, mapValues(value as Record<string, unknown>, converted)];
      return [upper, converted(value)];
    }),
  );
}

function converted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(converted);
  return typeof value === "object" && value !== null ? propertiesOf(value) : value;
}

function mapValues(map: Record<string, unknown>, change: (value: unknown) => unknown) {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
