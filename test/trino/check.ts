import * as path from "node:path";
import { namedQueries, recipes, renderQuery, views, type SqlColumn } from "../../infra/sql";
import type { CommandModule } from "../../cli/lib/command";
import { runProcess, script } from "../../cli/lib/program";
import { UserError } from "../../cloud/errors";
import { Lake } from "../../cloud/lake/lake";
import { manifestOf } from "../../cloud/lake/manifest";
import { tables } from "../../schemas";
import { partitionKey } from "../../schemas/spec";
import type { TableFormat } from "../../schemas/formats";
import { trinoTypes } from "../../infra/catalog";
import { difference, type Terms, type TypedAnswer } from "./compare";
import { duckEngine, requireTrino, trinoEngine, type Engine } from "./engines";
import { evaluatedProgram, makeLake, timezone } from "./lakes";
import { writeMetastore } from "./metastore";

/** A statement for both engines. */
interface Check extends Terms {
  kind: "table" | "view" | "query" | "recipe";
  name: string;
  sql: string;
  /** The lakes hold nothing that it asks for. */
  mayBeEmpty?: boolean;
}

/** Values with which a query finds something, where its defaults ask for more than three simulated days hold. */
const closer: Record<string, Record<string, string>> = {
  rank_movement: { days: "1" },
  track_history: { at_least: "1" },
};

/** The type that Trino must give for one that a head names; `double` stands in answers alone. */
const typeNames: Record<string, string> = { ...trinoTypes, double: "double" };

/**
 * What is to be equal: each table and view as a set of rows; each query, as the program deploys it, and each recipe of the
 * docs row by row.
 */
function checksOf(queries: { name: string; sql: string }[]): Check[] {
  const types = (columns: Pick<SqlColumn, "type">[]) => columns.map(({ type }) => typeNames[type]!);
  const all = (kind: "table" | "view", name: string, columns: Pick<SqlColumn, "name" | "type">[]): Check => ({
    kind,
    name,
    sql: `select ${columns.map((column) => column.name).join(", ")} from ${name}`,
    ordered: false,
    declared: types(columns),
  });
  return [
    ...tables.map(({ name, columns }) => all("table", name, [...columns, partitionKey])),
    ...views().map(({ name, columns }) => all("view", name, columns)),
    ...namedQueries(timezone).flatMap((query): Check[] => {
      const { name, columns } = query;
      const { sql } = queries.find((deployed) => deployed.name === name)!;
      const terms = { kind: "query", name, ordered: true, declared: types(columns) } as const;
      const values = closer[name];
      // The simulated app has no extended quota, so that Spotify sends no genres.
      if (!values) return [{ ...terms, sql, mayBeEmpty: name === "top_genres" }];
      return [
        { ...terms, sql, mayBeEmpty: true },
        { ...terms, sql: renderQuery(query, values) },
      ];
    }),
    ...recipes(timezone).map(({ name, sql }): Check => ({
      kind: "recipe",
      name,
      sql,
      ordered: true,
      declared: undefined,
    })),
  ];
}

/** How a check ended: rows, and what is wrong. */
interface Outcome {
  rows: number;
  problem: string | undefined;
}

async function run({ sql, ...terms }: Check, trino: Engine, duck: Engine): Promise<Outcome> {
  const answers: TypedAnswer[] = [];
  for (const [name, engine] of [
    ["Trino", trino],
    ["DuckDB", duck],
  ] as const) {
    try {
      answers.push(await engine(sql));
    } catch (error) {
      return { rows: 0, problem: `${name} says: ${(error as Error).message}` };
    }
  }
  return { rows: answers[0]!.rows.length, problem: difference(answers[0]!, answers[1]!, terms) };
}

/** Compares one format, printing a line for each check. */
async function compareFormat(
  format: TableFormat,
  home: string,
  url: string,
  flags: Flags,
): Promise<string[]> {
  const dir = path.join(home, format);
  if (!flags.keep) await makeLake(format, dir);
  const program = await evaluatedProgram(format, dir);
  const manifest = manifestOf(program);
  writeMetastore(path.join(home, "metastore"), { program, dir, s3Root: `local:///${format}/s3/` });
  const lake = await Lake.open(manifest, dir);
  const problems: string[] = [];
  try {
    for (const check of checksOf(manifest.queries)) {
      if (flags.only && !flags.only.includes(check.name)) continue;
      const { rows, problem } = await run(check, trinoEngine(url, manifest.database), duckEngine(lake));
      const what = `${format.padEnd(7)}  ${check.kind.padEnd(6)}  ${check.name.padEnd(28)}`;
      console.log(`${what}  ${String(rows).padStart(6)} rows  ${problem ?? "equal"}`);
      if (problem !== undefined) problems.push(`${what}  ${problem}`);
      else if (rows === 0 && !check.mayBeEmpty) problems.push(`${what}  no rows, which proves nothing`);
    }
  } finally {
    lake.close();
  }
  return problems;
}

interface Flags {
  keep: boolean;
  format?: string;
  only?: string[];
}

const check: CommandModule = {
  name: "test:trino",
  description:
    "Runs every table, view, named query and recipe on Trino and on DuckDB, over the same lake in both formats, and compares.",
  define: (command) =>
    command
      .option("--keep", "use the lakes of the last run")
      .option("--format <format>", "only this format: csv or parquet")
      .option("--only <names...>", "only these tables, views, queries or recipes")
      .addHelpText(
        "after",
        `
TRINO_URL is where Trino answers; TRINO_LAKE is the folder that its local.location names. docs/trino.md says how to
start one. Exit code 1 if anything differs.`,
      ),
  load: () => (command) => compareAll(command.opts<Flags>()),
};

async function compareAll(flags: Flags): Promise<number> {
  const { TRINO_URL: url, TRINO_LAKE: home } = process.env;
  if (!url) {
    console.log("Skipped: TRINO_URL is not set; docs/trino.md says how to start a Trino.");
    return 0;
  }
  if (!home)
    throw new UserError(
      "Set TRINO_LAKE to the folder that local.location of Trino's catalog names; see docs/trino.md.",
    );
  const all = [...tables, ...views(), ...namedQueries(timezone), ...recipes(timezone)];
  const known = all.map(({ name }) => name);
  const unknown = flags.only?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UserError(`There is no table, view, query or recipe ${unknown} to compare.`);
  await requireTrino(url);
  const problems: string[] = [];
  const formats = (["parquet", "csv"] as const).filter((format) => (flags.format ?? format) === format);
  if (formats.length === 0) throw new UserError(`There is no format ${flags.format}; it is csv or parquet.`);
  for (const format of formats)
    problems.push(...(await compareFormat(format, path.resolve(home), url, flags)));
  console.log(problems.length === 0 ? "\nEverything is equal." : `\n${problems.length} differences:`);
  for (const problem of problems) console.log(problem);
  return problems.length > 0 ? 1 : 0;
}

void runProcess(script(check));
