import { gunzipSync } from "node:zlib";
import type { TransformDeps } from "../../../handlers/transform/transform";
import type * as transforming from "../../../handlers/transform/transform";
import type { ObjectVersion } from "../../../handlers/shared/store";
import { close, header, page, playlist, rawObject } from "../../support/rawObjects";
import { eventOf, world } from "../../support/transformWorld";
import { Schedule, type ActorSpec, type Gate } from "./schedule";

/** What the races of several transforms are made of: the scheduler and what readers see meanwhile. */

export const settings = { stack: "dev", format: "csv" as const, lakeBucket: "lake" };

const immediate = /quarantine|skips|quality_results/;

/** One read each, so that a reader can tell which raw objects a file was built from. */
export const rawObjects = [1, 2, 3].map((read_seq) =>
  rawObject("playlists", read_seq, [
    header({ read_seq }),
    page([playlist(`p${read_seq}`)], { read_seq }),
    close(1, { read_seq }),
  ]),
);

type Transform = typeof transforming.transform;

/** Several transforms of one stream-day, each begun by a raw object of its own. */
export function race(transform: Transform, actorCount: number, killCount: number) {
  const { raw, lake, partitions, deps } = world();
  const specs = rawObjects.slice(0, actorCount).map(({ key, body }, index): ActorSpec => {
    const begin = () => raw.objects.set(key, { body, etag: "", metadata: {} });
    return {
      name: String(index),
      begin,
      run: (gate, forget) => transform(gatedDeps(gate, forget), settings, eventOf(key)),
    };
  });

  function gatedDeps(gate: Gate, forget: () => void): TransformDeps {
    let hasListed = false;
    // A new try begins with the ETags: what was learned before plays no part any more.
    const headGate: Gate = (name, act) =>
      gate(name, () => {
        if (hasListed) forget();
        hasListed = false;
        return act();
      });
    // Their ETags are read in one step of their own: read at once, they would find races that nothing else notices.
    let others: string[] = [];
    let read: Promise<Map<string, ObjectVersion | undefined>> | undefined;
    const headOther = (key: string) => {
      others.push(key);
      read ??= headGate("HEAD others", async () => {
        const found = others.map(async (other) => [other, await lake.head(other)] as const);
        return new Map(await Promise.all(found));
      });
      return read.then((found) => found.get(key));
    };
    const gated = <T>(name: string, key: string, act: () => Promise<T>) => {
      if (immediate.test(key)) return act();
      return (name === "HEAD" ? headGate : gate)(`${name} ${key.split("/")[1] ?? key}`, act);
    };
    return {
      ...deps,
      raw: {
        ...raw,
        list: (prefix) => {
          [others, read, hasListed] = [[], undefined, true];
          return gate("LIST", () => raw.list(prefix));
        },
      },
      lake: {
        ...lake,
        head: (key) => (immediate.test(key) ? headOther(key) : gated("HEAD", key, () => lake.head(key))),
        put: (key, ...rest) => gated("PUT", key, () => lake.put(key, ...rest)),
      },
      catalog: {
        register: (table, month, ...rest) =>
          partitions.has(`${table}/${month}`)
            ? Promise.resolve()
            : gated("register", table, () => deps.catalog.register(table, month, ...rest)),
        hasRegistered: deps.catalog.hasRegistered,
      },
    };
  }

  const schedule = new Schedule(specs, killCount);
  return {
    lake,
    partitions,
    schedule,
    steps: () => schedule.steps(),
    fingerprint: () =>
      JSON.stringify([
        [...lake.objects].map(([key, { etag }]) => [key, etag]).sort(),
        [...partitions.keys()].sort(),
        schedule.fingerprint(),
      ]),
  };
}

export type Race = ReturnType<typeof race>;

/** What readers see of a table, if its partition is registered: read_seq -> number of rows. */
function visible({ lake, partitions }: Race, table: string): Map<string, number> {
  const found = new Map<string, number>();
  const registered = [...partitions.keys()].some((key) => key.startsWith(`${table}/`));
  const file = [...lake.objects].find(([key]) => key.startsWith(`g1/${table}/`))?.[1];
  if (!registered || !file) return found;
  for (const readSeq of readSeqs(file.body, file.etag)) found.set(readSeq, (found.get(readSeq) ?? 0) + 1);
  return found;
}

const parsed = new Map<string, string[]>();

function readSeqs(body: Buffer, etag: string): string[] {
  if (!parsed.has(etag)) {
    const lines = gunzipSync(body).toString("utf8").trimEnd().split("\n").slice(1);
    parsed.set(
      etag,
      lines.map((line) => line.split("\t")[1]!),
    );
  }
  return parsed.get(etag)!;
}

/** At no moment may a reader see a read in container_reads without its rows. */
export function checkReader(now: Race, path: string[]): void {
  const rows = visible(now, "playlists");
  for (const readSeq of visible(now, "container_reads").keys()) {
    if (!rows.has(readSeq))
      throw new Error(`Read ${readSeq} is visible without its rows:\n${path.join("\n")}`);
  }
}
