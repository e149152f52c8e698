import { tables } from "../schemas";
import type { TableFormat } from "../schemas/formats";
import { readQualityRules, type QualityRules } from "../schemas/quality";
import { sourceNames, sourcePattern } from "../schemas/streams";
import { parseGlueSchedule, parseSchedule } from "../handlers/shared/scheduleExpression";
import { didYouMean } from "./suggest";
import { timeZone } from "./timeZone";

/** Every setting of a stack, checked. `Pulumi.yaml` describes each key. */
export interface Settings {
  /** EventBridge expression of the daily or weekly extract. */
  schedule: string;
  /** EventBridge expression of the extract that reads plays alone, or undefined for none. */
  playsSchedule: string | undefined;
  listeners: string[];
  sources: string[];
  tableFormat: TableFormat;
  /** What differs from the rules in schemas/quality.ts. */
  qualityRules: QualityRules;
  callBudget: number;
  /** Days after which saved tracks and albums are read as a whole. */
  reconcileDays: number;
  /** Spotify has given the app extended quota. */
  extendedQuota: boolean;
  /** Country that an app without a listener reads the catalogue as of. */
  market: string;
  /** IANA name of the time zone in which views and queries tell days and hours. */
  timezone: string;
  /** EventBridge expression, or undefined for crawlers that run only when asked to. */
  crawlerSchedule: string | undefined;
  scanCutoffMb: number;
  logRetentionDays: number;
  /** Data that is older, in hours, sets off an alarm. */
  maxDataAgeHours: number;
  /** Where alarms are mailed to, or undefined for nowhere. */
  alarmEmail: string | undefined;
  /** `create` for a key of the stack's own, the ARN of a key that is there, or undefined for AWS's own keys. */
  kmsKey: string | undefined;
  /** Executions kept for the extract and its limit, or undefined for neither. */
  reservedConcurrency: number | undefined;
  keepData: boolean;
}

/** One setting: how its text is read, what it may be (for people), and its default as `Pulumi.yaml` repeats it. */
interface Rule<T> {
  fallback: string;
  allowed: string;
  /** The words that it may be, or that a list may hold: one like a wrong word is suggested. */
  words?: readonly string[];
  /** The value, `never` for none, or undefined if the text is not allowed; may throw an Error that says why not. */
  read: (text: string) => T | undefined;
}

/** What a text is read as that stands for nothing. */
const none = "never";
const named: Record<string, string> = { daily: "cron(15 4 * * ? *)", weekly: "cron(15 4 ? * MON *)" };
const namedCrawls: Record<string, string> = { ...named, monthly: "cron(15 4 1 * ? *)" };
/** Half an hour away from the runs at 04:15, so that neither finds the lease taken. */
const hourly = "cron(45 * * * ? *)";
/** A key by its own ARN: policies that name an alias do not apply to the key. */
const keyArn = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[a-z0-9-]+$/;
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const integer = (from: number, to: number) => (text: string) =>
  /^\d+$/.test(text) && Number(text) >= from && Number(text) <= to ? Number(text) : undefined;

/** An expression that `parse` reads without an error. */
const expression = (parse: (text: string) => unknown) => (text: string) => {
  parse(text);
  return text;
};

const yesOrNo = (text: string) => (text === "true" ? true : text === "false" ? false : undefined);

/** A list as Pulumi stores it (JSON), or as people type it on a command line (a,b). */
const list = (item: RegExp) => (text: string) => {
  const items = text.startsWith("[") ? parseJson(text) : text.split(",");
  const fits = Array.isArray(items) && items.length > 0 && new Set(items).size === items.length;
  return fits && items.every((one) => typeof one === "string" && item.test(one))
    ? (items as string[])
    : undefined;
};

