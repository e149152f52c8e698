/**
 * What a function's archive weighs and how long it takes to load and to answer, as it is deployed (one bundle) and as
 * Pulumi would print the same code.
 *
 * npm run bench -- archive [--json] [--runs 7]
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buffer } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { ZipFile } from "yazl";
import { textTable } from "../cli/lib/text-table";
import { serveJson } from "../cloud/aws/json";
import { evaluate } from "../cloud/pulumi/evaluate";
import { S3Server } from "../cloud/s3/server";
import type { DeployedFunction } from "../cloud/types";

/** One archive; times are medians in ms. */
interface Measurement extends Times {
  function: string;
  form: string;
  zip_bytes: number;
  files: number;
}

interface Times {
  /** Loading the archive without the AWS SDK. */
  require_ms: number;
  /** Loading it with the SDK, and the first answer. */
  first_ms: number;
  second_ms: number;
}

const root = path.join(__dirname, "..");
const programs = { bundled: undefined, printed: "bench/printed" };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: "boolean", default: false }, runs: { type: "string", default: "7" } },
  });
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "bench-archive-"));
  const s3 = new S3Server({ root: path.join(dir, "s3") });
  const services = await serveJson({ "AmazonSSM.GetParameters": () => ({ Parameters: [] }) });
  try {
    const environment = {
      AWS_ENDPOINT_URL_S3: await s3.start(),
      AWS_ENDPOINT_URL: `http://${services.address}`,
    };
    const rows: Measurement[] = [];
    for (const [form, program] of Object.entries(programs)) {
      const functions = await functionsOf(program, path.join(dir, form));
      for (const one of functions)
        rows.push({
          function: one.name.replace(/-[0-9a-f]+$/, ""),
          form,
          ...(await sizeOf(one)),
          ...timesOf(one, environment, Number(values.runs)),
        });
    }
    rows.sort((left, right) => left.function.localeCompare(right.function));
    console.log(
      values.json
        ? JSON.stringify(rows)
        : textTable({ columns: Object.keys(rows[0]!), rows: rows.map((row) => ({ ...row })) }),
    );
  } finally {
    await Promise.all([s3.close(), services.close()]);
    fs.rmSync(dir, { recursive: true });
  }
}

async function functionsOf(program: string | undefined, outDir: string): Promise<DeployedFunction[]> {
  const secrets = { spotifyClientId: "id", spotifyClientSecret: "secret" };
  const project = { projectDir: root, program, project: "spotify-data-pipeline", stack: "bench" };
  const { functions } = await evaluate({
    ...project,
    config: secrets,
    secretKeys: Object.keys(secrets),
    outDir,
  });
  return functions;
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

function timesOf(deployed: DeployedFunction, environment: Record<string, string>, runs: number) {
  const measured = Array.from({ length: runs }, () => ({
    ...runProcess(deployed, environment, { withSdk: false }),
    ...runProcess(deployed, environment, { withSdk: true }),
  }));
  const medianOf = (name: keyof Times) => median(measured.map((times) => times[name]));
  return {
    require_ms: medianOf("require_ms"),
    first_ms: medianOf("first_ms"),
    second_ms: medianOf("second_ms"),
  };
}

/**
 * Loads a function in a process of its own; with the SDK it also answers two events. Not in the embedded cloud's runtime,
 * which refuses to `require` ES modules as Lambda does: the printed form would need to.
 */
function runProcess(
  { dir, handler, environment }: DeployedFunction,
  endpoints: Record<string, string>,
  { withSdk }: { withSdk: boolean },
): Times {
  const script = `(async () => {
    const since = (time) => performance.now() - time;
    const begun = performance.now();
    const { handler } = require(${JSON.stringify(path.join(dir, handler.replace(/\.[^.]*$/, ".js")))});
    const times = { require_ms: since(begun) };
    if (${withSdk}) {
      const context = { awsRequestId: "1", getRemainingTimeInMillis: () => 60_000 };
      const answer = () => handler({ Records: [] }, context).catch(() => undefined);
      await answer();
      times.first_ms = since(begun);
      const second = performance.now();
      await answer();
      times.second_ms = since(second);
      delete times.require_ms;
    }
    console.error(JSON.stringify(times));
  })()`;
  const preload = withSdk ? [] : ["-r", path.join(__dirname, "printed/withoutSdk.js")];
  const keys = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
  const env = { NODE_PATH: path.join(root, "node_modules"), NODE_NO_WARNINGS: "1", ...keys, ...endpoints };
  const { stderr } = spawnSync(process.execPath, [...preload, "-e", script], {
    env: { ...env, ...environment },
    encoding: "utf8",
  });
  return JSON.parse(stderr.trimEnd().split("\n").at(-1)!) as Times;
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  return Math.round(sorted[Math.floor(sorted.length / 2)]! * 10) / 10;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
