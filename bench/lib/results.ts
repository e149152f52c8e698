/** bench/results.json: what was measured, on which machine and when. docs/performance.md is made from it. */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { projectDir } from "../../cli/lib/command";
import type { Values } from "./part";

/** The machine that measured. */
interface Machine {
  cpu: string;
  cores: number;
  memory_gb: number;
  node: string;
  system: string;
}

/** The figures of one part. */
export interface PartResult {
  machine: Machine;
  /** ISO 8601 UTC. */
  date: string;
  /** Abbreviated; `+` behind it if files were changed since. */
  commit: string;
  /** How long measuring took. */
  seconds: number;
  options: Values;
  figures: object;
}

/** By the name of the part. */
export type Results = Record<string, PartResult>;

const file = path.join(projectDir, "bench/results.json");

/** Returns what is in bench/results.json; nothing if there is no such file. */
export function readResults(): Results {
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Results) : {};
}

/** Replaces the figures of one part in bench/results.json. */
export function writeResult(part: string, options: Values, seconds: number, figures: object): void {
  const measured = { machine: thisMachine(), date: new Date().toISOString(), commit: commit() };
  const result = { ...measured, seconds: Math.round(seconds), options, figures };
  const results: Results = { ...readResults(), [part]: result };
  fs.writeFileSync(file, `${JSON.stringify(results, rounded, 2)}\n`);
}

/** Six digits are more than any measurement is good for. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}

function thisMachine(): Machine {
  return {
    cpu: os.cpus()[0]?.model.trim() ?? "unknown",
    cores: os.availableParallelism(),
    memory_gb: Math.round(os.totalmem() / 1e9),
    node: process.version,
    system: `${os.type()} ${os.arch()}`,
  };
}

function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync("git", args, { cwd: projectDir, stdio: ["ignore", "pipe", "ignore"], encoding: "utf8" });
    const isChanged = git("status", "--porcelain", "--untracked-files=no", ":!bench/results.json") !== "";
    return git("rev-parse", "--short=10", "HEAD").trim() + (isChanged ? "+" : "");
  } catch {
    return "unknown";
  }
}
