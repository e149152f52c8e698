import { usualAgeHours } from "./dataAge";
import { readSetting, settingRules, signInKey, signInKeyStart, type Settings } from "./settingRules";
import { didYouMean } from "./suggest";

/** The keys of the Spotify app, which are secret. */
export const appKeys = ["spotifyClientId", "spotifyClientSecret"];

/** What is right of some settings, and a sentence for each mistake, which names the key, the value and what is allowed. */
interface CheckedSettings {
  /** All of them, if nothing is wrong. */
  settings: Partial<Settings>;
  wrong: string[];
}

/**
 * Checks a stack's settings without Pulumi. `config` has the texts by key, without the project's name; `fullName` returns
 * a key as a sentence names it.
 */
export function checkSettings(
  config: Record<string, string>,
  fullName: (key: string) => string,
): CheckedSettings {
  const settings: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const key of Object.keys(settingRules) as (keyof Settings)[]) {
    try {
      settings[key] = readSetting(key, config[key], fullName(key));
    } catch (error) {
      wrong.push((error as Error).message);
    }
  }
  const { schedule, sources, listeners, extendedQuota } = settings as Partial<Settings>;
  if (sources?.includes("artist_details") && extendedQuota === false)
    wrong.push(
      `Setting ${fullName("sources")} names artist_details, which Spotify gives only to apps with extended quota: set ${fullName("extendedQuota")} to true if yours has it, or leave artist_details out.`,
    );
  wrong.push(...unknownKeys(Object.keys(config), listeners, fullName));
  if (schedule !== undefined) settings.maxDataAgeHours ??= usualAgeHours(schedule);
  return { settings, wrong };
}

/** Returns a sentence for each key that is no setting; without `listeners`, every sign-in counts. */
function unknownKeys(
  keys: string[],
  listeners: string[] | undefined,
  fullName: (key: string) => string,
): string[] {
  const signIns = listeners?.map(signInKey) ?? [];
  const known = [...Object.keys(settingRules), ...appKeys, ...signIns];
  return keys
    .filter((key) => !known.includes(key) && (listeners || !key.startsWith(signInKeyStart)))
    .map((key) => {
      if (listeners && key.startsWith(signInKeyStart)) return nobodysSignIn(key, fullName(key), listeners);
      return `There is no setting ${fullName(key)}${didYouMean(key, known)} Settings are ${known.join(", ")}.`;
    });
}

/** Returns the sentence about a sign-in that no listener reads with, such as one of a listener who was taken off. */
function nobodysSignIn(key: string, fullName: string, listeners: string[]): string {
  const name = key.slice(signInKeyStart.length + 1);
  const add = name ? `add ${name} to listeners, or ` : "";
  return `Setting ${fullName} is the sign-in of nobody in the setting listeners (${listeners.join(", ")}, with ${listeners.map(signInKey).join(", ")}): ${add}remove it with pulumi config rm ${key}.`;
}
