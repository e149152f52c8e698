/** The functions as they are deployed, for parts that run them. */
import * as path from "node:path";
import { projectDir } from "../../cli/lib/command";
import { evaluate, type EvaluatedProgram } from "../../cloud/pulumi/evaluate";
import type { DeployedFunction, Resource } from "../../cloud/types";
import { simulatedCredentials } from "../../simulator/accounts";

/** The settings that hold secrets. */
const secrets = {
  spotifyClientId: simulatedCredentials.clientId,
  spotifyClientSecret: simulatedCredentials.clientSecret,
  "spotifyRefreshToken-me": simulatedCredentials.refreshToken,
};

/** What is to be evaluated. */
interface Evaluation {
  /** Folder for the unpacked archives. */
  outDir: string;
  settings?: Record<string, string>;
  /** The program, if it is not index.ts. */
  program?: string;
}

/** Evaluates the program and unpacks its functions. */
export function evaluateProgram({ outDir, settings, program }: Evaluation): Promise<EvaluatedProgram> {
  const project = { projectDir, program, project: "spotify-data-pipeline", stack: "bench" };
  return evaluate({
    ...project,
    config: { ...settings, ...secrets },
    secretKeys: Object.keys(secrets),
    outDir,
  });
}

/** Returns the function that index.ts calls `name`. */
export function functionNamed(functions: DeployedFunction[], name: string): DeployedFunction {
  return functions.find((one) => one.name.startsWith(`${name}-`))!;
}

/** Returns the physical name of the bucket that index.ts calls `name`. */
export function bucketNamed(resources: Resource[], name: string): string {
  return String(bucketsOf(resources).find((bucket) => bucket.name === name)!.outputs.bucket);
}

/** Returns the buckets of a program. */
export function bucketsOf(resources: Resource[]): Resource[] {
  return resources.filter(({ type }) => type === "aws:s3/bucket:Bucket");
}

/** Returns Node's arguments that have a function handle the events, one after the other, in a process (see call.js). */
export function callArguments({ dir, handler }: DeployedFunction, events: object[]): string[] {
  const file = path.join(dir, handler.replace(/\.[^.]*$/, ".js"));
  return [path.join(__dirname, "call.js"), file, JSON.stringify(events)];
}

/** The environment of a function's process beside its own variables and the endpoints. */
export const functionEnvironment = {
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: "local",
  AWS_SECRET_ACCESS_KEY: "local",
  // Lambda has the AWS SDK.
  NODE_PATH: path.join(projectDir, "node_modules"),
  NODE_NO_WARNINGS: "1",
};
