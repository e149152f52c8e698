/** The folders and variables that a function's processes see. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { devNull, tmpdir } from "node:os";
import path from "node:path";
import type { DeployedFunction } from "../types";

/**
 * A temporary folder with two things, as in Lambda: `task`, a link to the archive, and `node_modules`, a link to
 * the AWS SDK and what it needs. Node is to be started with `--preserve-symlinks`: then an archive finds its own packages and
 * those, and nothing else, wherever it really lies. What is missing from it is missing here as well.
 */
export interface Sandbox {
  taskRoot: string;
  remove(): void;
}

const roots = new Set<string>();
/** The folder of the links to the AWS SDK, made once for all functions: it takes reading a hundred files. */
let sdkFolder: string | undefined;
process.on("exit", () => roots.forEach(remove));

/** Makes the {@link Sandbox} of an unpacked archive. */
export function createSandbox(archive: string): Sandbox {
  const target = realpathSync(archive);
  const root = temporaryFolder();
  const taskRoot = path.join(root, "task");
  link(target, taskRoot);
  sdkFolder ??= linkSdk();
  link(sdkFolder, path.join(root, "node_modules"));
  return { taskRoot, remove: () => remove(root) };
}

/** Makes a folder that lasts no longer than this process. */
function temporaryFolder(): string {
  const root = mkdtempSync(path.join(tmpdir(), "lambda-"));
  roots.add(root);
  return root;
}

/** Links the AWS SDK and what it needs in a new folder, and returns that. */
function linkSdk(): string {
  const folder = temporaryFolder();
  const installed = path.resolve(path.dirname(require.resolve("@aws-sdk/client-s3/package.json")), "../..");
  for (const name of sdkPackages(installed)) link(path.join(installed, name), path.join(folder, name));
  return folder;
}

function remove(root: string): void {
  rmSync(root, { recursive: true, force: true });
  roots.delete(root);
}

/** Links a folder; a junction is what Windows lets everybody make, elsewhere the word means nothing. */
function link(target: string, at: string): void {
  mkdirSync(path.dirname(at), { recursive: true });
  symlinkSync(target, at, "junction");
}

/** Names of the packages in a node_modules folder that are `@aws-sdk/…` or needed by one, however indirectly. */
function sdkPackages(installed: string): Set<string> {
  const names = new Set<string>();
  const visit = (name: string, dependent: string) => {
    const nested = path.join(dependent, "node_modules", name);
    const folder = existsSync(nested) ? nested : path.join(installed, name);
    if (folder !== nested) {
      if (names.has(name)) return;
      names.add(name);
    }
    const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    for (const dependency of Object.keys(manifest.dependencies ?? {})) visit(dependency, folder);
  };
  for (const name of readdirSync(path.join(installed, "@aws-sdk"))) visit(`@aws-sdk/${name}`, installed);
  return names;
}

/**
 * The whole environment of a function's process: what Lambda sets
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html), over it the function's own variables, over
 * them `extra`. Nothing comes from our own environment or from the AWS files in the home folder, so no credential can
 * get in.
 */
export function processEnvironment(
  deployed: DeployedFunction,
  taskRoot: string,
  runtimeApi: string,
  extra: Record<string, string>,
): Record<string, string> {
  const region = deployed.arn.split(":")[3]!;
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    _HANDLER: deployed.handler,
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: __dirname,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_FUNCTION_NAME: deployed.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(deployed.memorySize),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${deployed.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "local",
    AWS_EXECUTION_ENV: `AWS_Lambda_${deployed.runtime}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_SESSION_TOKEN: "local",
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    ...deployed.environment,
    ...extra,
  };
}
