/** A stack, as the Pulumi CLI knows it. */
import * as fs from "node:fs";
import * as path from "node:path";
import { settingDefaults } from "../../infra/settingRules";
import { UserError } from "../../cloud/errors";
import { hideNodeWarning } from "../../cloud/nodeWarning";
import { pulumi, type CliOptions } from "./pulumi-cli";

/** One entry of `pulumi config --json`; a secret one comes without its value. */
interface Entry {
  value?: string;
  objectValue?: unknown;
  secret: boolean;
}

/** A stack's configuration by key. */
export type StackConfig = Map<string, Entry>;

/** The outputs of a deployed stack that commands use. */
export interface StackOutputs {
  functionNames?: { extract?: string; transform?: string; health?: string };
  crawlerNames?: { lake?: string; raw?: string };
  failureQueueUrls?: Record<string, string>;
  rawBucketName?: string;
  lakeBucketName?: string;
  workgroupName?: string;
  databaseNames?: { lake?: string };
  alarmTopicArn?: string;
  /** Ids of Athena's saved queries, by name. */
  namedQueryIds?: Record<string, string>;
}

/** What the CLI said, by who asked: it takes a second for each answer, and none changes within a command. */
const answers = new WeakMap<CliOptions, Map<string, Promise<string>>>();

/** Returns what the CLI prints of a stack; the same caller asks it once. */
function read(args: string[], cli: CliOptions): Promise<string> {
  const known = answers.get(cli) ?? new Map<string, Promise<string>>();
  answers.set(cli, known);
  const question = args.join(" ");
  const answer = known.get(question) ?? pulumi(args, cli);
  known.set(question, answer);
  return answer;
}

/** Returns the project's configuration by key, without the project's name in front. */
export async function stackConfig(stack: string, cli: CliOptions): Promise<StackConfig> {
  const text = await read(["config", "--json", "--stack", stack], cli);
  const { parse } = require("yaml") as typeof import("yaml");
  const { name } = parse(fs.readFileSync(path.join(cli.dir, "Pulumi.yaml"), "utf8")) as { name: string };
  const entries = Object.entries(JSON.parse(text) as Record<string, Entry>);
  const own = entries.filter(([key]) => key.startsWith(`${name}:`));
  return new Map(own.map(([key, entry]) => [key.slice(name.length + 1), entry]));
}

/**
 * Returns a setting that is a list. Throws a `UserError` if it is a text, which `pulumi config set` stores without a word
 * and `pulumi up` refuses.
 */
export function listOf(config: StackConfig, key: string): string[] {
  const { objectValue, value } = config.get(key) ?? {};
  if (Array.isArray(objectValue)) return objectValue as string[];
  if (value === undefined) return JSON.parse(settingDefaults[key]!) as string[];
  throw new UserError(
    `Setting ${key} is the text ${value}, but must be a list: set its items one by one, pulumi config set --path '${key}[0]' ITEM, then '${key}[1]'.`,
  );
}

/** Returns the stack's outputs; they are empty before the first deployment. */
export async function stackOutputs(stack: string, cli: CliOptions): Promise<StackOutputs> {
  return JSON.parse(await read(["stack", "output", "--json", "--stack", stack], cli)) as StackOutputs;
}

/** Returns the stack's region. */
export async function stackRegion(stack: string, cli: CliOptions): Promise<string> {
  hideNodeWarning();
  return (await read(["config", "get", "aws:region", "--stack", stack], cli)).trim();
}

/** Returns the chosen listener, by default the first. Throws a `UserError` if the stack has no such listener. */
export function listenerOf(stack: string, config: StackConfig, chosen: string | undefined): string {
  const listeners = listOf(config, "listeners");
  if (chosen === undefined || listeners.includes(chosen)) return chosen ?? listeners[0]!;
  throw new UserError(
    `Stack ${stack} has no listener ${chosen}; its setting listeners has ${listeners.join(", ")}.`,
  );
}

/** Returns the error of a stack that has not been deployed and lacks `what`. */
export function notDeployed(stack: string, what: string): UserError {
  return new UserError(`Stack ${stack} has no ${what} yet; deploy it with pulumi up --stack ${stack}.`);
}
