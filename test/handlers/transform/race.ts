import { gunzipSync } from "node:zlib";
import type * as transforming from "../../../handlers/transform/transform";
import type { ObjectVersion } from "../../../handlers/shared/store";
import { close, header, page, playlist, rawObject } from "../../support/rawObjects";
import { eventOf, world } from "../../support/transformWorld";

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

/** A call that waits for the scheduler; `go` makes it happen. */
interface Call {
  name: string;
  go(): void;
}

/** One event's transform. */
interface Actor {
  state: "not written" | "running" | "done";
  waiting: Call[];
  /** What it learned since it last started over: together with what waits, all that its future depends on. */
  learned: string[];
  error: unknown;
  /** Resolves when it waits for the scheduler again, or is done. */
  idle: Promise<void>;
}

interface Step {
  name: string;
  take(): Promise<void>;
}

type Transform = typeof transforming.transform;

export function race(transform: Transform, actorCount: number, killCount: number) {
  const { raw, lake, partitions, deps } = world();
  let kills = killCount;
  const actors = Array.from({ length: actorCount }, (): Actor => newActor("not written"));

  function newActor(state: Actor["state"]): Actor {
    return { state, waiting: [], learned: [], error: undefined, idle: Promise.resolve() };
  }

  /** Starts the transform of actor `index`; calls of a transform that was killed never happen. */
  function start(index: number): void {
    const actor = newActor("running");
    actors[index] = actor;
    let wake: () => void = () => undefined;
    const sleep = () => (actor.idle = new Promise((resolve) => (wake = resolve)));
    sleep();
    const gate = <T>(name: string, act: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        const go = () => {
          actor.waiting.shift();
          if (actor.waiting.length === 0) sleep();
          // A new try begins with the ETags: what was learned before plays no part any more.
          if (name.startsWith("HEAD") && actor.learned.some((entry) => entry.startsWith("LIST")))
            actor.learned = [];
          act().then(
            (value) => {
              actor.learned.push(`${name} ${JSON.stringify(value)}`);
              resolve(value);
            },
            (error: unknown) => {
              actor.learned.push(`${name} ${String(error)}`);
              reject(error as Error);
            },
          );
        };
        actor.waiting.push({ name, go });
        wake();
      });
    // Their ETags are read in one step of their own: read at once, they would find races that nothing else notices.
    let others: string[] = [];
    let read: Promise<Map<string, ObjectVersion | undefined>> | undefined;
    const headOther = (key: string) => {
      others.push(key);
      read ??= gate("HEAD others", async () => {
        const found = others.map(async (other) => [other, await lake.head(other)] as const);
        return new Map(await Promise.all(found));
      });
      return read.then((found) => found.get(key));
    };
    const gated = <T>(name: string, key: string, act: () => Promise<T>) =>
      immediate.test(key) ? act() : gate(`${name} ${key.split("/")[1] ?? key}`, act);

    transform(
      {
        ...deps,
        raw: {
          ...raw,
          list: (prefix) => {
            [others, read] = [[], undefined];
            return gate("LIST", () => raw.list(prefix));
          },
        },
        lake: {
          ...lake,
          head: (key) => (immediate.test(key) ? headOther(key) : gated("HEAD", key, () => lake.head(key))),
          put: (key, ...rest) => gated("PUT", key, () => lake.put(key, ...rest)),
        },
        catalog: {
          register: (table, day, ...rest) =>
            partitions.has(`${table}/${day}`)
              ? Promise.resolve()
              : gated("register", table, () => deps.catalog.register(table, day, ...rest)),
        },
      },
      settings,
      eventOf(rawObjects[index]!.key),
    )
      .catch((error: unknown) => (actor.error = error))
      .finally(() => {
        actor.state = "done";
        wake();
      });
  }

  return {
    lake,
    partitions,
    actors,
    /** All that can happen next. */
    steps(): Step[] {
      return actors.flatMap((actor, index): Step[] => {
        if (actor.state === "done") return [];
        if (actor.state === "not written") {
          const write = async () => {
            raw.objects.set(rawObjects[index]!.key, {
              body: rawObjects[index]!.body,
              etag: "",
              metadata: {},
            });
            start(index);
            await actors[index]!.idle;
          };
          return [{ name: `raw ${index} is written`, take: write }];
        }
        const call = actor.waiting[0]!;
        const go = async () => {
          call.go();
          await actor.idle;
        };
        const kill = async () => {
          kills -= 1;
          start(index);
          await actors[index]!.idle;
        };
        return [
          { name: `${index}: ${call.name}`, take: go },
          ...(kills > 0 ? [{ name: `${index}: killed`, take: kill }] : []),
        ];
      });
    },
    /** Two races with the same fingerprint have the same future. */
    fingerprint(): string {
      return JSON.stringify([
        [...lake.objects].map(([key, { etag }]) => [key, etag]).sort(),
        [...partitions.keys()].sort(),
        actors.map(({ state, waiting, learned }) => [state, waiting.map(({ name }) => name), learned]),
        kills,
      ]);
    },
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
