import * as pulumi from "@pulumi/pulumi";
import { usualAgeHours } from "./dataAge";
import { readSetting, refreshTokenKey, settingRules, type Settings } from "./settingRules";
import { didYouMean } from "./suggest";

/** The keys that hold secrets; whoever needs them reads them, never {@link readSettings}. */
const secretKeys = ["spotifyClientId", "spotifyClientSecret"];

/**
 * Reads the stack's settings. A wrong value or an unknown key stops the program before any resource registers: throws
 * a `pulumi.RunError` that names the key, the value and what is allowed.
 */
export function readSettings(): Settings {
  const project = pulumi.getProject();
  const config = new pulumi.Config();
  const settings: Record<string, unknown> = {};
  for (const key of Object.keys(settingRules) as (keyof Settings)[]) {
    try {
      settings[key] = readSetting(key, config.get(key), `${project}:${key}`);
    } catch (error) {
      throw new pulumi.RunError((error as Error).message);
    }
  }
  settings.maxDataAgeHours ??= usualAgeHours(settings.schedule as string);
  if ((settings.sources as string[]).includes("artist_details") && !settings.extendedQuota) {
    throw new pulumi.RunError(
      `Setting ${project}:sources names artist_details, which Spotify gives only to apps with extended quota: set ${project}:extendedQuota to true if yours has it, or leave artist_details out.`,
    );
  }
  const known = [
    ...Object.keys(settingRules),
    ...secretKeys,
    ...(settings.listeners as string[]).map((listener) =>
      refreshTokenKey(listener, settings.listeners as string[]),
    ),
  ];
  for (const full of Object.keys(pulumi.runtime.allConfig())) {
    const [namespace, key] = [full.slice(0, full.indexOf(":")), full.slice(full.indexOf(":") + 1)];
    if (namespace === project && !known.includes(key)) {
      throw new pulumi.RunError(
        `There is no setting ${project}:${key}${didYouMean(key, known)} Settings are ${known.join(", ")}.`,
      );
    }
  }
  return settings as unknown as Settings;
}
