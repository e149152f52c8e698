import { closest, distance } from "fastest-levenshtein";
import { namedQueries, renderQuery, type NamedQuery } from "../../infra/sql";
import { UserError } from "../../cloud/errors";
import type { FolderState } from "../../cloud/localState";

/**
 * Returns the named queries in the time zone of a local cloud's folder. If its time is simulated, the last simulated day
 * stands for today.
 */
export function folderQueries({ source, now, settings }: FolderState): NamedQuery[] {
  const queries = namedQueries(settings?.timezone);
  if (source === "spotify") return queries;
  const today = new Date(now - 1).toISOString().slice(0, 10);
  return queries.map((query) => ({
    ...query,
    parameters: query.parameters.map((parameter) =>
      parameter.fallback === "current_date" ? { ...parameter, fallback: today } : parameter,
    ),
  }));
}

/**
 * Returns the SQL of a word of the command line: a named query with the values of its parameters, or the word itself if it
 * is a statement. Throws a `UserError` for an unknown name or parameter, and for a value of the wrong type.
 */
export function statementFor(word: string, values: Record<string, string>, queries: NamedQuery[]): string {
  const named = queries.find(({ name }) => name === word);
  if (named) return rendered(named, values);
  if (!/\s/.test(word)) throw unknown(word, queries);
  if (Object.keys(values).length === 0) return word;
  throw new UserError("--param is for named queries; write the values into the statement.");
}

function rendered(query: NamedQuery, values: Record<string, string>): string {
  try {
    return renderQuery(query, values);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

function unknown(word: string, queries: NamedQuery[]): UserError {
  const names = queries.map(({ name }) => name);
  const near = closest(word, names);
  const hint = distance(word, near) <= word.length / 2 ? `; did you mean ${near}?` : ".";
  return new UserError(`There is no named query ${word}${hint} "npx spotify-lake query" lists them all.`);
}

/** Lists the queries for people, with their questions and parameters. */
export function queryList(queries: NamedQuery[]): string {
  const width = Math.max(...queries.map(({ name }) => name.length));
  const indent = " ".repeat(width + 2);
  return queries
    .flatMap(({ name, title, question, parameters }) => [
      `${name.padEnd(width)}  ${title}`,
      `${indent}${question}`,
      ...parameters.map((one) => `${indent}--param ${one.name}=${one.fallback}  ${one.meaning}`),
    ])
    .join("\n");
}
