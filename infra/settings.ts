import * as pulumi from "@pulumi/pulumi";
import { usualAgeHours } from "./dataAge";
import { readSetting, refreshTokenKey, settingRules, type Settings } from "./settingRules";
import { didYouMean } from "./suggest";

/** The keys that hold secrets; whoever needs them reads them, never {@link readSettings}. */
const secretKeys = ["spotifyClientId", "spotifyClientSecret"];

/**
 * Reads the stack's settings. Wrong values and unknown keys stop the program before any resource registers: throws a
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
  wrong.push(...unknownKeys(listeners));
  if (wrong.length > 0) throw new pulumi.RunError(wrong.join("\n"));
  settings.maxDataAgeHours ??= usualAgeHours(schedule!);
  return settings as unknown as Settings;
}

/** Returns a sentence for each key that is no setting; without `listeners`, every key of a refresh token counts. */
function unknownKeys(listeners: string[] | undefined): string[] {
  const tokens = listeners?.map((listener) => refreshTokenKey(listener, listeners)) ?? [];
  const known = [...Object.keys(settingRules), ...secretKeys, ...tokens];
  return Object.keys(pulumi.runtime.allConfig())
    .filter((full) => full.startsWith(fullName("")))
    .map((full) => full.slice(fullName("").length))
    .filter((key) => !known.includes(key) && (listeners || !key.startsWith("spotifyRefreshToken")))
    .map(
      (key) =>
        `There is no setting ${fullName(key)}${didYouMean(key, known)} Settings are ${known.join(", ")}.`,
    );
}

/** The key as the stack's config has it. */
function fullName(key: string): string {
  return `${pulumi.getProject()}:${key}`;
}
