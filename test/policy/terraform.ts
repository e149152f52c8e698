import type { Inputs, Registered } from "../support/mocks";

/** Blocks of Terraform's that hold keys of one's own, so they are maps. */
const maps = ["variables", "parameters", "dimensions", "tags"];

/** Types whose settings say nothing to checkov, and much. */
const brief = ["aws_athena_named_query", "aws_glue_catalog_table"];

/** Returns the resources as a Terraform program, so that checkov can read them. */
export function terraformOf(all: Registered[]): string {
  const references = referencesTo(all);
  return all
    .filter(({ type }) => type.startsWith("aws:"))
    .map((resource) => {
      const type = terraformType(resource);
      const { name, databaseName, ...rest } = resource.inputs;
      const inputs = brief.includes(type) ? { name, databaseName } : { name, databaseName, ...rest };
      return `resource "${type}" "${resource.name}" {\n${blockOf(inputs, addressOf(resource), references)}}\n`;
    })
    .join("\n");
}

/** Pulumi's types of AWS are named after Terraform's: `aws:s3/bucketPolicy:BucketPolicy` is `aws_s3_bucket_policy`. */
function terraformType({ type }: Registered): string {
  const [, module, name] = /^aws:(\w+)\/(\w+):/.exec(type)!;
  return `aws_${module}_${snake(name!)}`;
}

function addressOf(resource: Registered): string {
  return `${terraformType(resource)}.${resource.name}`;
}

/** Names and ARNs of resources, and how Terraform refers to them: some of checkov's checks follow references. */
function referencesTo(all: Registered[]): Map<string, string> {
  const named = all.filter(
    ({ type }) => type.startsWith("aws:") && !/bucket.+:|catalogTable|namedQuery|metricAlarm/.test(type),
  );
  return new Map(
    named.flatMap((resource) =>
      ["name", "bucket", "url", "arn"].flatMap((output): [string, string][] => {
        const value: unknown = resource.outputs[output];
        return typeof value === "string" ? [[value, `${addressOf(resource)}.${output}`]] : [];
      }),
    ),
  );
}

function blockOf(inputs: Inputs, own: string, references: Map<string, string>): string {
  const valueOf = (value: unknown): string => {
    if (typeof value === "string") {
      const reference = references.get(value);
      return reference && !reference.startsWith(`${own}.`)
        ? reference
        : JSON.stringify(value).replaceAll("${", "$${");
    }
    if (Array.isArray(value)) return `[${value.map(valueOf).join(", ")}]`;
    if (typeof value !== "object" || value === null) return JSON.stringify(value);
    const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)} = ${valueOf(one)}`);
    return `{ ${entries.join(", ")} }`;
  };
  const isBlock = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  return Object.entries(inputs)
    .filter(([key, value]) => value !== undefined && key !== "code")
    .map(([key, value]) => {
      const name = snake(key);
      const blocks = [value].flat() as Inputs[];
      if (!isBlock(blocks[0]) || maps.includes(name) || name === "value")
        return `${name} = ${valueOf(value)}\n`;
      // Pulumi names a list of blocks in the plural.
      const block = Array.isArray(value) ? name.replace(/s$/, "") : name;
      return blocks.map((one) => `${block} {\n${blockOf(one, own, references)}}\n`).join("");
    })
    .join("");
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
