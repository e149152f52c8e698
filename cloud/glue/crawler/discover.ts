import { createHash } from "node:crypto";
import * as path from "node:path";
import type { Column } from "@aws-sdk/client-glue";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { CatalogTable } from "../tables";
import { filesAt, foldersAt, partitionFolders, type PartitionFolder } from "./folders";
import { hiveType } from "./hive-types";
import type { CrawlRights } from "./rights";

/** A folder that is a table, and its partitions. */
export interface Found {
  location: string;
  name: string;
  folders: PartitionFolder[];
}

/** How a table's files are read. */
interface Sampling {
  /** How many files of each folder; undefined for all. */
  sampleSize: number | undefined;
  /** Folder of the buckets. */
  s3Root: string;
  rights: CrawlRights;
}

/** Most files from which a table's columns are read: a limit to memory and time. */
const sampledFiles = 16;

/**
 * Returns the folders at `level` (the bucket is 1) below an S3 path that have partition folders. A table is named after
 * its folder. If the catalog (`known`) or an earlier folder already has that name, a hash of the location is appended
 * (https://docs.aws.amazon.com/glue/latest/dg/crawler-running.html).
 */
export function findTables(target: string, level: number, s3Root: string, known: CatalogTable[]): Found[] {
  const taken = new Map(known.map(({ name, descriptor }) => [name, descriptor.Location]));
  return locationsAt(target, level, s3Root).flatMap((location) => {
    const all = partitionFolders(location, s3Root);
    const folders = all.filter(({ key }) => key === all[0]!.key);
    if (folders.length === 0) return [];
    const plain = tableName(location);
    const isFree = [undefined, location].includes(taken.get(plain));
    const name = isFree ? plain : `${plain}_${createHash("md5").update(location).digest("hex")}`;
    taken.set(name, location);
    return [{ location, name, folders }];
  });
}

function locationsAt(target: string, level: number, s3Root: string): string[] {
  const base = target.replace(/\/?$/, "/");
  const depth = base.replace("s3://", "").split("/").length - 1;
  if (depth >= level) return [base];
  return foldersAt(base, s3Root).flatMap((name) => locationsAt(`${base}${name}/`, level, s3Root));
}

/** Returns a name that Athena allows: lower-case letters, digits and "_". */
function tableName(location: string): string {
  return location
    .split("/")
    .at(-2)!
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, "_");
}

/** Returns the table of a folder with gzipped JSON lines; a sample of its files gives the columns. */
export async function describeTable(
  database: string,
  { location, name, folders }: Found,
  { sampleSize, s3Root, rights }: Sampling,
  connection: DuckDBConnection,
): Promise<CatalogTable> {
  const files = folders.flatMap((folder) => filesAt(folder.location, s3Root).slice(0, sampleSize));
  const sample = spread(files, sampledFiles);
  for (const file of sample) rights.read("s3://", path.relative(s3Root, file));
  const columns = await columnsOf(sample, connection);
  return {
    database,
    name,
    keys: [folders[0]!.key],
    parameters: { classification: "json", compressionType: "gzip", typeOfData: "file" },
    descriptor: {
      Location: location,
      Columns: columns,
      InputFormat: "org.apache.hadoop.mapred.TextInputFormat",
      OutputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
      SerdeInfo: {
        SerializationLibrary: "org.openx.data.jsonserde.JsonSerDe",
        Parameters: { paths: columns.map((column) => column.Name).join(",") },
      },
    },
  };
}

/** Returns at most `count` of the items, evenly spread and with the last one. */
function spread<T>(items: T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return Array.from(
    { length: Math.min(count, items.length) },
    (_, index) => items[items.length - 1 - Math.floor(index * step)]!,
  );
}

async function columnsOf(files: string[], connection: DuckDBConnection): Promise<Column[]> {
  const list = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(", ");
  // All lines are read, and every key of an object is a field, even if it is rare.
  const reader = await connection.runAndRead(
    `select * from read_json([${list}], format = 'newline_delimited', compression = 'gzip', hive_partitioning = false,
      sample_size = -1, field_appearance_threshold = 0, map_inference_threshold = -1) limit 0`,
  );
  return reader.columnNames().map((name, at) => ({ Name: name, Type: hiveType(reader.columnType(at)) }));
}
