import * as pulumi from "@pulumi/pulumi";
import { sha256 } from "../handlers/shared/sha256";

/** `<project>-<stack>`: the start of every name that a person sees, and that no other stack's names have. */
export function stackPrefix(): string {
  return prefixOf(pulumi.getProject(), pulumi.getStack());
}

/** Athena's workgroups take 128 characters. */
const longest = 100;

/**
 * Returns the prefix of a stack: `[a-z0-9-]`, 100 characters at most. Where two stacks would share it, or one's prefix
 * would be another's name (`dev-raw` beside the database of raw answers of `dev`), digits of a hash tell them apart.
 */
export function prefixOf(project: string, stack: string): string {
  const slug = `${project}-${stack}`.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const isPlain = /^[a-z0-9]+$/.test(stack) && !/^(raw|g\d+)$/.test(stack);
  if (isPlain && slug === `${project}-${stack}` && slug.length <= longest) return slug;
  return `${slug.slice(0, longest - 7)}-${sha256(`${project}/${stack}`).slice(0, 6)}`;
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
