/**
 * Rebuilds files of the lake from their raw objects. The files are a pure function of raw, so this may repeat, overlap and
 * fail at any point. The order keeps them right: read the ETags of *all* targets, then list the raw objects, then write on
 * condition of those ETags; after a lost race, start over from the ETags. Reading an ETag after the list, or retrying one
 * target alone, would let an older list overwrite a newer file.
 */
import { programVersion as ownVersion } from "../../schemas";
import { parseRawKey, type StreamDay } from "../raw/format";
import { failure } from "../shared/errors";
import { isConflict, type Condition, type ObjectVersion, type Store } from "../shared/store";
import { contentTypeOf, nameOf, targetDigest, type Target, type TargetSettings } from "./targets";

/** What an update needs. `random` returns a number from 0 to 1; `sleep` takes ms. */
export interface UpdateDeps {
  raw: Store;
  lake: Store;
  random(): number;
  sleep(ms: number): Promise<void>;
}

/** Files that are made together from the raw objects under one prefix. */
export interface Unit<Built extends BuiltUnit> {
  rawPrefix: string;
  /** Whether the raw objects of a stream-day under the prefix belong to the unit; without it, all do. */
  includes?(streamDay: StreamDay): boolean;
  /** In the order of writing. */
  targets: Target[];
  /** Called when raw was listed, before anything is written. */
  afterList?(): Promise<void>;
  /** Makes the stale targets of raw objects, whose keys are sorted. */
  build(keys: string[], stale: StaleTarget[]): Promise<Built>;
}

/** A target that has to be written, and the digest of what it is made from. */
export interface StaleTarget extends Target {
  digest: string;
}

export interface BuiltUnit {
  /** Rows of each target. */
  rowsOf(target: Target): number;
  /** The bytes of a stale target. */
  bytesOf(target: StaleTarget): Promise<Uint8Array>;
}

/** What an update did. */
export interface Update<Built> {
  /** More than one after lost races. */
  attempts: number;
  /** Keys that were written; the other files were up to date. */
  written: string[];
  /** Those of them that were there before. */
  replaced: string[];
  /** The targets that are there now. */
  present: Target[];
  /** What was built; undefined if everything was up to date. */
  built?: Built;
}

interface KnownTarget extends Target {
  /** Before raw was listed. */
  version: ObjectVersion | undefined;
}

const maxAttempts = 8;

/**
 * Writes the targets of a unit that are not up to date. One without rows is written only over one that is there: targets
 * are never deleted. Nothing is written before all rows are made. Throws `bad_raw_object`; `newer_program`, if a newer
 * version of this program wrote a target; `busy`, after too many lost races.
 */
export async function update<Built extends BuiltUnit>(
  deps: UpdateDeps,
  settings: TargetSettings,
  unit: Unit<Built>,
): Promise<Update<Built>> {
  for (let attempts = 1; attempts <= maxAttempts; attempts += 1) {
    if (attempts > 1) await deps.sleep(deps.random() * 50 * 2 ** attempts);
    const done = await tryUpdate(deps, settings, unit);
    if (done) return { attempts, ...done };
  }
  throw failure(
    "busy",
    `${unit.rawPrefix} was written by others ${maxAttempts} times while it was transformed; try again.`,
  );
}

/** Makes one attempt. Returns undefined if another run wrote a target since its ETag was read. */
async function tryUpdate<Built extends BuiltUnit>(
  { raw, lake }: UpdateDeps,
  settings: TargetSettings,
  unit: Unit<Built>,
): Promise<Omit<Update<Built>, "attempts"> | undefined> {
  const targets = await readTargets(lake, settings, unit.targets);
  const keys = (await raw.list(unit.rawPrefix)).filter((key) => belongsTo(unit, key)).sort();
  await unit.afterList?.();
  const wanted = targets.map((target) => ({ ...target, digest: targetDigest(target, settings, keys) }));
  const present = targets.filter(({ version }) => version);
  const stale = wanted.filter(({ digest, version }) => version?.metadata.digest !== digest);
  if (present.length > 0 && stale.every(({ version }) => !version) && hasAllFiles(targets))
    return { written: [], replaced: [], present };

  const built = await unit.build(keys, stale);
  const files = targets
    .filter((target) => built.rowsOf(target) > 0)
    .map(nameOf)
    .join(" ");
  const due = stale.filter((target) => target.version !== undefined || built.rowsOf(target) > 0);
  // One after the other: all of them together would take much memory.
  for (const target of due)
    if (!(await put(lake, settings, target, await built.bytesOf(target), files))) return undefined;
  const written = due.map(({ key }) => key);
  const replaced = due.filter(({ version }) => version).map(({ key }) => key);
  const there = targets.filter(({ key, version }) => version !== undefined || written.includes(key));
  return { written, replaced, present: there, built };
}

function belongsTo({ includes }: Pick<Unit<BuiltUnit>, "includes">, key: string): boolean {
  const streamDay = parseRawKey(key);
  return streamDay !== undefined && (includes?.(streamDay) ?? true);
}

/** Returns whether no target with rows is missing: each that is there names them all. Those are made from the same raw. */
function hasAllFiles(targets: KnownTarget[]): boolean {
  const { metadata } = targets.find(({ version }) => version)!.version!;
  const filled = (metadata.files ?? "").split(" ");
  return targets.every((target) => target.version !== undefined || !filled.includes(nameOf(target)));
}

/** Writes a target over the version that was read. Returns false if that is no longer the current one. */
async function put(
  lake: Store,
  settings: TargetSettings,
  target: KnownTarget & StaleTarget,
  body: Uint8Array,
  files: string,
): Promise<boolean> {
  const { key, version, digest } = target;
  const { programVersion = ownVersion } = settings;
  const condition: Condition = version ? { ifMatch: version.etag } : { ifNoneMatch: "*" };
  const metadata = { digest, files, "program-version": String(programVersion) };
  try {
    await lake.put(key, body, condition, { contentType: contentTypeOf(target, settings), metadata });
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}

/** Reads the targets' versions. Throws `newer_program` if this program may not write one. */
async function readTargets(
  lake: Store,
  { programVersion = ownVersion }: TargetSettings,
  targets: Target[],
): Promise<KnownTarget[]> {
  const known = await Promise.all(
    targets.map(async (target) => ({ ...target, version: await lake.head(target.key) })),
  );
  for (const { key, version } of known) {
    if (Number(version?.metadata["program-version"] ?? 0) > programVersion) {
      throw failure(
        "newer_program",
        `${key} was written by a newer program, which has to handle this event.`,
      );
    }
  }
  return known;
}
