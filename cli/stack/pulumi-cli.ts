import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "../../cloud/errors";

/** Where and with what the Pulumi CLI runs. */
export interface CliOptions {
  env: NodeJS.ProcessEnv;
  /** Folder of the Pulumi program. */
  dir: string;
}

/**
 * Runs the Pulumi CLI without questions and returns what it prints. Secrets go to its standard input, `input`, since every
 * process of the machine can read arguments. Throws a `UserError` with the CLI's own sentence.
 */
export async function pulumi(args: string[], { env, dir }: CliOptions, input = ""): Promise<string> {
  const running = promisify(execFile)("pulumi", [...args, "--non-interactive"], { env, cwd: dir });
  // A CLI that fails early leaves its input unread; its exit code says why.
  running.child.stdin?.on("error", () => undefined).end(input);
  try {
    return (await running).stdout;
  } catch (error) {
    const { code, stderr = "" } = error as { code?: string | number; stderr?: string };
    if (code === "ENOENT")
      throw new UserError(
        "The Pulumi CLI was not found; install it (https://www.pulumi.com/docs/install/): --stack needs it.",
      );
    const words = args.slice(
      0,
      args.findIndex((arg) => arg.startsWith("-")),
    );
    throw new UserError(`pulumi ${words.join(" ")} failed: ${reason(stderr, input)}`);
  }
}

/** Returns whether a Pulumi CLI is on the path. */
export async function hasPulumi({ env, dir }: CliOptions): Promise<boolean> {
  const asked = promisify(execFile)("pulumi", ["version"], { env, cwd: dir });
  asked.child.stdin?.on("error", () => undefined).end();
  return asked.then(
    () => true,
    (error: { code?: string | number }) => error.code !== "ENOENT",
  );
}

/** Returns the CLI's first line of error; warnings may precede it. */
function reason(stderr: string, input: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  const line = lines.find((one) => one.startsWith("error:")) ?? lines.find((one) => one !== "");
  const text = (line ?? "it gave no reason").replace(/^error: */, "").replace(/\.?$/, ".");
  return input === "" ? text : text.replaceAll(input, "…");
}
