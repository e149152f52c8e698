import { closest, distance } from "fastest-levenshtein";
import { namedQueries, renderQuery, type NamedQuery } from "../../infra/sql";
import { UserError } from "../../cloud/errors";
import type { FolderState } from "../../cloud/localState";

/**
 * The named queries as a local cloud's folder answers them: in its time zone, and, where time is simulated, with the
 * last simulated day for today.
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
 * The SQL that stands behind a word of the command line: a named query with the values of its parameters, or the word
 * itself if it is a statement. Throws a `UserError` for an unknown name, a parameter that there is not, and a value of
 * the wrong kind.
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

/** What can be asked, for people: each query with its question and what may be given to it. */
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