/** The rule of each setting. */
export const settingRules: { [K in keyof Settings]: Rule<Exclude<Settings[K], undefined> | typeof none> } = {
  schedule: {
    fallback: "daily",
    allowed: "daily, weekly or an EventBridge expression such as cron(0 6 * * ? *) or rate(12 hours)",
    words: Object.keys(named),
    read: (text) => named[text] ?? expression(parseSchedule)(text),
  },
  playsSchedule: {
    fallback: "hourly",
    allowed: "hourly, never or an EventBridge expression such as cron(45 0/2 * * ? *) or rate(2 hours)",
    words: ["hourly", none],
    read: (text) => (text === "hourly" ? hourly : text === none ? none : expression(parseSchedule)(text)),
  },
  listeners: {
    fallback: '["me"]',
    allowed: "a list of different names made of a-z, 0-9 and _, 32 characters at most",
    read: list(/^[a-z0-9_]{1,32}$/),
  },
  sources: {
    fallback: '["me"]',
    allowed: `a list of ${sourceNames.slice(0, -1).join(", ")} or ${sourceNames.at(-1)}, each once`,
    words: sourceNames,
    read: list(sourcePattern),
  },
  tableFormat: {
    fallback: "parquet",
    allowed: "csv or parquet",
    words: ["csv", "parquet"],
    read: (text) => (text === "csv" || text === "parquet" ? text : undefined),
  },
  qualityRules: {
    fallback: "{}",
    allowed:
      'an object such as {"row_count": {"severity": "warn"}, "plays.played_at.not_in_future": {"threshold": 3600000}}, of rules in docs/quality.md',
    read: (text) => readQualityRules(parseJson(text), tables),
  },
  callBudget: { fallback: "600", allowed: "a whole number from 10 to 100000", read: integer(10, 100000) },
  reconcileDays: { fallback: "30", allowed: "a whole number from 1 to 366", read: integer(1, 366) },
  market: {
    fallback: "US",
    allowed: "a country's two capital letters, such as SE",
    read: (text) => (/^[A-Z]{2}$/.test(text) ? text : undefined),
  },
  timezone: {
    fallback: "UTC",
    allowed: "UTC or a time zone of the IANA database by its area and city, such as Europe/Berlin",
    words: ["UTC", ...Intl.supportedValuesOf("timeZone")],
    read: timeZone,
  },
  extendedQuota: { fallback: "false", allowed: "true or false", words: ["true", "false"], read: yesOrNo },
  crawlerSchedule: {
    fallback: "monthly",
    allowed: "monthly, weekly, daily, never or a cron(…) expression",
    words: [...Object.keys(namedCrawls), none],
    read: (text) => namedCrawls[text] ?? (text === none ? none : expression(parseGlueSchedule)(text)),
  },
  scanCutoffMb: {
    fallback: "1000",
    allowed: "a whole number from 10 to 1000000",
    read: integer(10, 1000000),
  },
  logRetentionDays: {
    fallback: "30",
    allowed: `one of ${retentions.join(", ")}`,
    read: (text) => retentions.find((days) => String(days) === text),
  },
  maxDataAgeHours: {
    fallback: "auto",
    allowed: "auto or a whole number of hours from 1 to 10000",
    read: (text) => (text === "auto" ? none : integer(1, 10000)(text)),
  },
  alarmEmail: {
    fallback: "",
    allowed: "an e-mail address, or nothing",
    read: (text) => (text === "" ? none : /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? text : undefined),
  },
  kmsKey: {
    fallback: "none",
    allowed: "none, create or the ARN of a KMS key (arn:aws:kms:REGION:ACCOUNT:key/ID)",
    words: ["none", "create"],
    read: (text) => (text === "none" ? none : text === "create" || keyArn.test(text) ? text : undefined),
  },
  reservedConcurrency: {
    fallback: none,
    allowed: "never or a whole number from 1 to 100",
    read: (text) => (text === none ? none : integer(1, 100)(text)),
  },
  keepData: { fallback: "true", allowed: "true or false", words: ["true", "false"], read: yesOrNo },
};

/**
 * Returns the config key of a listener's sign-in. It always names the listener: a key that depended on the order of
 * `listeners` would give one's account to another when the order changes.
 */
export function signInKey(listener: string): string {
  return `${signInKeyStart}-${listener}`;
}

/** What the keys of sign-ins start with. */
export const signInKeyStart = "spotifyRefreshToken";

/**
 * A listener's sign-in as its secret parameter holds it: JSON with `refreshToken` and, if `spotify-lake login` stored it,
 * `authorizedAt` (ISO 8601 UTC). A token that was set by hand is plain text.
 */
export function signInJson(text: string): string {
  return text.startsWith("{") ? text : JSON.stringify({ refreshToken: text });
}

/** Every setting with its default in config text, as `Pulumi.yaml` repeats them. */
export const settingDefaults: Record<string, string> = Object.fromEntries(
  Object.entries(settingRules).map(([key, rule]) => [key, rule.fallback]),
);

/**
 * Reads one setting, `text` or its default; undefined stands for none. Throws an error that names the setting (as
 * `name`), its text and what is allowed.
 */
export function readSetting<K extends keyof Settings>(
  key: K,
  text: string = settingRules[key].fallback,
  name: string = key,
): Settings[K] | undefined {
  const { read, allowed, words = [] } = settingRules[key];
  const refusal = (reason = "") =>
    new Error(
      `Setting ${name} is ${quoted(text)}${reason}; allowed is ${allowed}${didYouMean(unknownWord(text, words), [...words])}`,
    );
  let value;
  try {
    value = read(text);
  } catch (error) {
    throw refusal(` (${(error as Error).message})`);
  }
  if (value === undefined) throw refusal();
  return value === none ? undefined : (value as Settings[K]);
}

function quoted(text: string): string {
  return text.length > 80 ? `"${text.slice(0, 77)}…"` : `"${text}"`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the first word of a text or a list that is none of these. */
function unknownWord(text: string, words: readonly string[]): string {
  const typed = text.replace(/[[\]"\s]/g, "").split(",");
  return typed.find((word) => !words.includes(word)) ?? "";
}
