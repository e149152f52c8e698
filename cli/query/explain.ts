/** What a person is told who asked for what is not there. */
import { UserError } from "../../cloud/errors";
import type { Answer } from "../../cloud/lake/cells";
import type { NamedQuery } from "../../infra/sql";
import type { Io } from "../lib/io";
import { dataDaysSql, emptyAnswer, type DataDays } from "./emptyAnswer";
import { unknownTable } from "./tableNames";

/** Returns what throws an error again, in our own words if a table is missing. `place` names the lake. */
export function explain(place: string): (error: Error) => never {
  return (error) => {
    const sentence = unknownTable(error.message, place);
    throw sentence === undefined ? error : new UserError(sentence);
  };
}

/** Says why a named query has no rows, and what to try; `ask` runs a statement on the engine that was asked. */
export async function explainEmpty(
  { rows }: Answer,
  word: string,
  values: Record<string, string>,
  queries: NamedQuery[],
  ask: (sql: string) => Promise<Answer>,
  io: Io,
): Promise<void> {
  const named = queries.find(({ name }) => name === word);
  if (rows.length > 0 || !named) return;
  const sql = dataDaysSql(named, values);
  const days = sql === undefined ? undefined : ((await ask(sql)).rows[0] as unknown as DataDays);
  const sentence = emptyAnswer(named, values, days);
  if (sentence !== undefined) io.warn(sentence);
}
