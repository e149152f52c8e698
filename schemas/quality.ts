import { deviceClockToleranceMs } from "./plays";
import type { Check } from "./checks";
import type { TableSpec } from "./spec";

/**
 * What happens when a rule fails. A rule of rows counts the row (`warn`) or puts it into quarantine (`block`); a rule of
 * full reads counts the read (`warn`) or rejects it (`block`).
 */
type Severity = "warn" | "block";

/** How a rule is applied; {@link ruleMeanings} says what a `threshold` means. */
export interface Rule {
  severity: Severity;
  threshold?: number;
}

/** What a stack changes of {@link defaultRules}, by the same names: `[table.[column.]]rule`. */
export type QualityRules = Record<string, Partial<Rule>>;

/** Rules that come from a column itself and from its checks. */
export type ColumnRule = "not_null" | "type" | Check["rule"];

/** Rules of a row as a whole, written by hand (handlers/transform/quality/tableChecks.ts). */
export type TableRule = "uri_of_id" | "date_precision" | "time_order";

/** Rules of a full read. */
export const readRules = ["unique_key", "row_count", "quarantined_share"] as const;

export type ReadRule = (typeof readRules)[number];

export type RuleName = ColumnRule | TableRule | ReadRule;

/** What each rule requires. */
const ruleMeanings: Record<RuleName, string> = {
  not_null:
    "A column that always has a value has one. Such a row cannot be kept, so the severity is always block.",
  type: "A value is of its column's type; if it is not, NULL stands in its place.",
  range: "A number lies within its column's bounds.",
  positive: "A length is above 0.",
  pattern: "A text has its column's form.",
  allowed: "A text is one of those that its column knows.",
  not_in_future: "A time is not after the answer that it is in by more than the threshold (ms).",
  uri_of_id: "The URI names the id beside it.",
  date_precision: "A release date is as long as its precision says.",
  time_order: "What ends does so after it begins.",
  unique_key:
    "No two different rows of a read have one key. Threshold: the share of its rows that may all the same.",
  row_count: "A read has a row for each position. Threshold: the share of positions that may lack one.",
  quarantined_share:
    "The rows of a read are good. Threshold: the share that may lie in quarantine; one row beside good ones always may.",
};

/**
 * The rules unless the setting `qualityRules` changes them; of the names that match, the longest counts.
 *
 * Thresholds that are shares: a few invalid entries must not hide a list, while a change of Spotify's response shapes
 * spoils nearly all rows.
 */
const defaultRules: Record<string, Rule> = {
  not_null: { severity: "block" },
  type: { severity: "warn" },
  range: { severity: "block" },
  positive: { severity: "warn" },
  pattern: { severity: "warn" },
  allowed: { severity: "block" },
  not_in_future: { severity: "warn", threshold: deviceClockToleranceMs },
  "plays.played_at.not_in_future": { severity: "block", threshold: deviceClockToleranceMs },
  uri_of_id: { severity: "warn" },
  date_precision: { severity: "warn" },
  time_order: { severity: "warn" },
  unique_key: { severity: "block", threshold: 0 },
  // Spotify's list of playlists changes while it is read, and then has one twice.
  "playlists.unique_key": { severity: "warn", threshold: 0 },
  row_count: { severity: "block", threshold: 0.5 },
  quarantined_share: { severity: "block", threshold: 0.2 },
};

/**
 * Tables of Spotify's entities. Their rows are never rejected: everything refers to them, each answer describes them
 * again, and one invalid detail would cost a track its name.
 */
export const entityTables = [
  "tracks",
  "track_artists",
  "albums",
  "album_artists",
  "artists",
  "artist_genres",
];

/** Tables that transform derives itself. They are not checked, since nothing of them may be lost. */
export const systemTables = ["container_reads", "skips", "quality_results"];

/** Returns a rule as it applies to a table, or to one of its columns. */
export function ruleFor(rules: QualityRules, rule: RuleName, table: string, column: string | null): Rule {
  const names = [rule, `${table}.${rule}`, `${table}.${column}.${rule}`];
  const parts = [...names.map((name) => defaultRules[name]), ...names.map((name) => rules[name])];
  const found = Object.assign({}, ...parts) as Rule;
  if (entityTables.includes(table)) found.severity = "warn";
  return found;
}

/** Returns those of the tables that may have rows in quarantine. */
export function quarantinable(tables: TableSpec[]): TableSpec[] {
  return tables.filter(({ name }) => !systemTables.includes(name) && !entityTables.includes(name));
}

/**
 * Returns what a stack changes of the rules, sorted by name. Returns undefined if `value` is not an object of that form,
 * has an unknown name, a threshold for a rule without one, a share above 1, or a `not_null` that does not block.
 */
export function readQualityRules(value: unknown, tables: TableSpec[]): QualityRules | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.every(([name, change]) => isKnown(name, tables) && isChange(name, change))
    ? (Object.fromEntries(entries) as QualityRules)
    : undefined;
}

/** Returns whether a name is `rule`, `table.rule` or `table.column.rule` of known tables and columns. */
function isKnown(name: string, tables: TableSpec[]): boolean {
  const parts = name.split(".");
  const rule = parts.pop()!;
  const [table, column, ...more] = parts;
  if (!Object.hasOwn(ruleMeanings, rule) || more.length > 0) return false;
  const spec = tables.find((one) => one.name === table);
  if (table !== undefined && !spec) return false;
  return column === undefined || spec!.columns.some((one) => one.name === column);
}

function isChange(name: string, change: unknown): boolean {
  if (typeof change !== "object" || change === null) return false;
  const rule = name.slice(name.lastIndexOf(".") + 1);
  const known = defaultRules[rule]!;
  const most = readRules.some((one) => one === rule) ? 1 : Infinity;
  return Object.entries(change).every(([field, value]) => {
    if (field === "severity") return value === "block" || (value === "warn" && rule !== "not_null");
    return (
      field === "threshold" &&
      known.threshold !== undefined &&
      Number.isFinite(value) &&
      (value as number) >= 0 &&
      (value as number) <= most
    );
  });
}
