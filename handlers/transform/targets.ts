/** The files that transform writes: their keys and contents. */
import { programVersion as ownVersion, tablesOf, type TableSpec } from "../../schemas";
import { extensions, type TableFormat } from "../../schemas/formats";
import { quarantinable, type QualityRules } from "../../schemas/quality";
import { streamKind, type StreamDay } from "../raw/format";
import { digestOf } from "./files/encode";
import { monthPrefix } from "./sealedMonths";

/** How files are written, and what the stack changes of the quality rules. */
export interface TargetSettings {
  format: TableFormat;
  qualityRules?: QualityRules;
  /** Version of the program that writes; by default this one's. */
  programVersion?: number;
}

/** One file: a table's, or the quarantine of its rows. */
export interface Target {
  table: TableSpec;
  kind: "table" | "quarantine";
  key: string;
}

/** The raw objects of one listener and stream in one UTC month. */
export interface StreamMonth {
  listener: string;
  /** The stream as its key names it. */
  slug: string;
  /** `yyyy-MM` */
  month: string;
}

const contentTypes = {
  csv: "application/gzip",
  parquet: "application/vnd.apache.parquet",
  quarantine: "application/gzip",
};

/** Returns the UTC month `yyyy-MM` of a day `yyyy-MM-dd`. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** Returns the day of the month of a day `yyyy-MM-dd`. */
export function dateOf(day: string): number {
  return Number(day.slice(8));
}

/** Returns the table files of a stream-day, in the order of writing, where its month is sealed through a day before it. */
export function dayTargets(
  { listener, slug, day }: StreamDay,
  format: TableFormat,
  through: number,
): Target[] {
  return tablesOf(streamKind(slug)).map((table) => {
    const key = `${monthPrefix(table, monthOf(day), through)}${listener}-${slug}-${day}.${extensions[format]}`;
    return { table, kind: "table", key };
  });
}

/** Returns the quarantine files of a stream-day. */
export function quarantineTargets({ listener, slug, day }: StreamDay): Target[] {
  return quarantinable(tablesOf(streamKind(slug))).map((table) => {
    const key = `quarantine/${table.name}/snapshot_date=${day}/${listener}-${slug}.jsonl.gz`;
    return { table, kind: "quarantine", key };
  });
}

/** Returns the files of a stream in a month that is sealed through a day, in the order of writing. */
export function monthTargets(
  { listener, slug, month }: StreamMonth,
  format: TableFormat,
  through: number,
): Target[] {
  return tablesOf(streamKind(slug)).map((table) => {
    const key = `${monthPrefix(table, month, through)}${listener}-${slug}.${extensions[format]}`;
    return { table, kind: "table", key };
  });
}

/** Returns a target's name among those of its unit: the table's, or `quarantine/` and the table's. */
export function nameOf({ table, kind }: Target): string {
  return kind === "quarantine" ? `quarantine/${table.name}` : table.name;
}

/** Returns a hash of what a target is made from; `keys` are the raw objects. */
export function targetDigest(
  { table }: Target,
  { format, qualityRules, programVersion = ownVersion }: TargetSettings,
  keys: string[],
): string {
  return digestOf(table, format, keys, programVersion, qualityRules);
}

/** Returns the content type of a target. */
export function contentTypeOf({ kind }: Target, { format }: TargetSettings): string {
  return contentTypes[kind === "quarantine" ? kind : format];
}
