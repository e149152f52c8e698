import type { Json } from "@duckdb/node-api";
import { renderQuery, type NamedQuery } from "../../infra/sql";
import type { Answer, ColumnKind } from "../../cloud/lake/cells";
import { adviceFor, howToRead, type Advice } from "../status/advice";
import { factQueries, factsIn, type FactRows } from "../status/facts";
import { listenersOf } from "./listeners";
import { questions, type Question } from "./questions";

/** Whose lake the page shows, and how to name it on the command line. */
export interface ReportPlace {
  source: "simulated" | "spotify" | "stack";
  /** Name of the stack, if it is one. */
  stack?: string;
  /** The last day that counts, `yyyy-MM-dd`. */
  asOf: string;
  /** The stack's time zone: all times of the page are in it. */
  timezone: string;
  /** Spotify calls that a day may take. */
  callBudget: number;
  /** Options that name the lake, such as ` --out DIR`. */
  options: string;
  flow: DataFlow;
}

/** What lies in the buckets. `rows` are not counted on a stack, where to count is to scan. */
export interface DataFlow {
  raw: { objects: number; bytes: number };
  tables: Record<string, { rows?: number; files: number; bytes: number }>;
  /** Rows in quarantine. */
  quarantined?: number;
  /** Failed events that wait, by function. */
  failures?: Record<string, number>;
}

/** The answer to a question of the page. */
export interface PageAnswer {
  query: string;
  title: string;
  question: string;
  sql: string;
  columns: string[];
  kinds: ColumnKind[];
  rows: Json[][];
  /** Why it may have no rows though there is data. */
  empty?: string;
  /** Why there is no answer, in a sentence. */
  error?: string;
}

/** All that the page shows. */
export interface ReportData {
  place: ReportPlace;
  /** What to do and what to know, as `spotify-lake status` says it. */
  notes: Advice[];
  /** How the account is read, as a part of a sentence. */
  howToRead: string;
  /** By the question's id. */
  answers: Record<string, PageAnswer>;
}

/** What a served page shows: the names of tables and views complete queries, each with its columns. */
export interface ServedData extends ReportData {
  catalog: Record<string, string[]>;
}

/** Asks all questions of the page, `atOnce` at a time. A question that fails says so in its place. */
export async function reportData(
  place: ReportPlace,
  queries: NamedQuery[],
  ask: (sql: string) => Promise<Answer>,
  atOnce = 1,
): Promise<ReportData> {
  const answers = new Map<string, PageAnswer>();
  const left = [...questions];
  const worker = async () => {
    for (let next = left.shift(); next; next = left.shift())
      answers.set(next.id, await answerTo(next, queries, ask));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return withNotes(place, Object.fromEntries(questions.map(({ id }) => [id, answers.get(id)!])));
}

function withNotes(place: ReportPlace, answers: ReportData["answers"]): ReportData {
  const commands = { stack: place.stack, option: place.options };
  const rows = Object.fromEntries(factQueries.map((query) => [query, rowsOf(answers[query]!)]));
  const listeners = factsIn(rows as FactRows, listenersOf(answers));
  const notes = adviceFor({ listeners, failures: place.flow.failures ?? {} }, commands);
  return { place, notes, howToRead: howToRead(commands), answers };
}

function rowsOf({ columns, rows }: PageAnswer): Answer["rows"] {
  return rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]!])));
}

async function answerTo(
  { query, values }: Question,
  queries: NamedQuery[],
  ask: (sql: string) => Promise<Answer>,
): Promise<PageAnswer> {
  const named = queries.find(({ name }) => name === query)!;
  const sql = renderQuery(named, values);
  const { title, question, empty } = named;
  const head = { query, title, question, sql, ...(empty !== undefined && { empty }) };
  try {
    return { ...head, ...inRows(await ask(sql)) };
  } catch (error) {
    return { ...head, columns: [], kinds: [], rows: [], error: (error as Error).message };
  }
}

function inRows({ columns, kinds, rows }: Answer): Pick<PageAnswer, "columns" | "kinds" | "rows"> {
  return {
    columns,
    kinds: kinds ?? columns.map(() => "other"),
    rows: rows.map((row) => columns.map((column) => row[column] ?? null)),
  };
}
