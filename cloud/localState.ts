import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "./errors";
import { commandFor } from "./localCommand";
import { processStart } from "./processStart";
import type { Manifest } from "./lake/manifest";
import type { Resource } from "./types";

/** What a local cloud's folder remembers between runs (`cloud.json`). */
export interface FolderState {
  version: 2;
  /** `simulated`, or `spotify` for real data; the two never share a folder. */
  source: "simulated" | "spotify";
  /** Seed of the simulated library. */
  seed: number;
  /** First simulated instant, ms UTC. */
  start: number;
  /** Where simulated time stands, ms UTC. */
  now: number;
  /** Stack settings that differ from the program's defaults, as text; secrets are not among them. */
  settings?: Record<string, string>;
  manifest: Manifest;
  /** See {@link glueResources}; folders of older versions lack it, or the roles in it. */
  glue?: Resource[];
}

const stateFile = "cloud.json";
const lockFile = "cloud.lock";

/** Returns what a program declares in Glue, crawlers included, and what says what crawlers may do. */
export function glueResources(resources: Resource[]): Resource[] {
  return resources.filter(({ type }) => /^aws:(glue\/|iam\/|s3\/bucketPolicy:)/.test(type));
}

/** Returns whether the folder has a state. */
export function hasState(dir: string): boolean {
  return fs.existsSync(path.join(dir, stateFile));
}

/** Returns the state of the folder, or undefined if it has none. Throws a `UserError` if it cannot be read. */
export function readFolder(dir: string): FolderState | undefined {
  const file = path.join(dir, stateFile);
  if (!fs.existsSync(file)) return undefined;
  try {
    const state = JSON.parse(fs.readFileSync(file, "utf8")) as FolderState;
    if (state.version === 2) return state;
  } catch {
    // Reported below.
  }
  throw new UserError(
    `${file} is not readable by this version; ${commandFor(dir, "npm start", "--fresh")} deletes what is in the folder and starts over.`,
  );
}

/** Returns the folder's state. Throws a `UserError` if there is no lake in it. */
export function readLake(dir: string): FolderState {
  const folder = readFolder(dir);
  if (folder) return folder;
  throw new UserError(`There is no lake in ${dir} yet; make one with ${commandFor(dir, "npm start")}.`);
}

/** Returns the settings of the folder's program: they stay until they are set again, as in a stack. */
export function settingsIn(folder: FolderState | undefined): Record<string, string> {
  return folder ? { ...folder.settings, tableFormat: folder.manifest.tableFormat } : {};
}

/** Writes the state in one step, so that a killed run leaves the old one. */
export function writeFolder(dir: string, state: FolderState): void {
  const file = path.join(dir, stateFile);
  fs.writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`);
  fs.renameSync(`${file}.new`, file);
}

/**
 * Makes the folder and takes it for this process while `use` runs. Throws a `UserError` if the folder cannot be written
 * or another process has it.
 */
export async function holdFolder<T>(dir: string, use: () => Promise<T>): Promise<T> {
  takeFolder(dir);
  const lock = path.join(dir, lockFile);
  const release = () => fs.rmSync(lock, { force: true });
  process.once("exit", release);
  try {
    return await use();
  } finally {
    process.off("exit", release);
    release();
  }
}

function takeFolder(dir: string): void {
  const lock = path.join(dir, lockFile);
  try {
    makeFolder(path.resolve(dir));
    fs.accessSync(dir, fs.constants.W_OK);
    const holder = holderIn(lock);
    if (holder !== undefined && holder !== process.pid) {
      throw new UserError(
        `Another run (process ${holder}) is using ${dir}; wait for it, or choose another --out.`,
      );
    }
    fs.writeFileSync(lock, [process.pid, processStart(process.pid)].join(" ").trim());
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${dir} cannot be written (${(error as Error).message}); choose another folder with --out.`,
    );
  }
}

/** One level at a time: where the system refuses (`/proc/x`), `recursive: true` never returns. */
function makeFolder(dir: string): void {
  if (fs.existsSync(dir)) return;
  makeFolder(path.dirname(dir));
  fs.mkdirSync(dir);
}

const pageFile = "report.html";
const ownNames = [
  ...["s3", "glue", "crawled", "functions", "queues"],
  ...[stateFile, `${stateFile}.new`, pageFile, `${pageFile}.new`, lockFile],
];

/** Throws a `UserError` if a folder holds anything that is not ours. */
export function requireOwn(dir: string): void {
  const other = fs.readdirSync(dir).find((name) => !ownNames.includes(name));
  if (other === undefined) return;
  throw new UserError(
    `${dir} holds ${other}, which is not ours, so --fresh leaves it alone; choose another --out.`,
  );
}

/** Empties a folder that this process holds, but for the functions, which each evaluation of the program writes anew. */
export function emptyFolder(dir: string): void {
  const kept = ["functions", lockFile];
  for (const name of ownNames.filter((one) => !kept.includes(one)))
    fs.rmSync(path.join(dir, name), { recursive: true, force: true });
}

/**
 * Returns the id of the running process that a lock file names, `<process id> <its start>`. Where a start is not known, as
 * in a file of an older version, the id alone counts.
 */
function holderIn(lock: string): number | undefined {
  if (!fs.existsSync(lock)) return undefined;
  const [, id, start = ""] = /^(\d+)(?: (.+))?/.exec(fs.readFileSync(lock, "utf8")) ?? [];
  const pid = Number(id ?? 0);
  if (pid === 0 || !isAlive(pid)) return undefined;
  const isOther = start !== "" && start !== (processStart(pid) ?? start);
  return isOther ? undefined : pid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
