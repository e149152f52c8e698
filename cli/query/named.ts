import { namedQueries, renderQuery, subjects, type NamedQuery } from "../../infra/sql";
import { allowedValues } from "../../infra/sqlParameters";
import { didYouMean } from "../../infra/suggest";
import { UserError } from "../../cloud/errors";
import type { FolderState } from "../../cloud/localState";
import { plain } from "../lib/paint";
import { tableNames, tableSentence } from "./tableNames";

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
 * Returns the SQL of a word of the command line: a named query with the values of its parameters, or the word itself if
 * it is a statement. Throws a `UserError` for an unknown name, the name of a table, an unknown parameter, and a value
 * that is not allowed.
 * @param place options that name the lake, such as ` --out DIR`
 */
export function statementFor(
  word: string,
  values: Record<string, string>,
  queries: NamedQuery[],
  place = "",
): string {
  const named = queries.find(({ name }) => name === word);
  if (named) return rendered(named, values);
  if (!/\s/.test(word)) throw unknown(word, queries, place);
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

function unknown(word: string, queries: NamedQuery[], place: string): UserError {
  const names = [...queries.map(({ name }) => name), ...tableNames()];
  return new UserError(
    tableSentence(word, place) ??
      `There is no named query ${word}${didYouMean(word, names)} All of them: npx spotify-lake query${place}`,
  );
}

/** Returns the names and titles of the queries, by subject, for people. `place` names the lake, such as ` --out DIR`. */
export function queryList(queries: NamedQuery[], place = "", paint = plain): string {
  const width = Math.max(...queries.map(({ name }) => name.length));
  const groups = subjects
    .map((subject) => ({ subject, own: queries.filter((query) => query.subject === subject) }))
    .filter(({ own }) => own.length > 0)
    .map(({ subject, own }) =>
      [
        paint("heading", capital(subject)),
        ...own.map(({ name, title }) => `${name.padEnd(width)}  ${title}`),
      ].join("\n"),
    );
  return [
    ...groups,
    paint("hint", `Parameters, columns and SQL of one: npx spotify-lake query --describe NAME${place}`),
  ].join("\n\n");
}

/** Returns all there is to know of a query, for people: question, parameters, columns and SQL. */
export function describeQuery(
  { name, title, question, parameters, columns, template }: NamedQuery,
  paint = plain,
): string {
  const given = parameters.map((one) => [
    `--param ${one.name}=${one.fallback}`,
    `${one.meaning} Allowed: ${allowedValues(one)}.`,
  ]);
  return [
    `${paint("heading", `${name}: ${title}`)}\n${question}`,
    ...(given.length > 0 ? [`${paint("heading", "Parameters and their defaults")}\n${aligned(given)}`] : []),
    `${paint("heading", "Columns")}\n${aligned(columns.map((column) => [`${column.name} ${column.type}`, column.meaning]))}`,
    `${paint("heading", "SQL")}\n${template.replace(/^(?=.)/gm, "  ")}`,
  ].join("\n\n");
}

/** Returns the queries as `--json` lists them. */
export function queryFields(queries: NamedQuery[]): object[] {
  return queries.map(({ name, subject, title, question, columns, parameters }) => ({
    ...{ name, subject, title, question, columns },
    parameters: parameters.map(({ fallback, ...parameter }) => ({
      ...parameter,
      default: fallback,
      allowed: allowedValues({ ...parameter, fallback }),
    })),
  }));
}

function aligned(rows: string[][]): string {
  const width = Math.max(...rows.map(([first]) => first!.length));
  return rows.map(([first, second]) => `  ${first!.padEnd(width)}  ${second}`).join("\n");
}

function capital(word: string): string {
  return `${word[0]!.toUpperCase()}${word.slice(1)}`;
}
