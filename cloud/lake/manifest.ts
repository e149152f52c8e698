import type { ColumnType } from "../../schemas";
import { formatOf, inputFormatOf, type TableFormat } from "../../schemas/formats";
import type { LiveTable } from "../pulumi/data-sources";
import type { Program, Resource } from "../types";

/** A table of the catalog. */
export interface LakeTable {
  name: string;
  columns: { name: string; type: ColumnType }[];
  /** Names of its partition keys, which are strings. */
  keys: string[];
}

/** A database of the catalog: one generation of the lake. */
interface LakeDatabase {
  database: string;
  tables: LakeTable[];
  /** Each after those it reads. */
  views: { name: string; sql: string }[];
}

/** What the query side needs to know of a deployed program: its catalog and its named queries. */
export interface Manifest extends LakeDatabase {
  rawBucket: string;
  lakeBucket: string;
  tableFormat: TableFormat;
  /** Generations before the current one that are still there. */
  earlier?: LakeDatabase[];
  queries: { name: string; description: string; sql: string }[];
}

interface GlueTableInputs {
  databaseName: string;
  name: string;
  tableType: string;
  viewOriginalText?: string;
  partitionKeys?: { name: string }[];
  storageDescriptor: { columns: { name: string; type: ColumnType }[]; inputFormat?: string };
}

/** Reads the catalog and the named queries off an evaluated program. */
export function manifestOf(program: Program): Manifest {
  const of = <T>(type: string) =>
    program.resources
      .filter((resource) => resource.type === type)
      .map((resource: Resource) => resource.inputs as T);
  const glueTables = of<GlueTableInputs>("aws:glue/catalogTable:CatalogTable");
  const current = (program.outputs.databaseNames as { lake: string }).lake;
  const names = new Set(glueTables.map(({ databaseName }) => databaseName));
  const inputFormat = glueTables.find(
    ({ databaseName, tableType }) => databaseName === current && tableType === "EXTERNAL_TABLE",
  )?.storageDescriptor.inputFormat;
  return {
    ...lakeDatabase(current, glueTables),
    rawBucket: program.outputs.rawBucketName as string,
    lakeBucket: program.outputs.lakeBucketName as string,
    tableFormat: formatOf(inputFormat),
    earlier: [...names].filter((name) => name !== current).map((name) => lakeDatabase(name, glueTables)),
    queries: of<{ name: string; description: string; query: string }>("aws:athena/namedQuery:NamedQuery").map(
      ({ name, description, query }) => ({ name, description, sql: query }),
    ),
  };
}

/** The tables of the current generation as a program finds them that is deployed over this one. */
export function liveTables({ database, tables, tableFormat }: Manifest): LiveTable[] {
  return tables.map(({ name }) => ({ database, name, inputFormat: inputFormatOf(tableFormat) }));
}

function lakeDatabase(database: string, glueTables: GlueTableInputs[]): LakeDatabase {
  const own = glueTables.filter(({ databaseName }) => databaseName === database);
  return {
    database,
    tables: own
      .filter(({ tableType }) => tableType === "EXTERNAL_TABLE")
      .map(({ name, storageDescriptor, partitionKeys = [] }) => ({
        name,
        keys: partitionKeys.map((key) => key.name),
        columns: storageDescriptor.columns.map((column) => ({ name: column.name, type: column.type })),
      })),
    views: inDependencyOrder(
      own
        .filter(({ tableType }) => tableType === "VIRTUAL_VIEW")
        .map(({ name, viewOriginalText }) => ({ name, sql: viewSql(viewOriginalText!) })),
    ),
  };
}

/** The statement inside the payload in which Glue keeps an Athena view. */
function viewSql(viewOriginalText: string): string {
  const payload = /^\/\* Presto View: (\S+) \*\/$/.exec(viewOriginalText)![1]!;
  return (JSON.parse(Buffer.from(payload, "base64").toString()) as { originalSql: string }).originalSql;
}

/** Orders views so that each comes after those whose names are in its text. */
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
