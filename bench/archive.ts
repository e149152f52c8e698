/**
 * What a function's archive weighs and how long it takes to load and to answer, as it is deployed (one bundle) and as
 * Pulumi would print the same code. Extract reads a small simulated library and then finds it unchanged; transform builds
 * the tables of saved tracks and then of playlist items; health measures the same state twice.
 */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { ZipFile } from "yazl";
import type { DeployedFunction, Program } from "../cloud/types";
import { startServices } from "./archive/services";
import { callArguments, evaluateProgram, functionEnvironment, functionNamed } from "./lib/deployed";
import { runsOption, wholeNumber, type Part, type ReportTable, type Values } from "./lib/part";
import { interleaved, spreadOf, spreadText, type Spread } from "./lib/spread";

const functionNames = ["extract", "transform", "health"] as const;
type FunctionName = (typeof functionNames)[number];

/** Times in ms. */
interface Times<T> {
  /** Loading the archive without the AWS SDK. */
  require_ms: T;
  /** Loading it with the SDK. */
  require_with_sdk_ms: T;
  first_ms: T;
  second_ms: T;
}

/** One archive. */
interface Measurement extends Times<Spread> {
  function: string;
  form: string;
  zip_bytes: number;
  files: number;
}

/** What each function of one form took, once. */
type Round = Record<FunctionName, Times<number>>;

interface Figures {
  archives: Measurement[];
  /** By function: time to load and answer for the first time, printed to bundled, per round. */
  ratios: Record<string, Spread>;
}

export const archive: Part<Figures> = {
  name: "archive",
  measures: "Size, loading and answering of each function: bundled, and as Pulumi would print it.",
  options: { runs: runsOption },
  run,
  report,
};

async function run(values: Values): Promise<Figures> {
  const runs = wholeNumber(values, "runs");
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "bench-archive-"));
  try {
    const bundled = await evaluateProgram({ outDir: path.join(dir, "bundled") });
    const printed = await evaluatePrinted(path.join(dir, "printed"));
    const forms = { bundled: bundled.functions, printed: printed.functions };
    const rounds = await interleaved(runs, {
      bundled: () => measureRound(bundled, forms.bundled, dir),
      printed: () => measureRound(bundled, forms.printed, dir, true),
    });
    const archives = functionNames.flatMap((name) =>
      Object.entries(forms).map(([form, functions]) =>
        summarise(name, functionNamed(functions, name), form, rounds[form]!),
      ),
    );
    return { archives: await Promise.all(archives), ratios: ratiosOf(rounds.bundled!, rounds.printed!) };
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}

/** Pulumi prints no initial values of class fields: they have to stand in the constructors. */
async function evaluatePrinted(outDir: string): Promise<Program> {
  process.env.PULUMI_NODEJS_TSCONFIG_PATH = path.join(__dirname, "archive/tsconfig.printed.json");
  try {
    return await evaluateProgram({ outDir, program: "bench/archive/printed.ts" });
  } finally {
    delete process.env.PULUMI_NODEJS_TSCONFIG_PATH;
  }
}

/**
 * Has each function do its work twice, from empty buckets on. Transform keeps maps in its modules, which Pulumi prints as
 * plain objects: printed, it can be loaded, but not run.
 */
async function measureRound(
  program: Program,
  functions: DeployedFunction[],
  dir: string,
  isPrinted = false,
): Promise<Round> {
  const folder = fs.mkdtempSync(path.join(dir, "round-"));
  const services = await startServices(program, folder);
  const measure = (name: FunctionName, events: object[]) =>
    timesOf(functionNamed(functions, name), services.environment, events);
  try {
    const extract = await measure("extract", [{ id: "1" }, { id: "2" }]);
    const keys = await services.rawKeys();
    const eventOf = (stream: string) => {
      const key = keys.find((one) => one.includes(`/${stream}/`))!;
      return { Records: [{ s3: { object: { key } } }] };
    };
    const events = isPrinted ? [] : [eventOf("saved_tracks"), eventOf("playlist_items")];
    const transform = await measure("transform", events);
    const health = await measure("health", [{}, {}]);
    return { extract, transform, health };
  } finally {
    await services.close();
    fs.rmSync(folder, { recursive: true });
  }
}

