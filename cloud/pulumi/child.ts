import { spawn } from "node:child_process";
import * as path from "node:path";
import { createInterface } from "node:readline";

/** A Pulumi program to run, and the engine it talks to. */
interface ProgramRun {
  projectDir: string;
  /** Folder or file, from `projectDir`; `.` is what its package.json names as `main`. */
  program: string;
  project: string;
  stack: string;
  /** Values by full key, such as `aws:region`. */
  config: Record<string, string>;
  /** Full keys. */
  secretKeys: string[];
  /** Evaluate as `pulumi preview` does. */
  preview: boolean;
  /** Address of the engine. */
  engine: string;
  /** Takes what the program prints, line by line. */
  log: (line: string) => void;
  /** Ends the program. */
  signal: AbortSignal;
}

/** How a program ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  stderr: string;
}

/** Runs a program in a process of its own, as the Pulumi CLI does, and waits for its end. */
export function runProgram(run: ProgramRun): Promise<Exit> {
  const child = spawn(process.execPath, nodeArguments(run), {
    cwd: run.projectDir,
    env: { ...process.env, ...environment(run) },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  run.signal.addEventListener("abort", kill);
  const stderr: string[] = [];
  // stdio is piped above, which the type of `spawn` does not tell.
  createInterface({ input: child.stdout! }).on("line", run.log);
  createInterface({ input: child.stderr! }).on("line", (line) => {
    stderr.push(line);
    run.log(line);
  });
  return new Promise<Exit>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stderr: stderr.join("\n") }));
  }).finally(() => run.signal.removeEventListener("abort", kill));
}

/** The CLI's own call: pulumi/pulumi, sdk/nodejs/cmd/pulumi-language-nodejs/main.go, constructArguments. */
function nodeArguments(run: ProgramRun): string[] {
  return [
    // Most of what a program makes stays until its end: it is copied less often than with Node's 16 MB.
    "--max-semi-space-size=64",
    "--require",
    path.join(__dirname, "prepare-process.js"),
    require.resolve("@pulumi/pulumi/cmd/run", { paths: [run.projectDir] }),
    `--monitor=${run.engine}`,
    `--engine=${run.engine}`,
    "--organization=organization",
    `--project=${run.project}`,
    `--stack=${run.stack}`,
    `--root-directory=${run.projectDir}`,
    `--pwd=${run.projectDir}`,
    "--parallel=16",
    ...(run.preview ? ["--dry-run"] : []),
    run.program,
  ];
}

function environment({ config, secretKeys }: ProgramRun): Record<string, string> {
  return {
    NODE_NO_WARNINGS: "1",
    PULUMI_NODEJS_TYPESCRIPT: "true",
    // `npm run typecheck` checks types; here it would cost more than all the rest.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secretKeys),
  };
}
