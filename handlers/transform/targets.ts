/** The files that transform writes for a stream-day: their keys and contents. */
import { generation, programVersion as ownVersion, tablesOf, type TableSpec } from "../../schemas";
import { extensions, tablePrefix, type TableFormat } from "../../schemas/formats";
import { quarantinable, type QualityRules } from "../../schemas/quality";
import type { Built } from "./build";
import { digestOf, encodeTable } from "./files/encode";
import { gzipNamed } from "./files/gzip";
import { streamKind, type StreamDay } from "../raw/format";

/** How files are written, and what the stack changes of the quality rules. */
export interface TargetSettings {
  format: TableFormat;
  qualityRules?: QualityRules;
  /** Version of the program that writes; by default this one's. */
  programVersion?: number;
}

/** One file of a stream-day: a table's, or the quarantine of its rows. */
export interface Target {
  table: TableSpec;
  kind: "table" | "quarantine";
  key: string;
}

const contentTypes = {
  csv: "application/gzip",
  parquet: "application/vnd.apache.parquet",
  quarantine: "application/gzip",
};

/**
 * Returns the files of a stream-day in the order of writing: quarantine first, then the tables in their order. They depend
 * on the stream alone, since an empty file must be written, too.
 */
export function targetsOf({ listener, slug, day }: StreamDay, format: TableFormat): Target[] {
  const tables = tablesOf(streamKind(slug));
  const quarantine = quarantinable(tables).map((table): Target => {
    const key = `quarantine/${table.name}/snapshot_date=${day}/${listener}-${slug}.jsonl.gz`;
    return { table, kind: "quarantine", key };
  });
  return [
    ...quarantine,
    ...tables.map((table): Target => {
      const key = `${partitionPrefix(table, day)}${listener}-${slug}.${extensions[format]}`;
      return { table, kind: "table", key };
    }),
  ];
}

/** Returns the key prefix of a table's files of a day. */
export function partitionPrefix(table: TableSpec, day: string): string {
  return `${tablePrefix(table.name, generation)}snapshot_date=${day}/`;
}

/** Returns a hash of what a target is made from; `keys` are the stream-day's raw objects. */
export function targetDigest(
  { table }: Target,
  { format, qualityRules, programVersion = ownVersion }: TargetSettings,
  keys: string[],
): string {
  return digestOf(table, format, keys, programVersion, qualityRules);
}

/** Returns the bytes of a target. */
export async function targetBytes(
  { table, kind }: Target,
  built: Built,
  { format }: TargetSettings,
  digest: string,
): Promise<Uint8Array> {
  if (kind === "table") return encodeTable(table, built.rows[table.name]!, format, digest);
  const lines = (built.quarantine[table.name] ?? []).map((row) => `${JSON.stringify(row)}\n`);
  return gzipNamed([Buffer.from(lines.join(""))], `${table.name}-${digest}.jsonl`);
}

/** Returns the content type of a target. */
export function contentTypeOf({ kind }: Target, { format }: TargetSettings): string {
  return contentTypes[kind === "quarantine" ? kind : format];
}
