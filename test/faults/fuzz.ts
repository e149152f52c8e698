import { codeOf } from "../../handlers/shared/errors";
import { tables, type ColumnType } from "../../schemas";
import { Random } from "../../simulator/random";
import { hourMs } from "../../simulator/times";
import { FaultSimulation } from "./faultSimulation";
import { LakeReader } from "./lakeReader";
import { mutated } from "./mutate";
import { Violation } from "./violation";

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
 * Gives a run mutated pages as Spotify's answers, and makes tables of them. Throws a Violation if extract fails with
 * another code than `malformed_body`, if transform fails, or if a cell is not of its column's type.
 * @returns how many pages were mutated
 */
export async function fuzzRun(seed: number): Promise<number> {
  const random = new Random("fuzz", seed);
  const sources = ["me", "playlist:37i9dQZF1DX0simulated0", "search:love"];
  const simulation = new FaultSimulation(
    seed,
    {},
    {
      ...{ sources, listeners: ["me"], mode: "development", partSize: undefined },
    },
  );
  simulation.stopFaults();
  let pages = 0;
  simulation.changeAnswer = async (response) => {
    const text = await response.text();
    if (!response.ok || random.chance(0.1)) return new Response(text, response);
    pages += 1;
    return new Response(mutated(text, random), response);
  };
  try {
    await runTwoDays(simulation);
    checkCells(simulation);
  } finally {
    simulation.cloud.close();
  }
  return pages;
}

/** Simulates two days; throws a Violation for a failure that is not expected. */
async function runTwoDays(simulation: FaultSimulation): Promise<void> {
  // The second day starts from the state of the first.
  for (let day = 0; day < 2; day += 1) {
    simulation.fire("main");
    simulation.fire("plays", hourMs);
    await simulation.run();
    simulation.clock.ms += 20 * hourMs;
    simulation.changing.changeAfter(1);
  }
  for (const { function: name, state, error } of simulation.deliveries) {
    if (state === "succeeded") continue;
    // An answer without what its endpoint promises is refused by this code; the next run asks again.
    if (name === "extract" && codeOf(error) === "malformed_body") continue;
    throw new Violation(`${name} failed: ${String(error)}`);
  }
}

/** Every cell is of its column's type, and no required one is NULL. */
function checkCells(simulation: FaultSimulation): void {
  const reader = new LakeReader(simulation);
  for (const { name, columns } of tables)
    for (const row of reader.rows(name))
      for (const column of columns) {
        const cell = row[column.name];
        const isFit = cell === null ? column.nullable : cell !== undefined && shapes[column.type].test(cell);
        if (!isFit) throw new Violation(`${name}.${column.name} is ${JSON.stringify(cell)}`);
      }
}
