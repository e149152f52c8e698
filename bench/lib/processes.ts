import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { performance } from "node:perf_hooks";
import { promisify } from "node:util";

/** What a process took, its start included. */
export interface Usage {
  /** Seconds of CPU, of all threads. */
  cpu_s: number;
  /** Seconds from start to end. */
  wall_s: number;
  /** The highest resident memory, in MB. */
  peak_mb: number;
}

/** Arguments of Node that make the process write its usage. */
export const usageArguments = ["-r", path.join(__dirname, "usage.js")];

/**
 * Runs a process that writes its CPU time and memory to the file in BENCH_USAGE (see usage.js), and returns what it took.
 * Throws an Error with the last lines that it printed if it fails.
 */
export async function measureProcess(
  command: string,
  args: string[],
  env: Record<string, string | undefined>,
): Promise<Usage> {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-usage-"));
  const file = path.join(folder, "usage.json");
  try {
    const begun = performance.now();
    await promisify(execFile)(command, args, {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, BENCH_USAGE: file },
      maxBuffer: 1e9,
    }).catch((error: Error & { stderr?: string }) => {
      const lines = (error.stderr ?? error.message).trim().split("\n").slice(-8);
      throw new Error(`A measured process failed: ${lines.join("\n")}`);
    });
    const wall_s = (performance.now() - begun) / 1000;
    return { ...(JSON.parse(readFileSync(file, "utf8")) as Omit<Usage, "wall_s">), wall_s };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Measures a process of Node, with the CPU time of all processes that it started; on other systems than Linux with its
 * own alone. Throws as {@link measureProcess} does.
 */
export async function measureNode(args: string[]): Promise<Usage> {
  const before = descendantsCpu();
  const usage = await measureProcess(process.execPath, [...usageArguments, ...args], {
    TMPDIR: process.env.TMPDIR,
  });
  const after = descendantsCpu();
  return before === undefined || after === undefined ? usage : { ...usage, cpu_s: after - before };
}

/** Returns the seconds of CPU of all processes that we and they have started and that have ended; undefined off Linux. */
function descendantsCpu(): number | undefined {
  const file = "/proc/self/stat";
  if (!existsSync(file)) return undefined;
  const ticksPerSecond = 100;
  // The name of the program, which may hold spaces, ends with the last bracket; two fields before the third one.
  const fields = readFileSync(file, "utf8").split(") ").at(-1)!.split(" ");
  const [user, system] = [fields[13], fields[14]];
  return (Number(user) + Number(system)) / ticksPerSecond;
}
