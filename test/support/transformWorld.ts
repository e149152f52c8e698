import type { GlueDescriptor } from "../../schemas/formats";
import type { TransformDeps } from "../../handlers/transform/transform";
import { memoryStore } from "../../cloud/memory/memoryStore";
import { close, header, page, playlist, rawObject, skip } from "./rawObjects";

/** What transform works on, in memory: raw, lake, catalog and what was logged. */
export function world() {
  const raw = memoryStore();
  const lake = memoryStore();
  const partitions = new Map<string, GlueDescriptor>();
  const registrations: string[] = [];
  const logged: Record<string, unknown>[] = [];
  const deps: TransformDeps = {
    raw,
    lake,
    catalog: {
      async register(table, day, descriptor) {
        registrations.push(table);
        partitions.set(`${table}/${day}`, descriptor);
      },
    },
    log: (entry) => logged.push(entry),
    now: () => 0,
    sleep: async () => undefined,
    random: () => 0.5,
  };
  return { raw, lake, partitions, registrations, logged, deps };
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
