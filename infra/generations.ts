import * as fs from "node:fs";
import * as path from "node:path";
import { generation, tables } from "../schemas";
import { changesBetween, isFree, sentenceOf, type BreakingChange, type LakeTable } from "../schemas/changes";
import { viewTemplates, type View } from "./sql";

/**
 * One generation of the lake as a file keeps it: `schemas/lock.json` the one that the sources had when `npm run docs` was
 * last run, `schemas/earlier/g<N>.json` one that was left for a newer. Views have `:timezone` in the place of the setting.
 */
export interface FrozenGeneration {
  generation: number;
  tables: LakeTable[];
  views: View[];
}

/** Folder of the specs, the lock and the earlier generations. */
export const schemasFolder = path.join(__dirname, "..", "schemas");

/** What the sources say now. */
export function currentGeneration(): FrozenGeneration {
  return { generation, tables: tables.map(lakeTable), views: viewTemplates() };
}

/** A table without what concerns only the making of rows. */
function lakeTable({ name, grain, key, columns }: LakeTable): LakeTable {
  return {
    name,
    grain,
    key,
    columns: columns.map(({ name, type, nullable, meaning }) => ({ name, type, nullable, meaning })),
  };
}

/** The lock, or undefined if there is none yet. */
export function readLock(folder = schemasFolder): FrozenGeneration | undefined {
  const file = path.join(folder, "lock.json");
  return fs.existsSync(file) ? readFrozen(file) : undefined;
}

/** The generations that are kept beside the current one, oldest first. */
export function earlierGenerations(folder = schemasFolder): FrozenGeneration[] {
  const earlier = path.join(folder, "earlier");
  if (!fs.existsSync(earlier)) return [];
  return fs
    .readdirSync(earlier)
    .filter((file) => /^g\d+\.json$/.test(file))
    .map((file) => readFrozen(path.join(earlier, file)))
    .sort((left, right) => left.generation - right.generation);
}

function readFrozen(file: string): FrozenGeneration {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as FrozenGeneration;
  } catch (error) {
    throw new Error(`${file} cannot be read (${(error as Error).message}); get it back from git.`, {
      cause: error,
    });
  }
}

/**
 * Why these sources may not become of a lake that the lock describes, in one sentence; undefined if they may. A raised
 * generation lets everything change.
 */
export function refusal(lock: FrozenGeneration, now: FrozenGeneration): string | undefined {
  if (now.generation > lock.generation) return undefined;
  const breaking = changesBetween(lock, now).filter((change) => !isFree(change)) as BreakingChange[];
  return breaking[0] && sentenceOf(breaking[0]);
}

/**
 * Why this program may not be deployed, in one sentence; undefined if it may. Unlike `npm run docs` it refuses a
 * generation that was raised without that command, since Pulumi would then delete the earlier one.
 */
export function deployRefusal(
  lock: FrozenGeneration | undefined,
  now = currentGeneration(),
): string | undefined {
  if (!lock) return "schemas/lock.json is missing; get it back from git.";
  if (now.generation > lock.generation) {
    return `The generation was raised from ${lock.generation} to ${now.generation}; run npm run docs, which keeps the earlier one.`;
  }
  return refusal(lock, now);
}
