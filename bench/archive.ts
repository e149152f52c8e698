/**
 * What a function's archive weighs and how long it takes to load and to answer, as it is deployed (one bundle) and as
 * Pulumi would print the same code. Extract reads a small simulated library and then finds it unchanged; transform builds
 * the tables of saved tracks and then of playlist items; health measures the same state twice.
 *
 * npm run bench -- archive [--json] [--runs 7]
 */
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buffer } from "node:stream/consumers";
import { parseArgs, promisify } from "node:util";
import { ZipFile } from "yazl";
import { textTable } from "../cli/lib/text-table";
import { evaluate } from "../cloud/pulumi/evaluate";
import type { DeployedFunction, Program } from "../cloud/types";
import { secrets, startServices } from "./archive/services";

/** One archive; times are medians in ms. */
interface Measurement {
  function: string;
  form: string;
  zip_bytes: number;
  files: number;
  /** Loading the archive without the AWS SDK. */
  require_ms: number;
  /** Loading it with the SDK. */
  require_with_sdk_ms: number;
  first_ms: number;
  second_ms: number;
}

type Times = Pick<Measurement, "require_ms" | "require_with_sdk_ms" | "first_ms" | "second_ms">;

const root = path.join(__dirname, "..");
const printedProgram = "bench/archive/printed.ts";
const functionNames = ["extract", "transform", "health"] as const;
type FunctionName = (typeof functionNames)[number];

/** What each function of one form took, once. */
interface Round {
  form: string;
  times: Record<FunctionName, Times>;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: "boolean", default: false }, runs: { type: "string", default: "7" } },
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error("--runs must be a whole number from 1 up.");
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "bench-archive-"));
  try {
    const bundled = await evaluateProgram(undefined, path.join(dir, "bundled"));
    // Pulumi prints no initial values of class fields: they have to stand in the constructors.
    process.env.PULUMI_NODEJS_TSCONFIG_PATH = path.join(__dirname, "archive/tsconfig.printed.json");
    const printed = await evaluateProgram(printedProgram, path.join(dir, "printed"));
    const forms = { bundled: bundled.functions, printed: printed.functions };
    const rounds: Round[] = [];
    // The forms take turns, so that other load on the machine slows both.
    for (let run = 0; run < runs; run++)
      for (const [form, functions] of Object.entries(forms))
        rounds.push({ form, times: await measureRound(bundled, functions, dir) });
    const measured = await Promise.all(
      functionNames.flatMap((name) =>
        Object.entries(forms).map(([form, functions]) =>
          summarise(name, functionNamed(functions, name), form, rounds),
        ),
      ),
    );
    console.log(values.json ? JSON.stringify(measured) : tableOf(measured));
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
}

function evaluateProgram(program: string | undefined, outDir: string): Promise<Program> {
  const project = { projectDir: root, program, project: "spotify-data-pipeline", stack: "bench" };
  return evaluate({ ...project, config: secrets, secretKeys: Object.keys(secrets), outDir });
}

function functionNamed(functions: DeployedFunction[], name: FunctionName): DeployedFunction {
  return functions.find((one) => one.name.startsWith(`${name}-`))!;
}

/** Has each function do its work twice, from empty buckets on. */
async function measureRound(
  program: Program,
  functions: DeployedFunction[],
  dir: string,
): Promise<Round["times"]> {
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
    const transform = await measure("transform", [eventOf("saved_tracks"), eventOf("playlist_items")]);
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
): Promise<Times> {
  const withoutSdk = await call(
    deployed,
    endpoints,
    [],
    ["-r", path.join(__dirname, "archive/withoutSdk.js")],
  );
  const { loaded, answers } = await call(deployed, endpoints, events);
  return {
    require_ms: withoutSdk.loaded,
    require_with_sdk_ms: loaded,
    first_ms: answers[0]!,
    second_ms: answers[1]!,
  };
}

/** Runs a function on events in a process of its own. */
async function call(
  { dir, handler, environment }: DeployedFunction,
  endpoints: Record<string, string>,
  events: object[],
  nodeArguments: string[] = [],
): Promise<{ loaded: number; answers: number[] }> {
  const file = path.join(dir, handler.replace(/\.[^.]*$/, ".js"));
  const account = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
  const env = { ...account, NODE_PATH: path.join(root, "node_modules"), NODE_NO_WARNINGS: "1" };
  const { stderr } = await promisify(execFile)(
    process.execPath,
    [...nodeArguments, path.join(__dirname, "archive/call.js"), file, JSON.stringify(events)],
    { env: { ...env, ...endpoints, ...environment } },
  );
  return JSON.parse(stderr.trimEnd().split("\n").at(-1)!) as { loaded: number; answers: number[] };
}

async function summarise(
  name: FunctionName,
  deployed: DeployedFunction,
  form: string,
  rounds: Round[],
): Promise<Measurement> {
  const times = rounds.filter((round) => round.form === form).map((round) => round.times[name]);
  return { function: name, form, ...(await sizeOf(deployed)), ...medians(times) };
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

function medians(rounds: Times[]): Times {
  const medianOf = (name: keyof Times) => {
    const sorted = rounds.map((times) => times[name]).sort((left, right) => left - right);
    return Math.round(sorted[sorted.length >> 1]! * 10) / 10;
  };
  return {
    require_ms: medianOf("require_ms"),
    require_with_sdk_ms: medianOf("require_with_sdk_ms"),
    first_ms: medianOf("first_ms"),
    second_ms: medianOf("second_ms"),
  };
}

function tableOf(measured: Measurement[]): string {
  return textTable({ columns: Object.keys(measured[0]!), rows: measured.map((row) => ({ ...row })) });
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
