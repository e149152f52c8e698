import { TableFiles } from "../glue/tables";
import type { Manifest } from "./manifest";
import { discoveredEmptySql, discoveredSql, emptySql, tableSql } from "./tableSql";

/** A table or view that statements may name. */
export interface CatalogEntry {
  database: string;
  name: string;
  isView: boolean;
  /** Returns the statement that it stands for, from what is registered now; `byName` as {@link tableSql} has it. */
  sql(byName: boolean): string;
  /** Returns a statement with its columns and no rows, which reads nothing; of a table. */
  emptySql(): string;
}

/** Returns the tables and views of all generations, and the tables that crawlers found in the cloud's folder `dir`. */
export function catalogEntries(manifest: Manifest, dir: string): CatalogEntry[] {
  const declared = [manifest, ...(manifest.earlier ?? [])].flatMap(({ database, tables, views }) => [
    ...tables.map((table) => ({
      ...{ database, name: table.name, isView: false },
      sql: (byName: boolean) => tableSql(database, table, dir, byName),
      emptySql: () => emptySql(table),
    })),
    ...views.map(({ name, sql }) => ({ database, name, isView: true, sql: () => sql, emptySql: () => sql })),
  ]);
  const discovered = new TableFiles(dir).list().map((table) => ({
    ...{ database: table.database, name: table.name, isView: false },
    sql: () => discoveredSql(table, dir),
    emptySql: () => discoveredEmptySql(table),
  }));
  return [...declared, ...discovered];
}

/**
 * Returns the entry that a statement may mean by a name that DuckDB does not know, which it reports without its database:
 * of a database that the statement mentions, else of `database`, which plain names mean.
 */
export function entryNamed(
  name: string,
  entries: CatalogEntry[],
  { sql, database }: { sql: string; database: string },
): CatalogEntry | undefined {
  const words = sql.split(/\W+/);
  const fit = (entry: CatalogEntry) =>
    words.includes(entry.database) ? 2 : entry.database === database ? 1 : 0;
  return entries
    .filter((entry) => entry.name.toLowerCase() === name.toLowerCase())
    .sort((left, right) => fit(right) - fit(left))[0];
}
