import { namedQueries, renderQuery, views } from "../../infra/sql";
import { tables } from "../../schemas";
import { partitionKey } from "../../schemas/spec";
import type { TableFormat } from "../../schemas/formats";
import { inDependencyOrder, type Manifest } from "../lake/manifest";

/** The manifest that a deployed program has, made from the sources alone; `timezone` is the stack's setting. */
export function sourceManifest(tableFormat: TableFormat = "parquet", timezone = "UTC"): Manifest {
  return {
    database: "test",
    rawBucket: "raw",
    lakeBucket: "lake",
    tableFormat,
    tables: tables.map(({ name, columns }) => ({
      name,
      keys: [partitionKey.name],
      columns: columns.map(({ name, type }) => ({ name, type })),
    })),
    views: inDependencyOrder(views(timezone).map(({ name, sql }) => ({ name, sql }))),
    queries: namedQueries(timezone).map((query) => ({
      name: query.name,
      description: query.title,
      sql: renderQuery(query),
    })),
  };
}
