import * as fs from "node:fs";
import * as path from "node:path";
import { PartitionFiles } from "../../cloud/glue/partitions";
import { encodeTable } from "../../handlers/transform/files/encode";
import { tables, type Row } from "../../schemas";
import { extensions, glueDescriptor, type TableFormat } from "../../schemas/formats";

/** Writes the rows of a month of a table into the local cloud's folder `dir` and registers the partition in `database`. */
export async function writePartition(
  dir: string,
  { database, table: name, month, rows, format = "parquet" }: WrittenPartition,
): Promise<void> {
  const table = tables.find((one) => one.name === name)!;
  const location = `lake/g1/${name}/snapshot_month=${month}/`;
  fs.mkdirSync(path.join(dir, "s3", location), { recursive: true });
  const file = path.join(dir, "s3", location, `me-recently_played.${extensions[format]}`);
  fs.writeFileSync(file, await encodeTable(table, rows, format, "digest"));
  const { inputFormat, columns } = glueDescriptor(table, format, "");
  new PartitionFiles(dir).put(database, name, {
    Values: [month],
    CreationTime: 0,
    StorageDescriptor: {
      Location: `s3://${location}`,
      InputFormat: inputFormat,
      Columns: columns.map((column) => ({ Name: column.name, Type: column.type })),
    },
  });
}

/** A partition and its rows. */
interface WrittenPartition {
  database: string;
  table: string;
  /** `yyyy-MM` */
  month: string;
  rows: Row[];
  format?: TableFormat;
}
