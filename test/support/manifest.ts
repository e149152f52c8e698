import { namedQueries, renderQuery, views } from "../../infra/sql";
import { tables } from "../../schemas";
import type { TableFormat } from "../../schemas/formats";
import { inDependencyOrder, type Manifest } from "../../local/manifest";

/** The manifest that a deployed program has, made from the sources alone. */
export function sourceManifest(tableFormat: TableFormat = "parquet"): Manifest {
  return {
    database: "test",
    rawBucket: "raw",
    lakeBucket: "lake",
    tableFormat,
    tables: tables.map(({ name, columns }) => ({
      name,
      columns: columns.map(({ name, type }) => ({ name, type })),
    })),
    views: inDependencyOrder(views().map(({ name, sql }) => ({ name, sql }))),
    queries: namedQueries().map((query) => ({
      name: query.name,
      description: query.title,
      sql: renderQuery(query),
    })),
  };
}
