/** Table files: rows in, bytes out, with a digest of what they were made from inside. */
import type { Row, TableSpec } from "../../../schemas";
import type { TableFormat } from "../../../schemas/formats";
import type { QualityRules } from "../../../schemas/quality";
import { sha256 } from "../../shared/sha256";
import { csvWriter } from "./csv";
import { gzipNamed } from "./gzip";
import { parquetWriter } from "./parquet";

/**
 * What a table file is made from, as one hash: the raw objects (their keys name their content), the program, what the
 * spec says of the columns, the format, and what the stack changes of the quality rules. Equal digests mean equal bytes.
 */
export function digestOf(
  table: TableSpec,
  format: TableFormat,
  rawKeys: string[],
  programVersion: number,
  rules: QualityRules = {},
): string {
  const columns = table.columns.map(({ name, type, nullable }) => [name, type, nullable]);
  return sha256(JSON.stringify([table.name, table.key, columns, format, programVersion, rawKeys, rules]));
}

/**
 * The bytes of a table file: for equal rows and digest equal bytes, in one build of Node. The digest stands in the bytes
 * too, so that files made from different raw objects never share an ETag, even if their rows are the same.
 */
export async function encodeTable(
  table: TableSpec,
  rows: Row[],
  format: TableFormat,
  digest: string,
): Promise<Uint8Array> {
  const writer = tableWriter(table, format, digest);
  await writer.add(rows);
  return writer.finish();
}

/** A table file that is made of rows that come in parts. */
export interface TableWriter {
  add(rows: Row[]): Promise<void>;
  /** Returns the bytes of the file. */
  finish(): Promise<Uint8Array>;
}

/** Returns a writer of a table file, as {@link encodeTable} makes it of all rows at once. */
export function tableWriter(table: TableSpec, format: TableFormat, digest: string): TableWriter {
  if (format === "parquet") return parquetWriter(table, { digest });
  const csv = csvWriter(table);
  return {
    add: (rows) => csv.add(rows),
    finish: async () => gzipNamed(await csv.finish(), `${table.name}-${digest}.csv`),
  };
}
