import type { PageAnswer, ReportData } from "../reportData";
import { periods, type Period } from "../questions";

/** A row of an answer, by column. */
export type Row = Record<string, string | number | boolean | null>;

/** What a reader has chosen, and the data that it is chosen from. */
export interface State {
  data: ReportData;
  listener: string;
  period: Period;
}

/** Returns the answer to a question, of the period that is chosen if there is one for each. */
export function answerOf({ data, period }: State, id: string): PageAnswer {
  return (data.answers[id] ?? data.answers[`${id}/${period}`])!;
}

/** Returns the rows of the answer to a question that are the chosen listener's, or nobody's. */
export function rowsOf(state: State, id: string): Row[] {
  const answer = answerOf(state, id);
  const known = named.get(answer) ?? new Map<string, Row[]>();
  const rows = known.get(state.listener) ?? rowsFor(state.listener, answer);
  named.set(answer, known.set(state.listener, rows));
  return rows;
}

/** Rows that were asked for before, by answer and listener. */
const named = new WeakMap<PageAnswer, Map<string, Row[]>>();

function rowsFor(listener: string, { columns, rows }: PageAnswer): Row[] {
  const own = columns[0] === "listener_id" ? rows.filter(([one]) => one === listener) : rows;
  return own.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at] as Row[string]])));
}

/** Returns a column's number in a row; 0 if it has none. */
export function numberIn(row: Row | undefined, column: string): number {
  return Number(row?.[column] ?? 0);
}

/** Returns a column's text in a row; empty if it has none. */
export function textIn(row: Row | undefined, column: string): string {
  return String(row?.[column] ?? "");
}

/** Returns a period as a reader calls it. */
export function periodName(period: Period): string {
  const names: Record<Period, string> = {
    7: "7 days",
    28: "28 days",
    90: "90 days",
    365: "a year",
    36500: "all time",
  };
  return names[period];
}

/** Returns the shortest of the usual periods that has plays: a month, unless there are older plays only. */
export function firstPeriod(data: ReportData): Period {
  const rows = data.answers.period_summary?.rows ?? [];
  const days = data.answers.period_summary?.columns.indexOf("days") ?? 1;
  const plays = data.answers.period_summary?.columns.indexOf("plays") ?? 2;
  const has = (period: Period) => rows.some((row) => row[days] === period && Number(row[plays]) > 0);
  return periods.find((period) => period >= 28 && has(period)) ?? 28;
}