async function timesOf(
  deployed: DeployedFunction,
  endpoints: Record<string, string>,
  events: object[],
): Promise<Times<number>> {
  const withoutSdk = path.join(__dirname, "archive/withoutSdk.js");
  const { loaded: require_ms } = await call(deployed, endpoints, [], ["-r", withoutSdk]);
  const { loaded, answers } = await call(deployed, endpoints, events);
  return {
    require_ms,
    require_with_sdk_ms: loaded,
    first_ms: answers[0] ?? NaN,
    second_ms: answers[1] ?? NaN,
  };
}

/** Runs a function on events in a process of its own. */
async function call(
  deployed: DeployedFunction,
  endpoints: Record<string, string>,
  events: object[],
  nodeArguments: string[] = [],
): Promise<{ loaded: number; answers: number[] }> {
  const { stderr } = await promisify(execFile)(
    process.execPath,
    [...nodeArguments, ...callArguments(deployed, events)],
    { env: { ...functionEnvironment, ...endpoints, ...deployed.environment } },
  );
  return JSON.parse(stderr.trimEnd().split("\n").at(-1)!) as { loaded: number; answers: number[] };
}

async function summarise(
  name: FunctionName,
  deployed: DeployedFunction,
  form: string,
  rounds: Round[],
): Promise<Measurement> {
  const spread = (time: keyof Times<number>) => spreadOf(rounds.map((round) => round[name][time]));
  return {
    function: name,
    form,
    ...(await sizeOf(deployed)),
    require_ms: spread("require_ms"),
    require_with_sdk_ms: spread("require_with_sdk_ms"),
    first_ms: spread("first_ms"),
    second_ms: spread("second_ms"),
  };
}

/** Bytes as Pulumi uploads them, and how many files they are of. */
async function sizeOf({ dir }: DeployedFunction): Promise<{ zip_bytes: number; files: number }> {
  const zip = new ZipFile();
  const files = fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of files) zip.addFile(file, path.relative(dir, file));
  zip.end();
  return { zip_bytes: (await buffer(zip.outputStream)).length, files: files.length };
}

function ratiosOf(bundled: Round[], printed: Round[]): Record<string, Spread> {
  const cold = (round: Round, name: FunctionName) => round[name].require_with_sdk_ms + round[name].first_ms;
  const ran = functionNames.filter((name) => printed.every((round) => Number.isFinite(cold(round, name))));
  const ratios = ran.map((name) => [
    name,
    spreadOf(printed.map((round, at) => cold(round, name) / cold(bundled[at]!, name))),
  ]);
  return Object.fromEntries(ratios) as Record<string, Spread>;
}

function report({ archives, ratios }: Figures): ReportTable[] {
  const times = ["require_ms", "require_with_sdk_ms", "first_ms", "second_ms"] as const;
  return [
    {
      title: "Archives: bytes, and ms to load and to answer; median (min–max)",
      columns: [
        "function",
        "form",
        "zip kB",
        "files",
        "load without SDK",
        "load",
        "first event",
        "second event",
      ],
      rows: archives.map((one) => [
        one.function,
        one.form,
        Math.round(one.zip_bytes / 1000),
        one.files,
        ...times.map((time) => (Number.isFinite(one[time].median) ? spreadText(one[time], 0) : "cannot")),
      ]),
      notes: [
        `Printed to bundled, loading and first event together: ${Object.entries(ratios)
          .map(([name, ratio]) => `${name} ${spreadText(ratio)}`)
          .join(", ")}. Transform cannot run as printed: it keeps maps in its modules.`,
      ],
    },
  ];
}
