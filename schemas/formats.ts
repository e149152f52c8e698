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

/** Glue's input format for the files of a table. */
export function inputFormatOf(format: TableFormat): string {
  return glueFormats[format].inputFormat;
}

/** The format of a table or partition, told by Glue's input format for it. */
export function formatOf(inputFormat: string | undefined): TableFormat {
  return inputFormat === glueFormats.parquet.inputFormat ? "parquet" : "csv";
}

/** What Glue needs to know of a table's files, in plain words; `location` is an `s3://…/` prefix. */
export interface GlueDescriptor {
  location: string;
  inputFormat: string;
  outputFormat: string;
  serializationLibrary: string;
  serdeParameters: Record<string, string>;
  tableParameters: Record<string, string>;
  columns: { name: string; type: string; comment: string }[];
}

/** The descriptor of a table, or of one of its partitions: the same but for the location. */
export function glueDescriptor(table: LakeTable, format: TableFormat, location: string): GlueDescriptor {
  const columns = table.columns.map((column) => ({
    name: column.name,
    type: column.type,
    comment: column.meaning,
  }));
  return { ...glueFormats[format], location, columns };
}

/** Key prefix of a table in the lake bucket, ending in "/". */
export function tablePrefix(table: string, generation: number): string {
  return `g${generation}/${table}/`;
}
