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

/** The database of a generation of the lake; the first one's has no suffix. */
export function lakeDatabaseName(generation: number): string {
  return databaseName(generation === 1 ? "" : `_g${generation}`);
}

/** A logical name of something that each generation has; the first one's stays as it is, so nothing is ever replaced. */
export function inGeneration(name: string, generation: number): string {
  return generation === 1 ? name : `${name}-g${generation}`;
}

/** The log group of the function `name`. */
export function logGroupName(name: string): string {
  return `/aws/lambda/${stackPrefix()}-${name}`;
}
