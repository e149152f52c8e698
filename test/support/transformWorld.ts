import type { GlueDescriptor } from "../../schemas/formats";
import type { SealDeps } from "../../handlers/transform/seal";
import { memoryStore } from "../../cloud/memory/memoryStore";
import { close, header, page, playlist, rawObject, skip } from "./rawObjects";

/** What transform works on, in memory: raw, lake, catalog and what was logged. */
export function world() {
  const raw = memoryStore();
  const lake = memoryStore();
  const partitions = new Map<string, GlueDescriptor>();
  const registrations: string[] = [];
  const logged: Record<string, unknown>[] = [];
  const clock = { ms: 0 };
  const deps: SealDeps = {
    raw,
    lake,
    catalog: {
      async register(table, month, descriptor, _programVersion, { kept } = {}) {
        registrations.push(table);
        const known = partitions.get(`${table}/${month}`);
        const location = kept?.find((one) => one === known?.location) ?? descriptor.location;
        partitions.set(`${table}/${month}`, { ...descriptor, location });
      },
      // As in a process that was started for the event.
      hasRegistered: () => false,
    },
    markers: new Map(),
    log: (entry) => logged.push(entry),
    now: () => clock.ms,
    random: () => 0.5,
    sleep: async () => undefined,
    remainingMs: () => 900_000,
  };
  return { raw, lake, partitions, registrations, logged, clock, deps };
}

/** The event that S3 sends for new objects. */
export function eventOf(...keys: string[]) {
  return { Records: keys.map((key) => ({ s3: { object: { key: encodeURIComponent(key) } } })) };
}

/** What lies in the lake: key -> bytes as text, in key order. */
export function lakeBytes({ lake }: Pick<ReturnType<typeof world>, "lake">): [string, string][] {
  return [...lake.objects].map(([key, { body }]): [string, string] => [key, body.toString("latin1")]).sort();
}

/** The raw objects of a stream-day: a read over three of them, a whole one, and skips. */
export const fiveObjects = [
  [header(), page([playlist("p1"), playlist("p2")])],
  [header(), page([playlist("p3")], { offset: 2 })],
  [close(3, { pages: 2 })],
  [header({ read_seq: 2 }), page([playlist("p1"), null], { read_seq: 2 }), close(2, { read_seq: 2 })],
  [skip()],
].map((lines, part) => rawObject("playlists", part, lines));
