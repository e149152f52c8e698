import * as fs from "node:fs";
import * as path from "node:path";
import type { ColumnType } from "../schemas";
import { suggestion } from "./suggest";
import {
  parameterLiteral,
  parseParameter,
  textLiteral,
  allowedValues,
  type SqlParameter,
} from "./sqlParameters";

/** A column of an answer or a view, as a head line `-- column: name type meaning` declares it. */
export interface SqlColumn {
  name: string;
  type: ColumnType;
  meaning: string;
}

/** What a query is about; the list of queries is grouped by it, in this order. */
export const subjects = ["listening", "library", "playlists", "podcasts", "catalog", "operation"] as const;

/** A named query of `queries/`: what an analyst asks, and the SQL that answers it on Athena and on DuckDB. */
export interface NamedQuery {
  /** The file's name without `.sql`. */
  name: string;
  title: string;
  question: string;
  subject: (typeof subjects)[number];
  columns: SqlColumn[];
  parameters: SqlParameter[];
  /** What tells its rows apart, as its order has it. */
  key: string[];
  /** The day or time that its parameters limit, as `view.column`. */
  window?: string;
  /** Tables that it reads in all months, whatever its window. */
  allMonths?: string[];
  /** Why it may have no rows though there is data, in a sentence. */
  empty?: string;
  /** The statement, `:name` standing for each parameter; see {@link renderQuery}. */
  template: string;
}

/** An example of `docs/recipes/`: a question that no named query asks. */
export interface Recipe {
  name: string;
  title: string;
  question: string;
  key: string[];
  sql: string;
}

/** A view of `views/`, with the columns its head declares. */
export interface View {
  name: string;
  meaning: string;
  columns: SqlColumn[];
  sql: string;
}

const root = path.join(__dirname, "..");

/**
 * Returns all named queries, by name. `timezone` is the default of the parameter `timezone`, for queries that use it.
 * Throws an Error that names a file whose head lacks a line.
 */
export function namedQueries(timezone = "UTC"): NamedQuery[] {
  return sqlFiles("queries").map(({ file, name, head, sql }) => {
    const parameters = head.filter(([key]) => key === "parameter").map(([, text]) => parseParameter(text));
    if (uses(sql, "timezone")) parameters.push(zoneParameter(timezone));
    const [window, empty] = [optional(head, "window"), optional(head, "empty")];
    const allMonths = optional(head, "all_months")?.split(", ");
    return {
      name,
      title: only(head, "title", file),
      question: only(head, "question", file),
      subject: subjectOf(only(head, "subject", file), file),
      columns: columnsOf(head),
      parameters,
      key: only(head, "key", file).split(", "),
      ...(window !== undefined && { window }),
      ...(allMonths && { allMonths }),
      ...(empty !== undefined && { empty }),
      template: sql,
    };
  });
}

/** Returns the examples of docs/recipes, by name, `:timezone` filled in. */
export function recipes(timezone = "UTC"): Recipe[] {
  return sqlFiles("docs/recipes").map(({ file, name, head, sql }) => ({
    name,
    title: only(head, "title", file),
    question: only(head, "question", file),
    key: only(head, "key", file).split(", "),
    sql: fillZone(sql, timezone),
  }));
}

/** Returns all views, by name, `:timezone` filled in; throws an Error that names a file whose head lacks a line. */
export function views(timezone = "UTC"): View[] {
  return viewTemplates().map((view) => inTimezone(view, timezone));
}

/** Returns all views, by name, as their files have them. */
export function viewTemplates(): View[] {
  return sqlFiles("views").map(({ file, name, head, sql }) => ({
    name,
    meaning: only(head, "view", file),
    columns: columnsOf(head),
    sql,
  }));
}

/** Returns the view with `:timezone` filled in. */
export function inTimezone(view: View, timezone: string): View {
  return { ...view, sql: fillZone(view.sql, timezone) };
}

/** Returns the values that make `day` today for a query: of each parameter whose default is `current_date`. */
export function asOfDay({ parameters }: NamedQuery, day: string): Record<string, string> {
  const dates = parameters.filter(({ fallback }) => fallback === "current_date");
  return Object.fromEntries(dates.map(({ name }) => [name, day]));
}

/**
 * Returns the statement with its parameters filled in: `values` as people type them, else their defaults. Throws an
 * Error, one sentence, for a value that is not allowed and for a parameter that the query does not have.
 */
