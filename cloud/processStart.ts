import { spawnSync } from "node:child_process";
import * as fs from "node:fs";

/**
 * Returns when a running process started, in the system's own words; undefined if no such process runs, or if the system
 * does not tell, as on Windows. With its id it names a process for good: systems give the same id to later processes.
 */
export function processStart(pid: number): string | undefined {
  return process.platform === "linux" ? startInProc(pid) : startByPs(pid);
}

/** Field 22 of stat: clock ticks since the machine was booted (https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html). */
function startInProc(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // Field 2, in parentheses, is a name that may hold spaces and parentheses; the third field follows it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[22 - 3];
  } catch {
    return undefined;
  }
}

/** macOS and the BSDs have no /proc. */
export function startByPs(pid: number): string | undefined {
  const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
  const { status, stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { env, encoding: "utf8" });
  return status === 0 ? stdout.trim() || undefined : undefined;
}
