/** What transforms the same raw: our function in both formats, and what it is compared with. */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { parseRawKey, rawPrefix } from "../../handlers/raw/format";
import type { TableFormat } from "../../schemas/formats";
import { serveJson } from "../../cloud/aws/json";
import { glueOperations } from "../../cloud/glue/glue";
import { PartitionFiles } from "../../cloud/glue/partitions";
import { tablesOf } from "../../cloud/glue/tables";
import { S3Server } from "../../cloud/s3/server";
import {
  bucketNamed,
  callArguments,
  evaluateProgram,
  functionEnvironment,
  functionNamed,
} from "../lib/deployed";
import { measureProcess, usageArguments, type Usage } from "../lib/processes";

/** The contenders by name, and what they need while they are measured. */
export interface Arena {
  /** The function's memory in MB, and its timeout in seconds. */
  limits: { memory_mb: number; timeout_s: number };
  /** Folder of the raw bucket. */
  rawFolder: string;
  /** Returns the contenders for the stream-day of a raw key. */
  contenders(key: string): Record<string, () => Promise<Usage>>;
  close(): Promise<void>;
}

const scripts = path.join(__dirname, "../transform");

/** Evaluates the program for each format and starts the endpoints of S3 and Glue, in a folder. */
export async function openArena(folder: string): Promise<Arena> {
  const s3 = new S3Server({ root: path.join(folder, "s3") });
  const programs = await programsIn(folder);
  const { resources } = programs.csv;
  const clock = { now: () => Date.now() };
  const glue = await serveJson(glueOperations(tablesOf(resources), new PartitionFiles(folder), clock));
  const endpoints = {
    AWS_ENDPOINT_URL_S3: await s3.start(),
    AWS_ENDPOINT_URL: `http://${glue.address}`,
  };
  const [raw, lake] = ["raw", "lake"].map((name) => bucketNamed(resources, name)) as [string, string];
  await s3.createBucket(raw);
  const rawFolder = path.join(folder, "s3", raw);
  const ours = async (format: TableFormat, key: string) => {
    // What is up to date would not be built again.
    for (const place of [`s3/${lake}`, "glue"])
      rmSync(path.join(folder, place), { recursive: true, force: true });
    await s3.createBucket(lake);
    const transform = functionNamed(programs[format].functions, "transform");
    const usage = await measureProcess(
      process.execPath,
      [...usageArguments, "--no-experimental-require-module", ...callArguments(transform, [eventOf(key)])],
      { ...functionEnvironment, ...endpoints, ...transform.environment },
    );
    if (readdirSync(path.join(folder, "s3", lake)).length === 0) throw new Error("transform wrote nothing.");
    return usage;
  };
  const python = await findPython();
  const { memorySize, timeout } = functionNamed(programs.parquet.functions, "transform");
  return {
    limits: { memory_mb: memorySize, timeout_s: timeout },
    rawFolder,
    contenders: (key) => ({
      ...Object.fromEntries((["csv", "parquet"] as const).map((format) => [format, () => ours(format, key)])),
      ...others(path.join(rawFolder, rawPrefix(parseRawKey(key)!)), path.join(folder, "out"), python),
    }),
    close: async () => void (await Promise.all([s3.close(), glue.close()])),
  };
}

async function programsIn(folder: string) {
  const evaluated = async (tableFormat: TableFormat) =>
    evaluateProgram({ outDir: path.join(folder, tableFormat), settings: { tableFormat } });
  return { csv: await evaluated("csv"), parquet: await evaluated("parquet") };
}

function eventOf(key: string): object {
  return { Records: [{ s3: { object: { key } } }] };
}

/** What our function is compared with; pandas only where there is a Python that has it. */
function others(raw: string, out: string, python: string | undefined) {
  mkdirSync(out, { recursive: true });
  const node = (script: string, ...args: string[]) =>
    measureProcess(process.execPath, [...usageArguments, path.join(scripts, script), ...args], {});
  return {
    parse: () => node("parse.js", raw),
    engine: () => node("engine.js", raw, out),
    ...(python !== undefined && {
      pandas: () => measureProcess(python, [path.join(scripts, "tutorial.py"), raw, out], {}),
    }),
  };
}

/** Returns a Python that has pandas: that of BENCH_PYTHON, python3 or python; undefined if there is none. */
async function findPython(): Promise<string | undefined> {
  for (const python of [process.env.BENCH_PYTHON, "python3", "python"]) {
    if (python === undefined) continue;
    const found = await promisify(execFile)(python, [path.join(scripts, "tutorial.py")]).then(
      () => true,
      () => false,
    );
    if (found) return python;
  }
  return undefined;
}
