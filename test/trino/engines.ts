import { Trino } from "trino-client";
import { UserError } from "../../cloud/errors";
import type { Lake } from "../../cloud/lake/lake";
import type { TypedAnswer } from "./compare";

/** Runs one statement; throws an Error with the engine's own sentence if it cannot. */
export type Engine = (sql: string) => Promise<TypedAnswer>;

/** The Trino at `url`, in a schema of the catalog `awsdatacatalog`, which is what Athena calls Glue's. */
export function trinoEngine(url: string, schema: string): Engine {
  const client = Trino.create({
    server: url,
    catalog: "awsdatacatalog",
    schema,
    source: "spotify-data-pipeline",
    extraHeaders: {
      "X-Trino-User": "analyst",
      "X-Trino-Time-Zone": "UTC",
      // Without it Trino tells no precision of timestamps.
      "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
    },
  });
  return async (sql) => {
    const answer: TypedAnswer = { columns: [], rows: [] };
    for await (const part of await client.query(sql)) {
      if (part.error) throw new Error(part.error.message);
      if (part.columns) answer.columns = part.columns.map(({ name, type }) => ({ name, type }));
      answer.rows.push(...((part.data ?? []) as unknown[][]));
    }
    return answer;
  };
}

/** Throws a `UserError` unless a Trino answers at `url`, ready for work. */
export async function requireTrino(url: string): Promise<void> {
  const info = await fetch(new URL("/v1/info", url))
    .then((response) => response.json() as Promise<{ starting?: boolean }>)
    .catch(() => undefined);
  if (info?.starting !== false)
    throw new UserError(`No Trino is ready at TRINO_URL (${url}); docs/trino.md says how to start one.`);
}

/** The same lake, read by DuckDB. */
export function duckEngine(lake: Lake): Engine {
  return async (sql) => {
    const described = await lake.query(`describe ${sql}`);
    const columns = described.rows.map((row) => ({
      name: String(row.column_name),
      type: String(row.column_type),
    }));
    const { rows } = await lake.query(sql);
    return { columns, rows: rows.map((row) => columns.map(({ name }) => row[name])) };
  };
}
