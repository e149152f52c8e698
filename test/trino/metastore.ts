import * as fs from "node:fs";
import * as path from "node:path";
import { PartitionFiles, type StoredPartition } from "../../cloud/glue/partitions";
import type { Program } from "../../cloud/types";

/** A table or view as the program declares it in Glue: inputs of `aws.glue.CatalogTable`. */
interface GlueTable {
  name: string;
  databaseName: string;
  tableType: "EXTERNAL_TABLE" | "VIRTUAL_VIEW";
  parameters: Record<string, string>;
  partitionKeys?: GlueColumn[];
  storageDescriptor: {
    location?: string;
    columns: GlueColumn[];
    inputFormat?: string;
    outputFormat?: string;
    serDeInfo: { serializationLibrary: string; parameters?: Record<string, string> };
  };
  viewOriginalText?: string;
  viewExpandedText?: string;
}

interface GlueColumn {
  name: string;
  type: string;
  comment?: string;
}

/** The lake of an embedded cloud, and where Trino's local file system sees its S3 objects. */
export interface TrinoLake {
  program: Program;
  /** The embedded cloud's folder. */
  dir: string;
  /** What stands in for `s3://`, such as `local:///parquet/s3/`. */
  s3Root: string;
}

/**
 * Writes the catalog of a lake, as the program declared it and transform registered its partitions, in the layout of
 * Trino's file metastore: `.<schema>.trinoSchema`, `<schema>/<table>/.trinoSchema` and
 * `<schema>/<table>/<partition>/.trinoSchema`, each JSON. Nothing is changed but the head of locations.
 *
 * Source: FileHiveMetastore, TableMetadata and PartitionMetadata of
 * https://github.com/trinodb/trino/tree/476/plugin/trino-hive/src/main/java/io/trino/plugin/hive/metastore/file
 *
 * @param folder Trino's `hive.metastore.catalog.dir` on this machine; it is emptied first
 */
export function writeMetastore(folder: string, { program, dir, s3Root }: TrinoLake): void {
  const database = (program.outputs.databaseNames as { lake: string }).lake;
  const tables = program.resources
    .filter(({ type }) => type === "aws:glue/catalogTable:CatalogTable")
    .map(({ inputs }) => inputs as unknown as GlueTable)
    .filter(({ databaseName }) => databaseName === database);
  const partitions = new PartitionFiles(dir);
  const place = (location: string) => location.replace(/^s3:\/\//, s3Root);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `.${database}.trinoSchema`), JSON.stringify({ parameters: {} }));
  for (const table of tables) {
    const home = path.join(folder, database, table.name);
    writeSchema(home, tableMetadata(table, place));
    for (const partition of partitions.list(database, table.name)) {
      const names = partition.Values.map((value, at) => `${table.partitionKeys![at]!.name}=${value}`);
      writeSchema(path.join(home, ...names), partitionMetadata(partition, place));
    }
  }
}

function writeSchema(folder: string, metadata: object): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, ".trinoSchema"), JSON.stringify(metadata));
}

type Place = (location: string) => string;

function tableMetadata(table: GlueTable, place: Place): object {
  const { location, columns, inputFormat, outputFormat, serDeInfo } = table.storageDescriptor;
  return {
    // Trino, unlike Athena, runs a view as its owner, and refuses one that has none.
    owner: "analyst",
    tableType: table.tableType,
    dataColumns: columns,
    partitionColumns: table.partitionKeys ?? [],
    parameters: table.parameters,
    originalStorageFormat: { serde: serDeInfo.serializationLibrary, inputFormat, outputFormat },
    serdeParameters: serDeInfo.parameters ?? {},
    externalLocation: location && place(location),
    viewOriginalText: table.viewOriginalText,
    viewExpandedText: table.viewExpandedText,
    columnStatistics: {},
  };
}

function partitionMetadata({ Parameters, StorageDescriptor }: StoredPartition, place: Place): object {
  const { Columns, Location, SerdeInfo } = StorageDescriptor!;
  return {
    columns: Columns!.map(({ Name, Type }) => ({ name: Name, type: Type, properties: {} })),
    parameters: Parameters ?? {},
    storageFormat: storageFormat(StorageDescriptor!),
    serdeParameters: SerdeInfo?.Parameters ?? {},
    externalLocation: place(Location!),
    columnStatistics: {},
  };
}

/** Trino's name for the three classes of a format; the file metastore knows a partition's only by it (HiveStorageFormat). */
const storageFormats: Record<string, string> = {
  [[
    "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
    "org.apache.hadoop.mapred.TextInputFormat",
    "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
  ].join()]: "TEXTFILE",
  [[
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
  ].join()]: "PARQUET",
};

function storageFormat(descriptor: NonNullable<StoredPartition["StorageDescriptor"]>): string {
  const { SerdeInfo, InputFormat, OutputFormat } = descriptor;
  const classes = [SerdeInfo?.SerializationLibrary, InputFormat, OutputFormat].join();
  const format = storageFormats[classes];
  if (!format) throw new Error(`Trino has no storage format of the classes ${classes}.`);
  return format;
}
