import type { LakeTable } from "./changes";

/** How table files are written; see docs/decisions.md for the CSV dialect. */
export type TableFormat = "csv" | "parquet";

/** End of a table file's key. */
export const extensions: Record<TableFormat, string> = { csv: "csv.gz", parquet: "parquet" };

/** Glue's classes for a format, and the table parameters that go with them. */
const glueFormats = {
  csv: {
    inputFormat: "org.apache.hadoop.mapred.TextInputFormat",
    outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    serializationLibrary: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
    serdeParameters: {
      "field.delim": "\t",
      "serialization.format": "\t",
      "serialization.null.format": "\\N",
    },
    tableParameters: { classification: "csv", "skip.header.line.count": "1", compressionType: "gzip" },
  },
  parquet: {
    inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    serdeParameters: { "serialization.format": "1" },
    tableParameters: { classification: "parquet", compressionType: "none" },
  },
} satisfies Record<TableFormat, unknown>;

/** Returns Glue's input format of a table format. */
export function inputFormatOf(format: TableFormat): string {
  return glueFormats[format].inputFormat;
}

/** Returns the format that a Glue input format stands for. */
export function formatOf(inputFormat: string | undefined): TableFormat {
  return inputFormat === glueFormats.parquet.inputFormat ? "parquet" : "csv";
}

/** What Glue needs to know about a table's files; `location` is an `s3://…/` prefix. */
export interface GlueDescriptor {
  location: string;
  inputFormat: string;
  outputFormat: string;
  serializationLibrary: string;
  serdeParameters: Record<string, string>;
  tableParameters: Record<string, string>;
  columns: { name: string; type: string; comment: string }[];
}

/** Returns the descriptor of a table, or of one of its partitions, which differs in the location only. */
export function glueDescriptor(table: LakeTable, format: TableFormat, location: string): GlueDescriptor {
  const columns = table.columns.map((column) => ({
    name: column.name,
    type: column.type,
    comment: column.meaning,
  }));
  return { ...glueFormats[format], location, columns };
}

/** Returns the key prefix of a table in the lake bucket, ending in "/". */
export function tablePrefix(table: string, generation: number): string {
  return `g${generation}/${table}/`;
}
