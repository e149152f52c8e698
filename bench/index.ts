import { performance } from "node:perf_hooks";
import type { Command } from "commander";
import { jsonOption, type CommandModule } from "../cli/lib/command";
import type { Io } from "../cli/lib/io";
import { runProcess, type Attach } from "../cli/lib/program";
import { textTable } from "../cli/lib/text-table";
import { archive } from "./archive";
import { calls } from "./calls";
import { cost } from "./cost";
import { freshness } from "./freshness";
import { importPlays } from "./import";
import type { Part, ReportTable, Values } from "./lib/part";
import { writeResult } from "./lib/results";
import { scan } from "./scan";
import { start } from "./start";
import { state } from "./state";
import { transform } from "./transform";
import { years } from "./years";

/** All parts, in the order of docs/performance.md. */
export const parts = [
  ...[archive, calls, state, transform, importPlays, start, scan, years, freshness, cost],
] as Part[];

/** Measures with one part and prints what it found; `write` puts it into bench/results.json. */
async function runPart(
  part: Part,
  values: Values,
  { write, json }: { write?: boolean; json?: boolean },
  io: Io,
): Promise<void> {
  io.warn(`${part.name}: ${part.measures}`);
  const begun = performance.now();
  const figures = await part.run(values);
  if (write) writeResult(part.name, values, (performance.now() - begun) / 1000, figures);
  io.print(
    json ? JSON.stringify({ part: part.name, options: values, figures }) : textOf(part.report(figures)),
  );
}

function textOf(tables: ReportTable[]): string {
  return tables
    .map(({ title, columns, rows, notes = [] }) => {
      const named = rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? ""])));
      return [title, textTable({ columns, rows: named }), ...notes].join("\n\n");
    })
    .join("\n\n");
}

const writeOption = ["--write", "put the figures into bench/results.json; npm run docs shows them"] as const;

/** `npm run bench -- NAME`. */
function partCommand(part: Part): CommandModule {
  return {
    name: part.name,
    description: part.measures,
    define: (command) => {
      for (const [name, { meaning, fallback }] of Object.entries(part.options))
        command.option(`--${name} <n>`, meaning, fallback);
      return command.option(...jsonOption).option(...writeOption);
    },
    load: () => async (command, io) => {
      const { json, write, ...values } = command.opts<Values & { json?: boolean; write?: boolean }>();
      await runPart(part, values as Values, { json, write }, io);
      return 0;
    },
  };
}

/** `npm run bench -- all`. */
const allCommand: CommandModule = {
  name: "all",
  description: "Runs all parts with their defaults: about 30 minutes on two idle cores.",
  define: (command) =>
    command
      .option("--runs <n>", "how often each is measured, for parts that measure times")
      .option(...jsonOption)
      .option(...writeOption),
  load: () => async (command, io) => {
    const { runs, ...flags } = command.opts<{ runs?: string; json?: boolean; write?: boolean }>();
    for (const part of parts) await runPart(part, defaultsOf(part, runs), flags, io);
    return 0;
  },
};

function defaultsOf({ options }: Part, runs: string | undefined): Values {
  const entries = Object.entries(options).map(([name, { fallback }]) => [
    name,
    name === "runs" ? (runs ?? fallback) : fallback,
  ]);
  return Object.fromEntries(entries) as Values;
}

function bench(cli: Command, attach: Attach): void {
  cli
    .name("npm run bench --")
    .description("Measures the pipeline on this machine, as ratios within one run.");
  for (const part of parts) attach(cli.command(part.name), partCommand(part));
  attach(cli.command(allCommand.name), allCommand);
}

if (require.main === module) {
  if (process.argv.length === 2) process.argv.push("--help");
  void runProcess(bench);
}
