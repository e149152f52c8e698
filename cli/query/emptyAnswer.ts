import { periodOf, type NamedQuery } from "../../infra/sql";
import { textLiteral } from "../../infra/sqlParameters";

/** The first and the last day (`yyyy-mm-dd`) that a query's window column has; null if there is none. */
export interface DataDays {
  oldest: string | null;
  newest: string | null;
}

type Values = Record<string, string>;

/**
 * Returns the statement that asks for the {@link DataDays} of a query, for both engines; undefined if the query looks at
 * no window of days.
 */
export function dataDaysSql({ window, parameters }: NamedQuery, values: Values): string | undefined {
  if (window === undefined) return undefined;
  const [view, column] = window.split(".") as [string, string];
  // The column is a date, a time or, as snapshot_date, a text of that form.
  const day = (which: string) => `substr(cast(${which}(${column}) as varchar), 1, 10)`;
  const listener = listenerOf(parameters, values);
  const own = listener === undefined ? "" : ` where listener_id = ${textLiteral(listener)}`;
  return `select ${day("min")} as oldest, ${day("max")} as newest from ${view}${own}`;
}

/**
 * Returns why a named query answered without rows, and what to try: the days that it looked at beside those that there
 * are, or the reason that its file gives. Undefined if nothing is known of that.
 */
export function emptyAnswer(query: NamedQuery, values: Values, days?: DataDays): string | undefined {
  if (query.window === undefined || days === undefined) return query.empty;
  const [view, column] = query.window.split(".") as [string, string];
  if (days.oldest === null || days.newest === null) {
    const listener = listenerOf(query.parameters, values);
    return `There is nothing in ${view}${listener === undefined ? "" : ` of the listener ${listener}`} yet.`;
  }
  const { from = "", to } = periodOf(query, values);
  const looked = `${query.name} looked at the days ${from === "" ? "" : `from ${from} `}to ${to}`;
  const last = `Try --param ${lastDayOf(query)}=${days.newest}.`;
  if (days.newest < from) return `${looked}; ${column} of ${view} ends on ${days.newest}. ${last}`;
  if (days.oldest > to) return `${looked}; ${column} of ${view} begins on ${days.oldest}. ${last}`;
  const reason = query.empty ?? "Nothing of these days is counted by the query.";
  if (days.oldest >= from || days.newest <= to) return `${looked}. ${reason}`;
  const wider = `Try --param ${widened(query, days.oldest, to)}.`;
  return `${looked}; ${column} of ${view} goes from ${days.oldest} to ${days.newest}. ${query.empty ?? wider}`;
}

function lastDayOf({ parameters }: NamedQuery): string {
  return parameters.some(({ name }) => name === "to") ? "to" : "as_of";
}

/** Returns the value of a parameter with which the days go back to the oldest one. */
function widened({ parameters }: NamedQuery, oldest: string, to: string): string {
  if (parameters.some(({ name }) => name === "from")) return `from=${oldest}`;
  return `days=${(Date.parse(to) - Date.parse(oldest)) / 86_400_000 + 1}`;
}

/** The one listener that is asked for, if it is one. */
function listenerOf(parameters: NamedQuery["parameters"], values: Values): string | undefined {
  const asked = parameters.some(({ name }) => name === "listener") ? values.listener : undefined;
  return asked === "*" ? undefined : asked;
}
