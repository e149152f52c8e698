import * as pulumi from "@pulumi/pulumi";

/** `<project>-<stack>`: the start of every name that a person sees. */
export function stackPrefix(): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}`.toLowerCase();
}

/**
 * A name for a Glue database: only `[a-z0-9_]`, since Athena cannot name anything else without quotes
 * (https://docs.aws.amazon.com/athena/latest/ug/tables-databases-columns-names.html).
 */
export function databaseName(suffix = ""): string {
  return `${stackPrefix()}${suffix}`.replace(/[^a-z0-9]+/g, "_");
}

/** The log group of the function `name`. */
export function logGroupName(name: string): string {
  return `/aws/lambda/${stackPrefix()}-${name}`;
}
