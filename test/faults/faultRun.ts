import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { rawKey, utcDay } from "../../handlers/raw/format";
import { sealAfterDays } from "../../handlers/transform/sealedMonths";
import { dayMs, hourMs } from "../../simulator/times";
import type { FaultCounts } from "./faultInjector";
import { FaultSimulation } from "./faultSimulation";
import { checkAtRest } from "./invariants";
import { watchReaders } from "./watchReaders";

/** Bytes that are no raw object, by what is wrong with them. */
const damages: Record<string, Buffer> = {
  "damaged: not gzip": Buffer.from("not gzip"),
  "damaged: cut": gzipSync('{"kind":"skip"}\n'.repeat(50)).subarray(0, 40),
  "damaged: not JSON": gzipSync('{"kind": "header"\n'),
  "damaged: wrong header": gzipSync('{"kind":"header","format":2}\n'),
};

/** Days without faults by which everything must have been read. */
const lastDays = 5;

/**
 * Simulates some days with faults, then days without until everything is read. Throws a Violation, or any other error, if
 * something does not hold.
 * @param counts counts the faults that were injected
 * @returns how many plays Spotify returned, how many gaps the lake has, and how many reads readers saw, each time they looked
 */
export async function faultRun(
  seed: number,
  counts: FaultCounts,
): Promise<{ plays: number; gaps: number; seen: number }> {
  const simulation = new FaultSimulation(seed, counts);
  try {
    const watched = watchReaders(simulation);
    await runWithFaults(simulation);
    await recover(simulation);
    await sealAll(simulation);
    const { gaps } = await checkAtRest(simulation);
    return { plays: simulation.returnedAt.size, gaps, seen: watched.seen };
  } finally {
    simulation.cloud.close();
  }
}

async function runWithFaults(simulation: FaultSimulation): Promise<void> {
  const { random, clock, setup } = simulation;
  const { sealAheadDays } = setup;
  for (let steps = random.int(2, 5); steps > 0; steps -= 1) {
    clock.ms += random.pick([1, 3, 20, 26, 50]) * hourMs;
    await stepWithFaults(simulation, sealAheadDays === undefined ? 0 : 0.3);
  }
  if (sealAheadDays === undefined) return;
  if (sealAheadDays === 0) clock.ms = Math.max(clock.ms, whenDue(clock.ms) + random.int(0, 20) * hourMs);
  for (let steps = random.int(2, 4); steps > 0; steps -= 1) {
    await stepWithFaults(simulation, 0.8);
    clock.ms += random.pick([1, 20, 26, 26]) * hourMs;
  }
}

/** Returns when (ms UTC) the month of a moment is due to be sealed. */
function whenDue(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) + sealAfterDays * dayMs;
}

/** Runs the pipeline once, with faults; with the chance `seals`, months are sealed at the same time. */
async function stepWithFaults(simulation: FaultSimulation, seals: number): Promise<void> {
  const { random, injector, changing } = simulation;
  injector.rate = random.pick([0, 0.01, 0.03, 0.1]);
  if (random.chance(0.5)) changing.changeAfter(random.int(1, 25));
  fireSome(simulation);
  if (seals > 0) simulation.sendHeld(0.4);
  if (seals > 0 && random.chance(seals)) fireSeals(simulation);
  if (random.chance(0.1)) await addDamagedObject(simulation);
  await simulation.run();
}

/** Fires one seal or two, somewhere in the run. */
function fireSeals(simulation: FaultSimulation): void {
  const { random, injector } = simulation;
  if (random.chance(0.6)) simulation.sealBeside(random.int(1, 6));
  else simulation.fireSeal(random.int(0, random.pick([2, 20, 60])) * 1000);
  if (!random.chance(0.3)) return;
  injector.count("two seals at once");
  simulation.fireSeal(random.int(0, 20) * 1000);
}

function fireSome(simulation: FaultSimulation): void {
  const { random, injector } = simulation;
  const event = simulation.fire(random.pick(["main", "main", "plays"]));
  if (!random.chance(0.3)) return;
  injector.count("two runs at once");
  if (random.chance(0.3)) simulation.deliver("extract", event, 0);
  else simulation.fire(random.pick(["main", "plays"]), random.int(0, 90) * 1000);
}

async function addDamagedObject({
  random,
  injector,
  setup,
  clock,
  raw,
  damaged,
}: FaultSimulation): Promise<void> {
  const damage = random.pick(Object.keys(damages));
  const body = damages[damage]!;
  const slug = random.pick(setup.sources.filter((source) => source !== "me").concat("profile"));
  const streamDay = { listener: "me", slug, day: utcDay(clock.ms) };
  const hash = createHash("sha256").update(body).digest("hex");
  const key = rawKey(streamDay, `damaged${damaged.length}`, 0, hash);
  injector.count(damage);
  damaged.push(key);
  await raw.put(key, body, { ifNoneMatch: "*" });
}

/** Does what an operator does: removes damaged objects, replays if an old program was running, redrives; then days pass. */
async function recover(simulation: FaultSimulation): Promise<void> {
  simulation.stopFaults();
  await simulation.raw.remove(simulation.damaged);
  if (simulation.hadOldProgram) {
    const raw = [...simulation.raw.objects.keys()].filter((key) => key.startsWith("raw/"));
    for (const key of new Map(raw.map((one) => [folderOf(one), one])).values()) simulation.notify(key);
  }
  simulation.redrive();
  simulation.sendHeld(1);
  await simulation.run();
  for (let day = 0; day < lastDays; day += 1) {
    simulation.clock.ms += 24 * hourMs;
    simulation.lastSummary = undefined;
    simulation.fire("main");
    await simulation.run();
    if (simulation.lastSummary !== undefined && isComplete(simulation)) return;
  }
  throw new Error(`${lastDays} days without faults were not enough to read everything.`);
}

/** Seals what is due, and removes its day files, until a seal finds nothing to do. */
async function sealAll(simulation: FaultSimulation): Promise<void> {
  if (simulation.setup.sealAheadDays === undefined) return;
  for (let day = 0; day < lastDays; day += 1) {
    simulation.clock.ms += dayMs;
    simulation.fireSeal();
    await simulation.run();
    if (simulation.sealedParts === 0) return;
  }
  throw new Error(`${lastDays} days without faults were not enough to seal everything.`);
}

function isComplete({ lastSummary }: FaultSimulation): boolean {
  return lastSummary?.status === "complete";
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/"));
}
