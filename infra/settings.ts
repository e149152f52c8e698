import * as pulumi from "@pulumi/pulumi";
import { usualAgeHours } from "./dataAge";
import { readSetting, settingRules, signInKey, signInKeyStart, type Settings } from "./settingRules";
import { didYouMean } from "./suggest";

/** The keys of the Spotify app, which are secret; whoever needs them reads them, never {@link readSettings}. */
const appKeys = ["spotifyClientId", "spotifyClientSecret"];

/**
 * Reads the stack's settings. Wrong values, unknown keys and missing or plain secrets stop the program before any resource registers: throws a
 * `pulumi.RunError` with one sentence for each, which names the key, the value and what is allowed.
 */
export function readSettings(): Settings {
  const config = new pulumi.Config();
  const settings: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const key of Object.keys(settingRules) as (keyof Settings)[]) {
    try {
      settings[key] = readSetting(key, config.get(key), fullName(key));
    } catch (error) {
      wrong.push((error as Error).message);
    }
  }
  const { schedule, sources, listeners, extendedQuota } = settings as Partial<Settings>;
  if (sources?.includes("artist_details") && extendedQuota === false)
    wrong.push(
      `Setting ${fullName("sources")} names artist_details, which Spotify gives only to apps with extended quota: set ${fullName("extendedQuota")} to true if yours has it, or leave artist_details out.`,
    );
  wrong.push(...unknownKeys(listeners), ...missingApp(), ...plainSecrets());
  if (wrong.length > 0) throw new pulumi.RunError(wrong.join("\n"));
  settings.maxDataAgeHours ??= usualAgeHours(schedule!);
  return settings as unknown as Settings;
}

/** Returns a sentence for each key that is no setting; without `listeners`, every sign-in counts. */
function unknownKeys(listeners: string[] | undefined): string[] {
  const signIns = listeners?.map(signInKey) ?? [];
  const known = [...Object.keys(settingRules), ...appKeys, ...signIns];
  return ownKeys()
    .filter((key) => !known.includes(key) && (listeners || !key.startsWith(signInKeyStart)))
    .map((key) => {
      if (listeners && key.startsWith(signInKeyStart)) return nobodysSignIn(key, listeners);
      return `There is no setting ${fullName(key)}${didYouMean(key, known)} Settings are ${known.join(", ")}.`;
    });
}

/** Returns the sentence about a sign-in that no listener reads with, such as one of a listener who was taken off. */
function nobodysSignIn(key: string, listeners: string[]): string {
  const name = key.slice(signInKeyStart.length + 1);
  const add = name ? `add ${name} to listeners, or ` : "";
  return `Setting ${fullName(key)} is the sign-in of nobody in the setting listeners (${listeners.join(", ")}, with ${listeners.map(signInKey).join(", ")}): ${add}remove it with pulumi config rm ${key}.`;
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
