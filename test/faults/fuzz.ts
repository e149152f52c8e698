import { codeOf } from "../../handlers/shared/errors";
import { tables, type ColumnType } from "../../schemas";
import { Random } from "../../simulator/random";
import { hourMs } from "../support/truthWorld";
import { FaultWorld } from "./faultWorld";
import { Violation } from "./invariants";
import { LakeReader } from "./lakeReader";
import { mutated } from "./mutate";

/** How each type of cell looks in a table file. */
const shapes: Record<ColumnType, RegExp> = {
  string: /^[^\t\n\r]*$/,
  int: /^-?\d{1,10}$/,
  bigint: /^-?\d{1,16}$/,
  double: /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i,
  boolean: /^(true|false)$/,
  timestamp: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/,
  date: /^\d{4}-\d\d-\d\d$/,
};

/**
 * Lets Spotify answer a run with mutated pages, and makes tables of them. Throws a Violation if extract fails but in a way
 * that it names, if transform cannot use what extract landed, or if a cell is not of its column's type.
 * @returns how many pages were mutated
 */
export async function fuzzRun(seed: number): Promise<number> {
  const random = new Random("fuzz", seed);
  const world = new FaultWorld(seed, {}, ["me", "playlist:37i9dQZF1DX0simulated0", "search:love"]);
  world.calmDown();
  let pages = 0;
  world.spoil = async (response) => {
    const text = await response.text();
    if (!response.ok || random.chance(0.1)) return new Response(text, response);
    pages += 1;
    return new Response(mutated(text, random), response);
  };
  try {
    await live(world);
    checkCells(world);
  } finally {
    world.cloud.close();
  }
  return pages;
}

/** Lets two days go by; throws a Violation for a failure that has no good name. */
async function live(world: FaultWorld): Promise<void> {
  // The second day reads by what the state holds of the first.
  for (let day = 0; day < 2; day += 1) {
    world.fire("main");
    world.fire("plays", hourMs);
    await world.scheduler.run();
    world.clock.ms += 20 * hourMs;
    world.changeAfter(1);
  }
  for (const { function: name, state, error } of world.deliveries) {
    if (state === "succeeded") continue;
    // An answer that lacks what its endpoint promises is refused by name, and asked for again by the next run.
    if (name === "extract" && codeOf(error) === "malformed_body") continue;
    throw new Violation(`${name} failed: ${String(error)}`);
  }
}

/** Every cell is of its column's type, and no required one is NULL. */
function checkCells(world: FaultWorld): void {
  const reader = new LakeReader(world.lake.objects);
  for (const { name, columns } of tables)
    for (const row of reader.rows(name))
      for (const column of columns) {
        const cell = row[column.name];
        const isFit = cell === null ? column.nullable : cell !== undefined && shapes[column.type].test(cell);
        if (!isFit) throw new Violation(`${name}.${column.name} is ${JSON.stringify(cell)}`);
      }
}
