import * as fs from "node:fs";
import * as path from "node:path";
import type { ColumnType } from "../schemas";

/** A column of an answer or a view, as a head line `-- column: name type meaning` declares it. */
export interface SqlColumn {
  name: string;
  type: ColumnType;
  meaning: string;
}

/** Something a question leaves open, as a head line `-- parameter: name type default meaning` declares it. */
export interface SqlParameter {
  name: string;
  type: ParameterType;
  /** As it is typed: `28`, `2026-03-01`, `current_date`, or a text without quotes. */
  fallback: string;
  meaning: string;
}

/** `date` is `yyyy-mm-dd` or `current_date`. */
export type ParameterType = "date" | "int" | "string";

/** A named query of `queries/`: what an analyst asks, and the SQL that answers it on Athena and on DuckDB. */
export interface NamedQuery {
  /** The file's name without `.sql`. */
  name: string;
  title: string;
  question: string;
  columns: SqlColumn[];
  parameters: SqlParameter[];
  /** The statement, `:name` standing for each parameter; see {@link renderQuery}. */
  template: string;
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
 * All named queries, by name. `timezone` is the default of the parameter `timezone`, for queries that use it. Throws an
 * Error that names a file whose head lacks a line.
 */
export function namedQueries(timezone = "UTC"): NamedQuery[] {
  return sqlFiles("queries").map(({ file, name, head, sql }) => {
    const parameters = head.filter(([key]) => key === "parameter").map(([, text]) => parameter(text));
    if (uses(sql, "timezone")) parameters.push(zoneParameter(timezone));
    return {
      name,
      title: only(head, "title", file),
      question: only(head, "question", file),
      columns: columnsOf(head),
      parameters,
      template: sql,
    };
  });
}

/** All views, by name, `:timezone` filled in; throws an Error that names a file whose head lacks a line. */
export function views(timezone = "UTC"): View[] {
  return viewTemplates().map((view) => inTimezone(view, timezone));
}

/** All views, by name, as their files have them. */
export function viewTemplates(): View[] {
  return sqlFiles("views").map(({ file, name, head, sql }) => ({
    name,
    meaning: only(head, "view", file),
    columns: columnsOf(head),
    sql,
  }));
}

/** The view with `:timezone` filled in. */
export function inTimezone(view: View, timezone: string): View {
  const value = (parameter: string) => (parameter === "timezone" ? textLiteral(timezone) : undefined);
  return { ...view, sql: fill(view.sql, value) };
}

/**
 * The statement with its parameters filled in: `values` as people type them, else their defaults. Throws an Error, one
 * sentence, for a value of the wrong kind and for a parameter that the query does not have.
 */
export function renderQuery(query: NamedQuery, values: Record<string, string> = {}): string {
  const names = query.parameters.map(({ name }) => name);
  const unknown = Object.keys(values).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const has = names.length > 0 ? `it has ${names.join(", ")}` : "it has none";
    throw new Error(`The query ${query.name} has no parameter ${unknown}; ${has}.`);
  }
  return fill(query.template, (name) => {
    const found = query.parameters.find((parameter) => parameter.name === name);
    return found && literal(found, values[name] ?? found.fallback);
  });
}

/**
 * The statement as Athena keeps it: its defaults filled in, each behind a comment with the parameter's name, and a head
 * that tells what it answers.
 */
export function deployedQuery(query: NamedQuery): string {
  const parameters = query.parameters.map(({ name, meaning }) => `-- ${name}: ${meaning}`);
  const statement = fill(query.template, (name) => {
    const found = query.parameters.find((parameter) => parameter.name === name);
    return found && `/* ${name} */ ${literal(found, found.fallback)}`;
  });
  return [`-- ${query.question}`, ...parameters, statement].join("\n");
}

/** A text as SQL spells it. */
export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function literal({ name, type }: SqlParameter, text: string): string {
  if (type === "string") return textLiteral(text);
  if (type === "int") {
    if (/^-?\d{1,9}$/.test(text)) return text;
    throw new Error(`Parameter ${name} is "${text}"; it must be a whole number.`);
  }
  if (text === "current_date") return text;
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text)
    throw new Error(`Parameter ${name} is "${text}"; it must be a date such as 2026-03-01, or current_date.`);
  return `date '${text}'`;
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
  const found = head.find(([name]) => name === key);
  if (!found) throw new Error(`${file} needs a head line "-- ${key}: …".`);
  return found[1];
}

function columnsOf(head: [string, string][]): SqlColumn[] {
  return head
    .filter(([key]) => key === "column")
    .map(([, text]) => {
      const [name, type, ...meaning] = text.split(" ");
      return { name: name!, type: type as ColumnType, meaning: meaning.join(" ") };
    });
}

function parameter(text: string): SqlParameter {
  const [name, type, fallback, ...meaning] = text.split(" ");
  return { name: name!, type: type as ParameterType, fallback: fallback!, meaning: meaning.join(" ") };
}

function zoneParameter(timezone: string): SqlParameter {
  const meaning = "Time zone in which days and hours are told, such as Europe/Berlin.";
  return { name: "timezone", type: "string", fallback: timezone, meaning };
}