export function renderQuery(query: NamedQuery, values: Record<string, string> = {}): string {
  const names = query.parameters.map(({ name }) => name);
  const unknown = Object.keys(values).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const meant = suggestion(unknown, names);
    const has = `t has ${names.length > 0 ? names.join(", ") : "none"}.`;
    const rest = meant === undefined ? `; i${has}` : `; did you mean ${meant}? I${has}`;
    throw new Error(`The query ${query.name} has no parameter ${unknown}${rest}`);
  }
  const literals = new Map(
    query.parameters.map((one) => [one.name, parameterLiteral(one, values[one.name] ?? one.fallback)]),
  );
  refuseEmptyPeriod(query, values);
  return fill(query.template, (name) => literals.get(name));
}

/**
 * Returns the statement as Athena keeps it: its defaults filled in, each behind a comment with the parameter's name, and
 * a head that says what it answers and what its parameters may be.
 */
export function deployedQuery(query: NamedQuery): string {
  const parameters = query.parameters.map(
    (parameter) => `-- ${parameter.name}: ${parameter.meaning} Allowed: ${allowedValues(parameter)}.`,
  );
  const statement = fill(query.template, (name) => {
    const found = query.parameters.find((parameter) => parameter.name === name);
    return found && `/* ${name} */ ${parameterLiteral(found, found.fallback)}`;
  });
  return [`-- ${query.question}`, ...parameters, statement].join("\n");
}

/** Returns the days that a query looks at, both included; `from` is undefined if it has no first day. */
export function periodOf(
  query: NamedQuery,
  values: Record<string, string> = {},
): { from: string | undefined; to: string } {
  const value = (name: string) =>
    values[name] ?? query.parameters.find((parameter) => parameter.name === name)?.fallback;
  const day = (text = "current_date") => (text === "current_date" ? isoDay(Date.now()) : text);
  const to = day(value("to") ?? value("as_of"));
  const [from, days] = [value("from") ?? "none", value("days")];
  if (from !== "none") return { from: day(from), to };
  return { from: days === undefined ? undefined : isoDay(Date.parse(to) - (Number(days) - 1) * dayMs), to };
}

const dayMs = 86_400_000;

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function refuseEmptyPeriod(query: NamedQuery, values: Record<string, string>): void {
  const { from, to } = periodOf(query, values);
  if (from !== undefined && from > to)
    throw new Error(
      `Parameter from is ${from}, which is after to (${to}); give an earlier from or a later to.`,
    );
}

function fillZone(sql: string, timezone: string): string {
  return fill(sql, (parameter) => (parameter === "timezone" ? textLiteral(timezone) : undefined));
}

/** Replaces each `:name` that stands outside of texts and comments, where there is something to put there. */
function fill(sql: string, value: (name: string) => string | undefined): string {
  return sql.replace(/'(?:[^']|'')*'|--[^\n]*|:([a-z_]+)/g, (found, name: string | undefined) =>
    name === undefined ? found : (value(name) ?? found),
  );
}

function uses(sql: string, name: string): boolean {
  let found = false;
  fill(sql, (parameter) => {
    found ||= parameter === name;
    return undefined;
  });
  return found;
}

/** The files of a folder, split into the `-- key: text` lines of their head and the statement below. */
function sqlFiles(folder: string): { file: string; name: string; head: [string, string][]; sql: string }[] {
  const files = fs.readdirSync(path.join(root, folder)).filter((file) => file.endsWith(".sql"));
  return files.sort().map((file) => {
    const lines = fs
      .readFileSync(path.join(root, folder, file), "utf8")
      .trimEnd()
      .split("\n");
    const start = lines.findIndex((line) => !line.startsWith("--"));
    const head = lines.slice(0, start).map((line) => /^-- (\w+): (.*)$/.exec(line));
    return {
      file: `${folder}/${file}`,
      name: file.slice(0, -".sql".length),
      head: head.flatMap((match): [string, string][] => (match ? [[match[1]!, match[2]!]] : [])),
      sql: lines.slice(start).join("\n"),
    };
  });
}

function only(head: [string, string][], key: string, file: string): string {
  const found = optional(head, key);
  if (found === undefined) throw new Error(`${file} needs a head line "-- ${key}: …".`);
  return found;
}

function optional(head: [string, string][], key: string): string | undefined {
  return head.find(([name]) => name === key)?.[1];
}

function columnsOf(head: [string, string][]): SqlColumn[] {
  return head
    .filter(([key]) => key === "column")
    .map(([, text]) => {
      const [name, type, ...meaning] = text.split(" ");
      return { name: name!, type: type as ColumnType, meaning: meaning.join(" ") };
    });
}

function subjectOf(word: string, file: string): NamedQuery["subject"] {
  const subject = subjects.find((one) => one === word);
  if (subject) return subject;
  throw new Error(`${file} has the subject ${word}; subjects are ${subjects.join(", ")}.`);
}

function zoneParameter(timezone: string): SqlParameter {
  const meaning = "Time zone of days and hours.";
  return { name: "timezone", type: "timezone", fallback: timezone, meaning };
}
