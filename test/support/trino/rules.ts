/**
 * Functions whose calls mean the same on Trino and DuckDB, NULL, types and time zones included. `max_by` and `min_by`
 * do with a filter only. What is not here needs a look at both manuals, and a run on both engines, before it is added.
 * https://trino.io/docs/current/functions.html https://duckdb.org/docs/stable/sql/functions/overview
 */
export const sharedFunctions = [
  ...[
    "count",
    "count_if",
    "sum",
    "avg",
    "min",
    "max",
    "max_by",
    "min_by",
    "array_agg",
    "any_value",
    "arbitrary",
  ],
  ...["bool_and", "bool_or", "stddev", "variance", "corr", "geometric_mean", "grouping"],
  ...["row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile"],
  ...["lag", "lead", "first_value", "last_value", "nth_value"],
  ...["date_trunc", "date_diff", "year", "quarter", "month", "week", "day", "hour", "minute", "second"],
  ...["coalesce", "nullif", "if"],
  ...["lower", "upper", "trim", "ltrim", "rtrim", "length", "replace", "reverse", "substr", "strpos"],
  ...["split", "split_part", "lpad", "rpad", "starts_with", "concat_ws"],
  ...["abs", "ceil", "floor", "round", "sign", "mod", "power", "sqrt", "exp", "ln", "log10"],
  ...["contains", "array_sort", "flatten"],
];

/** What to write instead of functions that only one engine has, or that mean something else on the other. */
export const insteadOf: Record<string, string> = {
  strftime: "year(), month() and day() of it, or date_trunc",
  date_format: "year(), month() and day() of it, or date_trunc",
  date_part: "year(), month(), hour() …",
  day_of_week: "mod(date_diff('day', date '1969-12-29', cast(… as date)), 7) + 1",
  dayofweek: "mod(date_diff('day', date '1969-12-29', cast(… as date)), 7) + 1",
  datediff: "date_diff('day', a, b)",
  date_add: "… + interval '7' day",
  date_sub: "… - interval '7' day",
  now: "the parameter as_of",
  today: "the parameter as_of",
  getdate: "the parameter as_of",
  list: "array_agg",
  list_value: "array[…]",
  string_agg: "array_agg",
  listagg: "array_agg",
  concat: "a || b, which is NULL if one of them is (on DuckDB concat skips NULL)",
  greatest: "case when a > b then a else b end (on DuckDB greatest skips NULL)",
  least: "case when a < b then a else b end (on DuckDB least skips NULL)",
  ifnull: "coalesce",
  nvl: "coalesce",
  len: "length",
  regexp_matches: "like, or strpos",
  regexp_like: "like, or strpos",
  regexp_replace: "replace (Trino replaces every match, DuckDB the first)",
  regexp_extract: "split_part (without a match Trino gives NULL, DuckDB an empty text)",
  arg_max: "max_by(…) filter (where … is not null)",
  arg_min: "min_by(…) filter (where … is not null)",
  epoch_ms: "date_diff('millisecond', timestamp '1970-01-01 00:00:00', …)",
  median: "avg, or row_number over an order",
};

/** Forms that the text alone shows, outside of strings and comments, and what to write instead. */
export const forms: { pattern: RegExp; message: string }[] = [
  { pattern: /::/, message: "a::type is not Trino; write cast(a as type)" },
  { pattern: /`/, message: "backticks are not Trino; name things so that they need no quotes" },
  {
    pattern: /"/,
    message: "double quotes make a name; write 'text', and name things so that they need no quotes",
  },
  { pattern: /;/, message: "a statement ends without a semicolon" },
  { pattern: /\bqualify\b/i, message: "qualify is not Trino; filter in an outer select" },
  {
    pattern: /\bdistinct\s+on\b/i,
    message: "distinct on is not Trino; number rows by row_number() and keep the first",
  },
  { pattern: /\bilike\b/i, message: "ilike is not Trino; write lower(a) like 'text'" },
  { pattern: /\*\s*(exclude|replace|rename)\b/i, message: "* exclude is not Trino; name the columns" },
  {
    pattern: /\b(group|order)\s+by\s+all\b/i,
    message: "by all is not Trino; give the columns, or their places",
  },
  {
    pattern: /\blimit\s+\w+\s+offset\b/i,
    message: "Trino wants offset before limit; write offset n limit m",
  },
  {
    pattern: /(?<!\barray)\[/i,
    message: "[…] is not the same on both; write array[…] for a list, and unnest to read one",
  },
  { pattern: /\{/, message: "{…} is not Trino; give each value a column" },
  { pattern: /\binterval\s+[^\s']/i, message: "Trino wants the number in quotes; write interval '7' day" },
  { pattern: /->/, message: "-> is not the same on both engines; unnest the list" },
  {
    pattern: /\b\d+\s*\/\s*\d+\b/,
    message: "whole numbers divide to a whole number on Trino; write 1e0 / 2",
  },
  { pattern: /\b\d+\.\d+\b(?!e)/i, message: "1.5 is a decimal on Trino and divides as one; write 1.5e0" },
];

/** Words that ask the clock; only the default of a parameter may. */
export const clocks = /\b(current_date|current_time|current_timestamp|localtime|localtimestamp)\b/i;
