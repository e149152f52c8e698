import * as path from "node:path";
import type { DeployedFunction, Program, Resource } from "../types";
import { writeArchive, type ArchiveSize } from "./archive";
import { runProgram } from "./child";
import { Engine } from "./engine";
import type { Account } from "./models";
import type { LiveTable } from "./data-sources";
import { programError } from "./program-error";
import { mayCaptureUnknown, UnmodelledOutput } from "./unmodelled";

/** What to evaluate, and as which stack. */
export interface EvaluateOptions {
  /** Folder of Pulumi.yaml and package.json; the program runs there, so packages for its functions are found there. */
  projectDir: string;
  /** The program, if it is not `main` of package.json: a folder or a file, from `projectDir`. */
  program?: string;
  project: string;
  stack: string;
  /** Settings as text; a key without a namespace is the project's. */
  config: Record<string, string>;
  /** Keys of the settings that are secrets. */
  secretKeys: string[];
  /** Each function's archive is unpacked to a folder in here, named as the function. */
  outDir: string;
  /** Default: the setting `aws:region`, or us-east-1. */
  region?: string;
  /** Default: twelve zeros. */
  accountId?: string;
  /** What is in the Glue Data Catalog already. Default: nothing. */
  liveTables?: LiveTable[];
  /** Takes what the program prints and logs, line by line. Default: nobody. */
  log?: (line: string) => void;
}

/** A function, and how much its archive holds. */
interface ArchivedFunction extends DeployedFunction {
  archive: ArchiveSize;
}

/** A {@link Program} with the sizes of its archives. */
export interface EvaluatedProgram extends Program {
  functions: ArchivedFunction[];
}

const functionType = "aws:lambda/function:Function";

type Evaluation = Pick<Program, "resources" | "outputs">;

/**
 * Runs a Pulumi program, unchanged, as `pulumi preview` would, with models in the place of the providers; and unpacks
 * the archives of its functions.
 * @throws UserError if the program fails (in the program's own words), or needs what the embedded cloud does not know.
 */
export async function evaluate(options: EvaluateOptions): Promise<EvaluatedProgram> {
  const { resources, outputs } = await evaluateProgram(options);
  const functions = resources
    .filter((resource) => resource.type === functionType)
    .map((resource) => unpack(resource, options));
  return { resources, functions, outputs };
}

async function evaluateProgram(options: EvaluateOptions): Promise<Evaluation> {
  const result = await evaluateOnce(options, { markUnmodelled: false }).catch((error: unknown) => {
    if (error instanceof UnmodelledOutput) return error;
    throw error;
  });
  if (result instanceof UnmodelledOutput) {
    await findUnmodelled(options);
    throw result;
  }
  if (result.resources.some(({ inputs }) => mayCaptureUnknown(inputs.code))) await findUnmodelled(options);
  return result;
}

/** @throws UnmodelledOutput that names the output, if one can be found. */
async function findUnmodelled(options: EvaluateOptions): Promise<void> {
  try {
    await evaluateOnce({ ...options, log: undefined }, { markUnmodelled: true });
  } catch (error) {
    // Other errors are the doing of the markers: programs expect other values.
    if (error instanceof UnmodelledOutput) throw error;
  }
}

async function evaluateOnce(
  { log = () => undefined, ...options }: EvaluateOptions,
  { markUnmodelled }: { markUnmodelled: boolean },
): Promise<Evaluation> {
  const account = accountOf(options);
  const fullKey = (key: string) => (key.includes(":") ? key : `${options.project}:${key}`);
  const config = Object.entries(options.config).map(([key, value]) => [fullKey(key), value]);
  const stop = new AbortController();
  const onFailure = () => stop.abort();
  const engine = await Engine.start({ ...options, account, markUnmodelled, log, onFailure });
  try {
    const exit = await runProgram({
      ...options,
      program: options.program ?? ".",
      config: { ...Object.fromEntries(config), "aws:region": account.region },
      secretKeys: options.secretKeys.map(fullKey),
      preview: !markUnmodelled,
      engine: engine.address,
      log,
      signal: stop.signal,
    });
    if (engine.failure !== undefined) throw engine.failure;
    if (engine.errors.length || exit.code !== 0 || !engine.finished) throw programError(engine.errors, exit);
    return { resources: engine.resources, outputs: engine.outputs };
  } finally {
    engine.stop();
  }
}

function accountOf({ project, stack, config, region, accountId = "000000000000" }: EvaluateOptions): Account {
  return { project, stack, accountId, region: region ?? config["aws:region"] ?? "us-east-1" };
}

function unpack({ inputs, outputs }: Resource, { projectDir, outDir }: EvaluateOptions): ArchivedFunction {
  const name = outputs.name as string;
  const dir = path.join(outDir, name);
  const environment = inputs.environment as { variables?: Record<string, string> } | undefined;
  return {
    name,
    arn: outputs.arn as string,
    dir,
    handler: outputs.handler as string,
    runtime: outputs.runtime as string,
    memorySize: outputs.memorySize as number,
    timeout: outputs.timeout as number,
    environment: environment?.variables ?? {},
    archive: writeArchive(inputs.code, projectDir, dir),
  };
}
