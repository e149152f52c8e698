import * as pulumi from "@pulumi/pulumi";
import { settingRules, signInKeyStart, type Settings } from "./settingRules";
import { appKeys, checkSettings } from "./settingsCheck";

/**
 * Reads the stack's settings. Wrong values, unknown keys and missing or plain secrets stop the program before any resource
 * registers: throws a `pulumi.RunError` with one sentence for each. The secrets are read by whoever needs them.
 */
export function readSettings(): Settings {
  // Not Config.get, which warns of a secret.
  const config = pulumi.runtime.allConfig();
  const texts = Object.fromEntries(ownKeys().map((key) => [key, config[fullName(key)]!]));
  const { settings, wrong } = checkSettings(texts, fullName);
  wrong.push(...otherProjects(), ...missingApp(), ...plainSecrets());
  if (wrong.length > 0) throw new pulumi.RunError(wrong.join("\n"));
  return settings as Settings;
}

/**
 * Returns a sentence if the stack has settings under the name of another project, as the example files have after
 * `pulumi new` under a name of its own: Pulumi ignores them.
 */
function otherProjects(): string[] {
  const project = pulumi.getProject();
  const other = Object.keys(pulumi.runtime.allConfig())
    .map((full) => full.split(":"))
    .find(([owner, key]) => owner !== project && key !== undefined && Object.hasOwn(settingRules, key));
  if (other === undefined) return [];
  const [owner] = other;
  const file = `Pulumi.${pulumi.getStack()}.yaml`;
  return [
    `${file} has settings of the project ${owner}, such as ${other.join(":")}, which count for nothing in ${project}: rename them, such as by sed -i 's/^  ${owner}:/  ${project}:/' ${file}.`,
  ];
}

/** Returns a sentence if the stack has no Spotify app yet. */
function missingApp(): string[] {
  const config = pulumi.runtime.allConfig();
  const missing = appKeys.filter((key) => !config[fullName(key)]);
  if (missing.length === 0) return [];
  const stack = pulumi.getStack();
  return [
    `Stack ${stack} has no ${missing.join(" and ")}: npx spotify-lake login --stack ${stack} asks for the app and stores it, or set each with pulumi config set --secret.`,
  ];
}

/**
 * Returns a sentence for each secret that lies in the stack's file as it is. The CLI names the encrypted keys to the
 * program in this variable; Pulumi's API does not.
 */
function plainSecrets(): string[] {
  const { PULUMI_CONFIG_SECRET_KEYS: encrypted } = process.env;
  if (encrypted === undefined) return [];
  const config = pulumi.runtime.allConfig();
  return ownKeys()
    .filter((key) => (appKeys.includes(key) || key.startsWith(signInKeyStart)) && config[fullName(key)])
    .filter((key) => !(JSON.parse(encrypted) as string[]).includes(fullName(key)))
    .map(
      (key) =>
        `Setting ${fullName(key)} is not encrypted: set it again with pulumi config set --secret ${key}.`,
    );
}

/** Returns the project's keys that the stack has, without the project's name. */
function ownKeys(): string[] {
  const prefix = fullName("");
  return Object.keys(pulumi.runtime.allConfig())
    .filter((full) => full.startsWith(prefix))
    .map((full) => full.slice(prefix.length));
}

/** The key as the stack's config has it. */
function fullName(key: string): string {
  return `${pulumi.getProject()}:${key}`;
}
