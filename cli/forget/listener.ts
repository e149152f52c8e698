/** All that a pipeline holds of a listener, and how it is deleted. */
import { artistIndexKey } from "../../handlers/extract/artistIndex";
import { openSession, stateKey, type SessionOptions } from "../../handlers/state/session";
import { forgetListener, parseState } from "../../handlers/state/extractState";
import { text } from "node:stream/consumers";
import type { StoredVersion, VersionedBucket } from "./bucket";
import { UserError } from "../../cloud/errors";

/** The two buckets that hold a listener's data. */
export interface Buckets {
  raw: VersionedBucket;
  lake: VersionedBucket;
}

/** What is there of a listener. */
export interface Belongings {
  raw: StoredVersion[];
  lake: StoredVersion[];
  /** Whether the state of extract knows them. */
  inState: boolean;
}

/** Counts for people and programs; old are versions that were replaced or deleted. Days are UTC. */
export interface Summary {
  raw: { objects: number; old: number; bytes: number };
  lake: { objects: number; old: number; bytes: number };
  first_day: string | null;
  last_day: string | null;
}

/** A key of the lake belongs to whom its name begins with: no listener's name has a hyphen. */
const lakeName = /^(?:.*\/)?([a-z0-9_]+)-[^/]*$/;

/** Finds what is there of a listener. */
export async function belongingsOf(
  listener: string,
  { raw, lake }: Buckets,
  store: SessionOptions["store"],
): Promise<Belongings> {
  const state = await store.get(stateKey);
  const { listeners, shares } = parseState(state && (await text(state.body)));
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

/** What it amounts to. */
export function summaryOf({ raw, lake }: Belongings): Summary {
  const count = (versions: StoredVersion[]) => ({
    objects: versions.filter(({ isCurrent }) => isCurrent).length,
    old: versions.filter(({ isCurrent }) => !isCurrent).length,
    bytes: versions.reduce((sum, { size }) => sum + size, 0),
  });
  const days = [...raw, ...lake].flatMap(({ key }) => /snapshot_date=([\d-]+)/.exec(key)?.[1] ?? []).sort();
  return { raw: count(raw), lake: count(lake), first_day: days[0] ?? null, last_day: days.at(-1) ?? null };
}

/** True if there is nothing to forget. */
export function isNothing({ raw, lake, inState }: Belongings): boolean {
  return raw.length === 0 && lake.length === 0 && !inState;
}

/** How often what a transform has written meanwhile is looked for. */
const mostPasses = 5;

/**
 * Deletes what is there of a listener, old versions included, while no extract is at work: raw first, since the lake is
 * made of it, the state last, so that a command that was cut short can be given again.
 * @throws a `UserError` if something stays; `lease_taken` if an extract is at work for longer than a minute
 */
export async function forget(
  listener: string,
  buckets: Buckets,
  options: Omit<SessionOptions, "event" | "run" | "spendableCalls">,
): Promise<void> {
  const name = `forget-${options.nonce}`;
  const session = await openSession({ ...options, event: name, run: name, spendableCalls: 0 });
  if (typeof session === "string") throw new UserError("Another run is at work; try again later.");
  try {
    await removeAll(listener, buckets, options.store);
    session.change((state) => forgetListener(state, listener));
  } finally {
    await session.release(true);
  }
  // Earlier versions of the state know the listener, too.
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
  throw new UserError(`New data of ${listener} keeps coming in; run this again once nothing is at work.`);
}
