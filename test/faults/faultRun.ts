import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { rawKey, utcDay } from "../../handlers/raw/format";
import { hourMs } from "../support/truthWorld";
import type { Tally } from "./chaos";
import { FaultWorld } from "./faultWorld";
import { checkAtRest, watchReaders } from "./invariants";

/** Bytes that are no raw object, by what is wrong with them. */
const poisons: Record<string, Buffer> = {
  "poisoned: not gzip": Buffer.from("not gzip"),
  "poisoned: cut": gzipSync('{"kind":"skip"}\n'.repeat(50)).subarray(0, 40),
  "poisoned: not JSON": gzipSync('{"kind": "header"\n'),
  "poisoned: wrong header": gzipSync('{"kind":"header","format":2}\n'),
};

/**
 * One random life of the pipeline: some days under faults, then quiet days until all is read. Throws a Violation, or
 * whatever went wrong, if something does not hold.
 * @param tally counts the faults that were injected
 */
export async function faultRun(seed: number, tally: Tally): Promise<void> {
  const world = new FaultWorld(seed, tally);
  try {
    await live(world);
    await calm(world);
    await checkAtRest(world);
  } finally {
    world.cloud.close();
  }
}

/** Some days on which things go wrong. */
async function live(world: FaultWorld): Promise<void> {
  const { random, chaos, clock, scheduler } = world;
  watchReaders(world);
  for (let steps = random.int(2, 4); steps > 0; steps -= 1) {
    clock.ms += random.pick([1, 3, 20, 26]) * hourMs;
    chaos.rate = random.pick([0, 0.01, 0.03, 0.1]);
    if (random.chance(0.5)) world.changeAfter(random.int(1, 12));
    fireSome(world);
    if (random.chance(0.1)) await poison(world);
    await scheduler.run();
  }
}

function fireSome(world: FaultWorld): void {
  const { random, chaos } = world;
  world.fire(random.pick(["main", "main", "plays"]));
  if (!random.chance(0.3)) return;
  chaos.count("two runs at once");
  world.fire(random.pick(["main", "plays"]), random.int(0, 90) * 1000);
}

/** Lays bytes that are no raw object among raw. */
async function poison(world: FaultWorld): Promise<void> {
  const kind = world.random.pick(Object.keys(poisons));
  const body = poisons[kind]!;
  const slug = world.random.pick(world.sources.filter((source) => source !== "me").concat("profile"));
  const streamDay = { listener: "me", slug, day: utcDay(world.clock.ms) };
  const key = rawKey(
    streamDay,
    `poison${world.poisoned.length}`,
    0,
    createHash("sha256").update(body).digest("hex"),
  );
  world.chaos.count(kind);
  world.poisoned.push(key);
  await world.raw.put(key, body, { ifNoneMatch: "*" });
}

/**
 * The world becomes quiet: somebody takes poisoned objects away, replays if an old program was at work, and sends again
 * what failed; then days go by.
 */
async function calm(world: FaultWorld): Promise<void> {
  world.calmDown();
  for (const key of world.poisoned) await world.raw.delete(key);
  if (world.hadOldProgram) {
    const raw = [...world.raw.objects.keys()].filter((key) => key.startsWith("raw/"));
    for (const key of new Map(raw.map((one) => [dirOf(one), one])).values()) world.notify(key);
  }
  world.redrive();
  await world.scheduler.run();
  for (let day = 0; day < 6; day += 1) {
    world.clock.ms += 24 * hourMs;
    world.fire("main");
    await world.scheduler.run();
    if (world.lastSummary?.status === "complete") return;
  }
  throw new Error("The runs never came to an end.");
}

function dirOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/"));
}
