import { Readable } from "node:stream";
import { glueCatalog, type Catalog } from "../../handlers/transform/glueCatalog";
import type { BucketStore } from "../../handlers/shared/store";
import type { Random } from "../../simulator/random";
import { s3Error } from "../../cloud/memory/memoryStore";
import { glueClientOf } from "../support/memoryGlue";
import { database, type EmbeddedParts } from "./embedded";
import type { Actor, Scheduler } from "./scheduler";

/** How often each fault was injected, by its name. */
export type FaultCounts = Record<string, number>;

/** Decides by chance what goes wrong, and counts it. */
export class FaultInjector {
  /** Share of the operations that go wrong. */
  rate = 0;

  constructor(
    private readonly random: Random,
    readonly counts: FaultCounts,
  ) {}

  /** Returns one of these faults, or usually none. */
  draw<Name extends string>(faults: readonly Name[]): Name | undefined {
    if (!this.random.chance(this.rate)) return undefined;
    return this.count(this.random.pick(faults));
  }

  /** Returns how much longer than usual (ms) request and answer take: usually 0, sometimes long enough to be overtaken. */
  stall(): [there: number, back: number] {
    if (this.rate === 0 || !this.random.chance(0.05)) return [0, 0];
    const ms = this.random.int(1, this.random.pick([500, 20_000, 200_000]));
    return this.count(this.random.pick(["slow call", "slow answer"])) === "slow call" ? [ms, 0] : [0, ms];
  }

  count<Name extends string>(fault: Name): Name {
    this.counts[fault] = (this.counts[fault] ?? 0) + 1;
    return fault;
  }
}

const deaths = ["killed before a call", "killed after a call", "out of memory", "timed out"] as const;
const refusals = ["S3 500", "S3 503 SlowDown", "S3 timeout", "S3 connection reset"] as const;
const readFaults = [...deaths, ...refusals] as const;
const getFaults = [...readFaults, "S3 reset mid-body"] as const;
const putFaults = [...readFaults, "S3 answer lost", "S3 answer lost, call repeated", "disk full"] as const;
const removeFaults = [...readFaults, "S3 answer lost"] as const;
const callFaults = ["killed before a call", "killed after a call", "timed out"] as const;
const glueFaults = [...deaths, "Glue throttled", "Glue answer lost"] as const;

type OperationFault =
  | (typeof readFaults)[number]
  | (typeof getFaults)[number]
  | (typeof putFaults)[number]
  | (typeof glueFaults)[number];

/** The services that a process calls. Each call is one operation of the scheduler, and faults are injected into it. */
export class FaultyServices {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly injector: FaultInjector,
    private readonly actor: Actor,
    private readonly callMs: number,
  ) {}

  /** A bucket as the process sees it. */
  store(bucket: BucketStore): BucketStore {
    return {
      head: (key) => this.operate(() => bucket.head(key), readFaults),
      list: (prefix) => this.operate(() => bucket.list(prefix), readFaults),
      get: (key) => this.operate(() => bucket.get(key), getFaults),
      put: (...args) => this.operate(() => bucket.put(...args), putFaults),
      folders: (prefix) => this.operate(() => bucket.folders(prefix), readFaults),
      remove: (keys) => this.operate(() => this.removeSome(bucket, keys), removeFaults),
    };
  }

  /** The catalog as the process sees it, each call to Glue an operation. */
  catalog(cloud: EmbeddedParts): Catalog {
    const client = glueClientOf((command) => this.operate(() => cloud.answer(command), glueFaults));
    return glueCatalog(client, database);
  }

  /** Spotify as the process sees it; what goes wrong with an answer is up to `fetch`. */
  fetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
    return (...args) => this.operate(() => fetch(...args), callFaults, this.callMs);
  }

  /** Removes objects; now and then only some of them, as when one of several requests fails. */
  private async removeSome(bucket: BucketStore, keys: string[]): Promise<void> {
    if (this.injector.draw(["S3 removed in part"]) === undefined) return bucket.remove(keys);
    await bucket.remove(keys.slice(0, keys.length >> 1));
    throw injected(s3Error("InternalError", 500));
  }

  private async operate<T>(
    doIt: () => Promise<T>,
    faults: readonly OperationFault[],
    ms = this.callMs / 5,
  ): Promise<T> {
    const act = () => this.scheduler.uninterrupted(doIt);
    const [there, back] = this.injector.stall();
    await this.actor.turn(ms + there);
    const fault = this.injector.draw(faults);
    switch (fault) {
      case undefined:
        return act().finally(() => (back > 0 ? this.actor.turn(back) : undefined));
      case "killed before a call":
        return this.die();
      case "killed after a call":
      case "out of memory":
        await act().catch(() => undefined);
        return this.die();
      case "timed out":
        await this.actor.turn(this.actor.deadline - this.scheduler.clock.ms);
        return this.die();
      case "S3 answer lost":
      case "Glue answer lost":
        await act().catch(() => undefined);
        throw injected(new Error("socket hang up"));
      case "S3 answer lost, call repeated":
        await act().catch(() => undefined);
        return act();
      case "S3 reset mid-body":
        return cutShort(await act());
      default:
        throw injected(errors[fault]!());
    }
  }

  /** Ends the process; nothing comes after it. */
  private die(): Promise<never> {
    this.scheduler.kill(this.actor);
    return new Promise(() => undefined);
  }
}

const injectedErrors = new WeakSet<Error>();

function injected(error: Error): Error {
  injectedErrors.add(error);
  return error;
}

/** Returns whether an error was injected here. */
export function isInjected(error: unknown): boolean {
  return error instanceof Error && injectedErrors.has(error);
}

const errors: Record<string, () => Error> = {
  "S3 500": () => s3Error("InternalError", 500),
  "S3 503 SlowDown": () => s3Error("SlowDown", 503),
  "S3 timeout": () => Object.assign(new Error("Connection timed out"), { name: "TimeoutError" }),
  "S3 connection reset": () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
  "disk full": () => s3Error("InsufficientStorage", 507),
  "Glue throttled": () => Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" }),
};

/** Returns an object whose body breaks off in the middle. */
function cutShort<T>(answer: T): T {
  const found = answer as { body: NodeJS.ReadableStream } | undefined;
  if (found === undefined) return answer;
  async function* half() {
    for await (const chunk of found!.body as AsyncIterable<Buffer>) {
      yield chunk.subarray(0, chunk.length >> 1);
      throw injected(Object.assign(new Error("aborted"), { code: "ECONNRESET" }));
    }
  }
  return { ...found, body: Readable.from(half()) } as T;
}
