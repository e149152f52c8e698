import { Readable } from "node:stream";
import { glueCatalog, type Catalog } from "../../handlers/transform/glueCatalog";
import type { Store } from "../../handlers/shared/store";
import type { Random } from "../../simulator/random";
import { s3Error } from "../../cloud/memory/memoryStore";
import { database, glueClient, type EmbeddedParts } from "./embedded";
import type { Actor, Scheduler } from "./scheduler";

/** How often each fault was injected, by its name. */
export type Tally = Record<string, number>;

/** Decides by chance what goes wrong, and counts it. */
export class Chaos {
  /** Share of the operations that go wrong. */
  rate = 0;

  constructor(
    private readonly random: Random,
    readonly tally: Tally,
  ) {}

  /** One of these faults, or mostly none. */
  draw<Fault extends string>(faults: readonly Fault[]): Fault | undefined {
    if (!this.random.chance(this.rate)) return undefined;
    return this.count(this.random.pick(faults));
  }

  /**
   * How long a call takes (ms) beyond what it usually does, on its way there and on its way back: mostly nothing, now and
   * then long enough to be overtaken.
   */
  stall(): [there: number, back: number] {
    if (this.rate === 0 || !this.random.chance(0.05)) return [0, 0];
    const ms = this.random.int(1, this.random.pick([500, 20_000, 200_000]));
    return this.count(this.random.pick(["slow call", "slow answer"])) === "slow call" ? [ms, 0] : [0, ms];
  }

  count<Fault extends string>(fault: Fault): Fault {
    this.tally[fault] = (this.tally[fault] ?? 0) + 1;
    return fault;
  }
}

const deaths = ["killed before a call", "killed after a call", "out of memory", "timed out"] as const;
const refusals = ["S3 500", "S3 503 SlowDown", "S3 timeout", "S3 connection reset"] as const;
const readFaults = [...deaths, ...refusals] as const;
const getFaults = [...readFaults, "S3 reset mid-body"] as const;
const putFaults = [...readFaults, "S3 answer lost", "S3 answer lost, call repeated", "disk full"] as const;
const callFaults = ["killed before a call", "killed after a call", "timed out"] as const;
const glueFaults = [...deaths, "Glue throttled", "Glue answer lost"] as const;

type Fault =
  | (typeof readFaults)[number]
  | (typeof getFaults)[number]
  | (typeof putFaults)[number]
  | (typeof glueFaults)[number];

/** Lets a process do things to the world outside, an operation at a time, with what chance does to them. */
export class Outside {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly chaos: Chaos,
    private readonly actor: Actor,
  ) {}

  /** A bucket as the process sees it. */
  store(bucket: Store): Store {
    return {
      head: (key) => this.operate(() => bucket.head(key), readFaults),
      list: (prefix) => this.operate(() => bucket.list(prefix), readFaults),
      get: (key) => this.operate(() => bucket.get(key), getFaults),
      put: (...args) => this.operate(() => bucket.put(...args), putFaults),
    };
  }

  /** The catalog as the process sees it, each call to Glue an operation. */
  catalog(cloud: EmbeddedParts): Catalog {
    const client = glueClient((command) => this.operate(() => cloud.answer(command), glueFaults));
    return glueCatalog(client, database);
  }

  /** Spotify as the process sees it; what goes wrong with an answer is up to `fetch`. */
  fetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
    return (...args) => this.operate(() => fetch(...args), callFaults, 100);
  }

  private async operate<T>(doIt: () => Promise<T>, faults: readonly Fault[], ms = 20): Promise<T> {
    const act = () => this.scheduler.whole(doIt);
    const [there, back] = this.chaos.stall();
    await this.actor.turn(ms + there);
    const fault = this.chaos.draw(faults);
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
        throw new Error("socket hang up");
      case "S3 answer lost, call repeated":
        await act().catch(() => undefined);
        return act();
      case "S3 reset mid-body":
        return cutShort(await act());
      default:
        throw errors[fault]!();
    }
  }

  /** Ends the process; nothing comes after it. */
  private die(): Promise<never> {
    this.scheduler.kill(this.actor);
    return new Promise(() => undefined);
  }
}

const errors: Record<string, () => Error> = {
  "S3 500": () => s3Error("InternalError", 500),
  "S3 503 SlowDown": () => s3Error("SlowDown", 503),
  "S3 timeout": () => Object.assign(new Error("Connection timed out"), { name: "TimeoutError" }),
  "S3 connection reset": () => Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }),
  "disk full": () => s3Error("InsufficientStorage", 507),
  "Glue throttled": () => Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" }),
};

/** An object whose body breaks off in the middle. */
function cutShort<T>(answer: T): T {
  const found = answer as { body: NodeJS.ReadableStream } | undefined;
  if (found === undefined) return answer;
  async function* half() {
    for await (const chunk of found!.body as AsyncIterable<Buffer>) {
      yield chunk.subarray(0, chunk.length >> 1);
      throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
    }
  }
  return { ...found, body: Readable.from(half()) } as T;
}
