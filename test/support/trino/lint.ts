import { parseTrino, type Tree } from "./parser";
import { clocks, forms, insteadOf, sharedFunctions } from "./rules";

/** What is wrong with a line of a file; `line` from 1. */
export interface Finding {
  file: string;
  line: number;
  message: string;
}

/** A statement to look at. */
export interface Statement {
  file: string;
  sql: string;
  /** Lines of the file before the statement. */
  linesBefore: number;
  /** Whether the clock may be asked, as by the default of `as_of`. */
  mayAskClock: boolean;
}

/** Returns a finding as `file:line: message`. */
export function describeFinding({ file, line, message }: Finding): string {
  return `${file}:${line}: ${message}`;
}

/** Returns what keeps a statement from meaning the same on Athena (Trino) and DuckDB, by line. */
export function lintTrino({ file, sql, linesBefore, mayAskClock }: Statement): Finding[] {
  const { tree, faults } = parseTrino(sql);
  const known = [...formFaults(codeOnly(sql), mayAskClock), ...treeFaults(tree, [])];
  // A known form says better what is wrong than a syntax error.
  const rest =
    known.length > 0 ? [] : faults.map(({ line, message }) => ({ line, message: `not Trino: ${message}` }));
  return [...known, ...rest]
    .map(({ line, message }) => ({ file, line: line + linesBefore, message }))
    .sort((a, b) => a.line - b.line);
}

type Fault = Omit<Finding, "file">;

/** Returns the text with blanks for strings and comments; every line keeps its place. */
export function codeOnly(sql: string): string {
  const blank = (text: string) => text.replace(/[^\n]/g, " ");
  return sql.replace(/'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
    found.startsWith("'") ? `'${blank(found.slice(1, -1))}'` : blank(found),
  );
}

function formFaults(code: string, mayAskClock: boolean): Fault[] {
  const clock = { pattern: clocks, message: "the clock is asked; use the parameter as_of" };
  return [...forms, ...(mayAskClock ? [] : [clock])].flatMap(({ pattern, message }) =>
    [...code.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(({ index }) => ({
      line: code.slice(0, index).split("\n").length,
      message,
    })),
  );
}

/** Returns the faults of a node and of those below it; `above` are the nodes around it, the nearest last. */
function treeFaults(node: Tree, above: Tree[]): Fault[] {
  const own = checks[node.kind]?.(node, above) ?? [];
  const below = node.children.flatMap((child) => treeFaults(child, [...above, node]));
  return [...own.map((message) => ({ line: node.line, message })), ...below];
}

const checks: Record<string, (node: Tree, above: Tree[]) => string[]> = {
  SelectList: (list) =>
    list.children.some(({ text }) => /(^|\.)\*$/.test(text))
      ? ["select * is not stable; name the columns"]
      : [],
  FunctionCall: functionFaults,
  Cast: (cast, above) => {
    const isRounded = above.some(
      ({ kind, children }) => kind === "FunctionCall" && /^round$/i.test(children[0]!.text),
    );
    return isRounded || !/asdouble\)$/i.test(cast.text)
      ? []
      : [
          "a sum of doubles depends on the order of rows; sum integers, and write round(cast(… as double) / …) last",
        ];
  },
  Listagg: () => ["listagg is not DuckDB; write array_agg"],
  Lambda: () => ["lambdas are not the same on both engines; unnest the list"],
  AtTimeZone: (zoned, above) => {
    const isCast = /^\(*cast\(.*astimestamp(\(\d\))?withtimezone\)\)*$/i.test(operands(zoned)[0]!.text);
    const around = [...above].reverse().find(({ kind }) => kind === "Cast");
    if (isCast && /as(timestamp(\(\d\))?|date)\)$/i.test(around?.text ?? "")) return [];
    return ["write cast(cast(… as timestamp with time zone) at time zone '…' as timestamp)"];
  },
  ArithmeticBinary: arithmeticFaults,
  QuerySpecification: aliasFaults,
};

function functionFaults(call: Tree, above: Tree[]): string[] {
  const name = call.children[0]!.text.toLowerCase();
  if (!sharedFunctions.includes(name)) {
    const instead = insteadOf[name];
    return [
      `${name} is not the same on Trino and DuckDB${instead ? `; write ${instead}` : "; see test/support/trino/rules.ts"}`,
    ];
  }
  const has = (kind: string) => call.children.some((child) => child.kind === kind);
  if (/^(max|min)_by$/.test(name) && !has("Filter"))
    return [`${name} skips NULL on DuckDB only; add filter (where … is not null)`];
  if (has("Filter") && has("Over"))
    return ["Trino takes no filter with over; write sum(case when … end) over (…)"];
  if (has("NullTreatment")) return ["ignore nulls is written in two ways; filter instead"];
  const [unit, ...times] = call.children.filter(({ kind }) => kind === "Expression").map(({ text }) => text);
  if (
    name === "date_diff" &&
    !/'(millisecond|second)'/i.test(unit!) &&
    times.some((time) => /_at$/i.test(time))
  )
    return ["date_diff counts whole units on Trino and boundaries on DuckDB; cast both to date"];
  const isCast = above.some(({ kind, text }) => kind === "Cast" && text.includes(call.text));
  if (name === "date_trunc" && isDate(times[0] ?? "") && !isCast)
    return [
      "date_trunc of a date is a date on Trino, a timestamp on DuckDB; write cast(date_trunc(…) as date)",
    ];
  return [];
}

function arithmeticFaults(node: Tree): string[] {
  const [left, right] = operands(node).map(({ text }) => text);
  const isOf = (sign: string) => node.children.some((child) => child.kind === "token" && child.text === sign);
  if (isOf("-") && isDate(left!) && isDate(right!))
    return ["date - date is an interval on Trino, a number on DuckDB; write date_diff('day', a, b)"];
  const isCount = (text: string) => /^count(_if)?\([^()]*\)$/i.test(text);
  if (isOf("/") && isCount(left!) && isCount(right!))
    return ["counts divide to a whole number; write round(cast(count(…) as double) / …, 3)"];
  return [];
}

/** Trino groups before it names what the select list computes. */
function aliasFaults(query: Tree): string[] {
  const made = query.children
    .flatMap((child) => find(child, "SelectItem", "QuerySpecification"))
    .flatMap(aliasOf);
  const groups = query.children.flatMap((child) => find(child, "SingleGroupingSet", "QuerySpecification"));
  return groups
    .map(({ text }) => text.toLowerCase())
    .filter((name) => made.includes(name))
    .map((name) => `group by ${name} names a column of the select list; give its place, or its expression`);
}

/** Returns the name of a computed select item; none if it keeps a column's own name. */
function aliasOf(item: Tree): string[] {
  const name = item.children.at(-1)!.text.toLowerCase();
  const made = item.children[0]!.text.toLowerCase();
  return item.children.length < 2 || made === name || made.endsWith(`.${name}`) ? [] : [name];
}

function operands(node: Tree): Tree[] {
  return node.children.filter(({ kind }) => kind !== "token" && kind !== "TimeZoneSpecifier");
}

/** Goes by the form: a literal or a cast. */
function isDate(text: string): boolean {
  return /^\(*(date'|current_date\b|cast\(.*asdate\)+$)/i.test(text);
}

/** Returns the nearest nodes of a kind below (or at) a node, not looking into nodes of the kind `wall`. */
export function find(node: Tree, kind: string, wall: string): Tree[] {
  if (node.kind === kind) return [node];
  if (node.kind === wall) return [];
  return node.children.flatMap((child) => find(child, kind, wall));
}
