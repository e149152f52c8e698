import * as path from "node:path";
import { wholeNumber, type CommandModule } from "../../cli/lib/command";
import { runProcess, script } from "../../cli/lib/program";
import { UserError } from "../../cloud/errors";
import { Lake } from "../../cloud/lake/lake";
import { manifestOf } from "../../cloud/lake/manifest";
import { readFolder } from "../../cloud/localState";
import type { TableFormat } from "../../schemas/formats";
import { checksOf, type Check } from "./checks";
import { difference, type TypedAnswer } from "./compare";
import { duckEngine, requireTrino, trinoEngine, type Engine } from "./engines";
import { evaluatedProgram, generateLake, simulateLake, transformLake } from "./lakes";
import { writeMetastore } from "./metastore";

/** How a check ended: rows, the seconds of both engines, and what is wrong. */
interface Outcome {
  rows: number;
  seconds: { Trino: number; DuckDB: number };
  problem: string | undefined;
}

async function run({ sql, ...terms }: Check, trino: Engine, duck: Engine): Promise<Outcome> {
  const answers: TypedAnswer[] = [];
  const seconds = { Trino: 0, DuckDB: 0 };
  for (const [name, engine] of [
    ["Trino", trino],
    ["DuckDB", duck],
  ] as const) {
    const begun = performance.now();
    try {
      answers.push(await engine(sql));
    } catch (error) {
      return { rows: 0, seconds, problem: `${name} says: ${(error as Error).message}` };
    }
    seconds[name] = (performance.now() - begun) / 1000;
  }
  return { rows: answers[0]!.rows.length, seconds, problem: difference(answers[0]!, answers[1]!, terms) };
}

/** Compares one format, printing a line for each check. */
async function compareFormat(
  format: TableFormat,
  home: string,
  url: string,
  flags: Flags,
): Promise<string[]> {
  const folder = folderOf(format, flags);
  const dir = path.join(home, folder);
  const { program, manifest, checks } = await checksIn(format, dir, flags);
  writeMetastore(path.join(home, "metastore"), { program, dir, s3Root: `local:///${folder}/s3/` });
  const lake = await Lake.open(manifest, dir);
  const problems: string[] = [];
  try {
    for (const check of checks) {
      const { rows, seconds, problem } = await run(
        check,
        trinoEngine(url, manifest.database),
        duckEngine(lake),
      );
      const what = `${format.padEnd(7)}  ${check.kind.padEnd(8)}  ${check.name.padEnd(28)}`;
      const took = `${seconds.Trino.toFixed(1).padStart(6)} s ${seconds.DuckDB.toFixed(1).padStart(6)} s`;
      console.log(`${what}  ${String(rows).padStart(6)} rows ${took}  ${problem ?? "equal"}`);
      if (problem !== undefined) problems.push(`${what}  ${problem}`);
      else if (rows === 0 && !check.mayBeEmpty && flags.years === undefined)
        problems.push(`${what}  no rows, which proves nothing`);
    }
  } finally {
    lake.close();
  }
  return problems;
}

/** Returns the folder of a format's lake, from TRINO_LAKE. */
function folderOf(format: TableFormat, { years }: Flags): string {
  return years === undefined ? format : `${format}-${years}-years`;
}

/** Makes the lakes that are compared, unless they are kept and there. */
async function makeLakes(home: string, formats: TableFormat[], flags: Flags): Promise<void> {
  const { keep, years } = flags;
  const isKept = (dir: string) => keep && readFolder(dir) !== undefined;
  const simulated = path.join(home, "parquet");
  if (years === undefined && !isKept(simulated)) await simulateLake(simulated);
  for (const format of formats) {
    const dir = path.join(home, folderOf(format, flags));
    if (dir === simulated || isKept(dir)) continue;
    if (years === undefined) await transformLake(format, simulated, dir);
    else await generateLake(format, years, dir);
  }
}

/** What is to be compared in a format; throws a `UserError` for a name in `only` that nothing has. */
async function checksIn(format: TableFormat, dir: string, { only, years }: Flags) {
  const program = await evaluatedProgram(format, dir);
  const manifest = manifestOf(program);
  const asked = checksOf(manifest).filter(({ kind }) => years === undefined || kind === "query");
  return { program, manifest, checks: chosen(asked, only) };
}

/** The checks of these names; throws a `UserError` for a name that none has. */
function chosen(checks: Check[], only: string[] | undefined): Check[] {
  const unknown = only?.find((name) => checks.every((check) => check.name !== name));
  if (unknown !== undefined) throw new UserError(`There is nothing named ${unknown} to compare.`);
  return checks.filter(({ name }) => only?.includes(name) ?? true);
}

interface Flags {
  keep: boolean;
  years?: number;
  format?: string;
  only?: string[];
}

const check: CommandModule = {
  name: "test:trino",
  description:
    "Runs every table, view, named query, recipe, and what the report and QuickSight ask, on Trino and on DuckDB, over the same lake in both formats, and compares.",
  define: (command) =>
    command
      .option("--keep", "use the lakes of the last run")
      .option("--format <format>", "only this format: csv or parquet")
      .option(
        "--years <n>",
        "compare the named queries over a generated lake of so many years with sealed months",
        wholeNumber(1, 20, "It must be a number of years from 1 to 20."),
      )
      .option("--only <names...>", "only the checks of these names")
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
  const formats = (["parquet", "csv"] as const).filter((format) => (flags.format ?? format) === format);
  if (formats.length === 0) throw new UserError(`There is no format ${flags.format}; it is csv or parquet.`);
  await requireTrino(url);
  const folder = path.resolve(home);
  await checksIn(formats[0]!, path.join(folder, folderOf(formats[0]!, flags)), flags);
  await makeLakes(folder, formats, flags);
  const problems: string[] = [];
  for (const format of formats) problems.push(...(await compareFormat(format, folder, url, flags)));
  console.log(problems.length === 0 ? "\nEverything is equal." : `\n${problems.length} differences:`);
  for (const problem of problems) console.log(problem);
  return problems.length > 0 ? 1 : 0;
}

void runProcess(script(check));
