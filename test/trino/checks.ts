/** What is asked of Trino and of DuckDB. */
import { questions } from "../../cli/report/questions";
import { dataDaysSql } from "../../cli/query/emptyAnswer";
import { sourceNames, sourceOf, sqlOf, type SourceName } from "../../dashboards/sources";
import { trinoTypes } from "../../infra/catalog";
import { namedQueries, recipes, renderQuery, views, type SqlColumn } from "../../infra/sql";
import type { Manifest } from "../../cloud/lake/manifest";
import { tables } from "../../schemas";
import { partitionKey } from "../../schemas/spec";
import type { Terms } from "./compare";
import { timezone } from "./lakes";

/** A statement for both engines. */
export interface Check extends Terms {
  kind: "table" | "view" | "query" | "recipe" | "report" | "data set" | "days";
  name: string;
  sql: string;
  /** The lakes hold nothing that it asks for. */
  mayBeEmpty?: boolean;
}

/** Values with which a query finds something, where its defaults ask for more than three simulated days hold. */
const closer: Record<string, Record<string, string>> = {
  rank_movement: { days: "1" },
  track_history: { at_least: "1" },
};

/** The type that Trino must give for one that a head names; `double` stands in answers alone. */
const typeNames: Record<string, string> = { ...trinoTypes, double: "double" };

const types = (columns: readonly Pick<SqlColumn, "type">[]) => columns.map(({ type }) => typeNames[type]!);

/**
 * Returns what is to be equal: each table, view and data set of `dashboards/` as a set of rows; each query, as the program
 * deploys it and as the report asks it, and each recipe of the docs row by row.
 */
export function checksOf({ database, queries }: Manifest): Check[] {
  return [
    ...tables.map(({ name, columns }) => wholeOf("table", name, [...columns, partitionKey])),
    ...views().map(({ name, columns }) => wholeOf("view", name, columns)),
    ...deployedChecks(queries),
    ...reportChecks(),
    ...sourceNames.map((name) => dataSetCheck(name, database)),
    ...daysChecks(),
    ...recipes(timezone).map(({ name, sql }): Check => ({
      kind: "recipe",
      name,
      sql,
      ordered: true,
      declared: undefined,
    })),
  ];
}

function wholeOf(kind: Check["kind"], name: string, columns: Pick<SqlColumn, "name" | "type">[]): Check {
  const sql = `select ${columns.map((column) => column.name).join(", ")} from ${name}`;
  return { kind, name, sql, ordered: false, declared: types(columns) };
}

function deployedChecks(deployed: Manifest["queries"]): Check[] {
  return namedQueries(timezone).flatMap((query): Check[] => {
    const { name, columns } = query;
    const { sql } = deployed.find((one) => one.name === name)!;
    const terms = { kind: "query", name, ordered: true, declared: types(columns) } as const;
    const values = closer[name];
    // The simulated app has no extended quota, so that Spotify sends no genres.
    if (!values) return [{ ...terms, sql, mayBeEmpty: name === "top_genres" }];
    return [
      { ...terms, sql, mayBeEmpty: true },
      { ...terms, sql: renderQuery(query, values) },
    ];
  });
}

/** The report's questions, as far as they give a query other values than its defaults. */
function reportChecks(): Check[] {
  const queries = namedQueries(timezone);
  return questions
    .filter(({ values }) => Object.keys(values).length > 0)
    .map(({ id, query, values }): Check => {
      const named = queries.find(({ name }) => name === query)!;
      const sql = renderQuery(named, values);
      return { kind: "report", name: id, sql, ordered: true, declared: types(named.columns) };
    });
}

/** What QuickSight asks Athena for. */
function dataSetCheck(name: SourceName, database: string): Check {
  const columns = [...tables, ...views()].find((one) => one.name === name)!.columns;
  const read = sourceOf(name).columns.map((column) => columns.find((one) => one.name === column)!);
  return { kind: "data set", name, sql: sqlOf(name, database), ordered: false, declared: types(read) };
}

/** What tells the days of the data when a query finds nothing in its own, once for each view and column. */
function daysChecks(): Check[] {
  const byWindow = new Map(namedQueries(timezone).map((query) => [query.window, dataDaysSql(query, {})]));
  return [...byWindow].flatMap(([window, sql]): Check[] =>
    window === undefined || sql === undefined
      ? []
      : [{ kind: "days", name: window, sql, ordered: true, declared: ["varchar", "varchar"] }],
  );
}
