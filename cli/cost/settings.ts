import { readSetting, settingDefaults, type Settings } from "../../infra/settingRules";
import { didYouMean } from "../../infra/suggest";
import { UserError } from "../../cloud/errors";
import type { BilledSettings } from "./bill";

/**
 * Returns the settings that a bill depends on, from their texts by key. Throws a `UserError` for a wrong or unknown one.
 * @param count of listeners, if not those in the settings
 */
export function billedSettings(texts: Record<string, string | undefined>, count?: number): BilledSettings {
  const known = Object.keys(settingDefaults);
  const unknown = Object.keys(texts).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new UserError(`There is no setting ${unknown}${didYouMean(unknown, known)}`);
  const read = <K extends keyof Settings>(key: K) => {
    try {
      return readSetting(key, texts[key]);
    } catch (error) {
      throw new UserError((error as Error).message);
    }
  };
  for (const key of Object.keys(texts)) read(key as keyof Settings);
  return {
    schedule: read("schedule")!,
    playsSchedule: read("playsSchedule"),
    crawlerSchedule: read("crawlerSchedule"),
    kmsKey: read("kmsKey"),
    logRetentionDays: read("logRetentionDays")!,
    callBudget: read("callBudget")!,
    listeners: count ?? read("listeners")!.length,
  };
}
