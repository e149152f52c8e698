/**
 * Raw objects in memory: a stream-day is read twice, and again for every object that is added to it. Raw objects never
 * change, so what was read once need not be read again.
 */
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Store } from "../shared/store";

/** Limits in bytes: of one object that is kept, and of all together. */
interface Limits {
  object: number;
  total: number;
}

/** A store that keeps what it reads. */
export type KeptObjects<S extends Store> = S & {
  /** Drops all objects, so that one that was repaired by hand is read again. */
  drop(): void;
};

interface Kept {
  body: Buffer;
  etag: string;
}

/** Returns a store whose `get` keeps small objects in memory; those that were not read for longest are dropped first. */
export function keptObjects<S extends Store>(
  store: S,
  limits: Limits = { object: 512 * 1024, total: 4 * 1024 * 1024 },
): KeptObjects<S> {
  /** Ordered by the last read. */
  const objects = new Map<string, Kept>();
  let total = 0;
  const drop = (key: string) => {
    total -= objects.get(key)?.body.length ?? 0;
    objects.delete(key);
  };
  const keep = (key: string, object: Kept) => {
    drop(key);
    objects.set(key, object);
    total += object.body.length;
    for (const oldest of objects.keys()) {
      if (total <= limits.total) return;
      drop(oldest);
    }
  };
  return {
    ...store,
    async get(key) {
      const known = objects.get(key);
      const found = known ? undefined : await store.get(key);
      if (!known && (found?.size === undefined || found.size > limits.object)) return found;
      const object = known ?? { body: await buffer(found!.body), etag: found!.etag };
      keep(key, object);
      return { body: Readable.from([object.body]), etag: object.etag, size: object.body.length };
    },
    drop() {
      [...objects.keys()].forEach(drop);
    },
  };
}
