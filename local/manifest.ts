import type { ColumnType } from "../schemas";
import type { TableFormat } from "../schemas/formats";
import type { Program, Resource } from "./types";

/** What the query side needs to know of a deployed program: its catalog and its named queries. */
export interface Manifest {
  database: string;
  rawBucket: string;
  lakeBucket: string;
  tableFormat: TableFormat;
  tables: { name: string; columns: { name: string; type: ColumnType }[] }[];
  /** Each after those it reads. */
  views: { name: string; sql: string }[];
  queries: { name: string; description: string; sql: string }[];
}

interface GlueTableInputs {
  name: string;
  tableType: string;
  viewOriginalText?: string;
  storageDescriptor: { columns: { name: string; type: ColumnType }[]; inputFormat?: string };
}

/** Reads the catalog and the named queries off an evaluated program. */
export function manifestOf(program: Program): Manifest {
  const of = <T>(type: string) =>
    program.resources
      .filter((resource) => resource.type === type)
      .map((resource: Resource) => resource.inputs as T);
  const glueTables = of<GlueTableInputs>("aws:glue/catalogTable:CatalogTable");
  const tables = glueTables.filter((table) => table.tableType === "EXTERNAL_TABLE");
  return {
    database: (program.outputs.databaseNames as { lake: string }).lake,
    rawBucket: program.outputs.rawBucketName as string,
    lakeBucket: program.outputs.lakeBucketName as string,
    tableFormat: tables[0]?.storageDescriptor.inputFormat?.includes("parquet") ? "parquet" : "csv",
    tables: tables.map(({ name, storageDescriptor }) => ({
      name,
      columns: storageDescriptor.columns.map((column) => ({ name: column.name, type: column.type })),
    })),
    views: inDependencyOrder(
      glueTables
        .filter((table) => table.tableType === "VIRTUAL_VIEW")
        .map(({ name, viewOriginalText }) => ({ name, sql: viewSql(viewOriginalText!) })),
    ),
    queries: of<{ name: string; description: string; query: string }>("aws:athena/namedQuery:NamedQuery").map(
      ({ name, description, query }) => ({ name, description, sql: query }),
    ),
  };
}

/** The statement inside the payload in which Glue keeps an Athena view. */
function viewSql(viewOriginalText: string): string {
  const payload = /^\/\* Presto View: (\S+) \*\/$/.exec(viewOriginalText)![1]!;
  return (JSON.parse(Buffer.from(payload, "base64").toString()) as { originalSql: string }).originalSql;
}

/** Orders views so that each comes after those it reads, told by their names standing in its text. */
export function inDependencyOrder(views: Manifest["views"]): Manifest["views"] {
  const ordered: Manifest["views"] = [];
  const add = (view: Manifest["views"][number]) => {
    if (ordered.includes(view)) return;
    views.filter((other) => other !== view && new RegExp(`\\b${other.name}\\b`).test(view.sql)).forEach(add);
    ordered.push(view);
  };
  views.forEach(add);
  return ordered;
}
