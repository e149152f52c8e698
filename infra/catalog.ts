import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { generation, type ColumnType, type TableSpec } from "../schemas";
import { glueDescriptor, tablePrefix, type TableFormat } from "../schemas/formats";
import type { View } from "./sql";

/** Declares a table of the lake in Glue, typed and queryable before any data is there. */
export function catalogTable(
  table: TableSpec,
  database: aws.glue.CatalogDatabase,
  lakeBucket: pulumi.Output<string>,
  format: TableFormat,
): aws.glue.CatalogTable {
  const location = pulumi.interpolate`s3://${lakeBucket}/${tablePrefix(table.name, generation)}`;
  const descriptor = glueDescriptor(table, format, "");
  return new aws.glue.CatalogTable(
    table.name,
    {
      name: table.name,
      databaseName: database.name,
      description: table.grain,
      tableType: "EXTERNAL_TABLE",
      parameters: descriptor.tableParameters,
      partitionKeys: [{ name: "snapshot_date", type: "string", comment: "UTC day of the read, yyyy-MM-dd." }],
      storageDescriptor: {
        location,
        columns: descriptor.columns,
        inputFormat: descriptor.inputFormat,
        outputFormat: descriptor.outputFormat,
        compressed: format === "csv",
        serDeInfo: {
          serializationLibrary: descriptor.serializationLibrary,
          parameters: descriptor.serdeParameters,
        },
      },
    },
    { parent: database },
  );
}

const trinoTypes: Record<ColumnType, string> = {
  string: "varchar",
  int: "integer",
  bigint: "bigint",
  double: "double",
  boolean: "boolean",
  timestamp: "timestamp(3)",
  date: "date",
};

/**
 * Declares a view in the form in which Athena itself stores one: a VIRTUAL_VIEW whose text is a base64 payload. The
 * SerDe stays named, since views without one have failed to load (terraform-provider-aws issue 28517).
 */
export function catalogView(view: View, database: aws.glue.CatalogDatabase): aws.glue.CatalogTable {
  const payload = database.name.apply((schema) =>
    Buffer.from(
      JSON.stringify({
        originalSql: view.sql,
        catalog: "awsdatacatalog",
        schema,
        columns: view.columns.map(({ name, type }) => ({ name, type: trinoTypes[type] })),
      }),
    ).toString("base64"),
  );
  return new aws.glue.CatalogTable(
    view.name,
    {
      name: view.name,
      databaseName: database.name,
      description: view.meaning,
      tableType: "VIRTUAL_VIEW",
      parameters: { presto_view: "true", comment: "Presto View" },
      viewOriginalText: pulumi.interpolate`/* Presto View: ${payload} */`,
      viewExpandedText: "/* Presto View */",
      storageDescriptor: {
        columns: view.columns.map(({ name, type, meaning }) => ({ name, type, comment: meaning })),
        serDeInfo: { serializationLibrary: "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe" },
      },
    },
    { parent: database },
  );
}
