import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ColumnType } from "../schemas";
import type { LakeTable } from "../schemas/changes";
import { glueDescriptor, tablePrefix, type TableFormat } from "../schemas/formats";
import { partitionKey } from "../schemas/spec";
import type { FrozenGeneration } from "./generations";
import { inGeneration, lakeDatabaseName } from "./names";
import { inTimezone, type View } from "./sql";

/** What the tables and views of a generation are declared with. */
interface CatalogOptions {
  lakeBucket: pulumi.Output<string>;
  format: TableFormat;
  timezone: string;
  /** Protects the database and its tables, whose partitions only a crawl or a replay would bring back. */
  keepData: boolean;
  /** Leaves what is live as it is: the files of an earlier generation keep the format that they have. */
  isEarlier?: boolean;
}

/** A generation's part of the Glue Data Catalog. */
export interface LakeCatalog {
  database: aws.glue.CatalogDatabase;
  tables: aws.glue.CatalogTable[];
  views: aws.glue.CatalogTable[];
}

/** Declares a generation of the lake in a database of its own: every table and view typed, before any data is there. */
export function lakeCatalog(lake: FrozenGeneration, options: CatalogOptions): LakeCatalog {
  const database = new aws.glue.CatalogDatabase(
    inGeneration("lake", lake.generation),
    {
      name: lakeDatabaseName(lake.generation),
      description: "What was read from Spotify, as tables and views.",
    },
    { protect: options.keepData },
  );
  return {
    database,
    tables: lake.tables.map((table) => catalogTable(table, lake.generation, database, options)),
    views: lake.views.map((view) =>
      catalogView(inTimezone(view, options.timezone), lake.generation, database),
    ),
  };
}

function catalogTable(
  table: LakeTable,
  generation: number,
  database: aws.glue.CatalogDatabase,
  { lakeBucket, format, isEarlier = false }: CatalogOptions,
): aws.glue.CatalogTable {
  const location = pulumi.interpolate`s3://${lakeBucket}/${tablePrefix(table.name, generation)}`;
  const descriptor = glueDescriptor(table, format, "");
  return new aws.glue.CatalogTable(
    inGeneration(table.name, generation),
    {
      name: table.name,
      databaseName: database.name,
      description: table.grain,
      tableType: "EXTERNAL_TABLE",
      parameters: descriptor.tableParameters,
      partitionKeys: [{ name: partitionKey.name, type: partitionKey.type, comment: partitionKey.meaning }],
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
    { parent: database, ignoreChanges: isEarlier ? ["storageDescriptor", "parameters"] : [] },
  );
}

/** Types as Trino names them. */
export const trinoTypes: Record<ColumnType, string> = {
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
function catalogView(
  view: View,
  generation: number,
  database: aws.glue.CatalogDatabase,
): aws.glue.CatalogTable {
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
    inGeneration(view.name, generation),
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
    // Unlike a table, a view holds nothing, and a new version of the program may drop it.
    { parent: database, protect: false },
  );
}
