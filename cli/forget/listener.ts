/** Finds and deletes all that a pipeline holds of a listener. */
import { artistIndexKey } from "../../handlers/extract/artistIndex";
import { readText } from "../../handlers/shared/store";
import { openSession, Session, stateKey, type SessionOptions } from "../../handlers/state/session";
import { forgetListener, parseState } from "../../handlers/state/extractState";
import type { StoredVersion, VersionedBucket } from "./bucket";
import { UserError } from "../../cloud/errors";

/** The two buckets that hold a listener's data. */
export interface Buckets {
  raw: VersionedBucket;
  lake: VersionedBucket;
}

/** All data of a listener. */
export interface Belongings {
  raw: StoredVersion[];
  lake: StoredVersion[];
  /** Whether the state of extract names them. */
  inState: boolean;
}

/** Counts of it; `old` are versions that were replaced or deleted. Days are UTC. */
export interface Summary {
  raw: { objects: number; old: number; bytes: number };
  lake: { objects: number; old: number; bytes: number };
  first_day: string | null;
  last_day: string | null;
}

/** A file of the lake starts with its listener's name, in which hyphens are not allowed. */
const lakeName = /^(?:.*\/)?([a-z0-9_]+)-[^/]*$/;

/** Finds all data of a listener. */
export async function belongingsOf(
  listener: string,
  { raw, lake }: Buckets,
  store: SessionOptions["store"],
): Promise<Belongings> {
  const stored = await readText(store, stateKey);
  const { listeners, shares } = parseState(stored?.text);
  const index = artistIndexKey(listener);
  return {
    raw: [
      ...(await raw.versions(`raw/${listener}/`)),
      ...(await raw.versions(index)).filter(({ key }) => key === index),
    ],
    lake: (await lake.versions("")).filter(({ key }) => lakeName.exec(key)?.[1] === listener),
    inState: Object.hasOwn(listeners, listener) || Object.hasOwn(shares ?? {}, listener),
  };
}

/** Counts it. */
export function summaryOf({ raw, lake }: Belongings): Summary {
  const count = (versions: StoredVersion[]) => ({
    objects: versions.filter(({ isCurrent }) => isCurrent).length,
    old: versions.filter(({ isCurrent }) => !isCurrent).length,
    bytes: versions.reduce((sum, { size }) => sum + size, 0),
  });
  const days = [...raw, ...lake].flatMap(({ key }) => /snapshot_date=([\d-]+)/.exec(key)?.[1] ?? []).sort();
  return { raw: count(raw), lake: count(lake), first_day: days[0] ?? null, last_day: days.at(-1) ?? null };
}

/** Returns whether there is nothing to delete. */
export function isNothing({ raw, lake, inState }: Belongings): boolean {
  return raw.length === 0 && lake.length === 0 && !inState;
}

/** How often it looks again for what transform has written meanwhile. */
const mostPasses = 5;

/**
 * Deletes all data of a listener, old versions included, while it holds the lease of extract. It deletes raw first, since
 * the lake is built from it, and the state last, so an interrupted command can be run again.
 * @throws a `UserError` if something stays; `lease_taken` if an extract holds the lease for more than a minute
 */
export async function forget(
  listener: string,
  buckets: Buckets,
  options: Omit<SessionOptions, "event" | "run" | "spendableCalls">,
): Promise<void> {
  const name = `forget-${options.nonce}`;
  const session = await openSession({ ...options, event: name, run: name, spendableCalls: 0 });
  // A new event that does not yield gets a session or an error; this is for the type alone.
  if (!(session instanceof Session)) throw new UserError("Another run holds the lease; try again later.");
  try {
    await removeAll(listener, buckets, options.store);
    session.change((state) => forgetListener(state, listener));
    await session.release(true);
  } catch (error) {
    await session.abandon();
    throw error;
  }
  // Earlier versions of the state also name the listener.
  const states = await buckets.raw.versions(stateKey);
  await buckets.raw.remove(states.filter(({ key, isCurrent }) => key === stateKey && !isCurrent));
}

async function removeAll(listener: string, buckets: Buckets, store: SessionOptions["store"]): Promise<void> {
  for (let pass = 1; pass <= mostPasses; pass += 1) {
    const { raw, lake } = await belongingsOf(listener, buckets, store);
    if (raw.length === 0 && lake.length === 0) return;
    await buckets.raw.remove(raw);
    await buckets.lake.remove(lake);
  }
  throw new UserError(`New data of ${listener} keeps coming in; run this again when no function is running.`);
}
