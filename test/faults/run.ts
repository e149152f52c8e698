import { wholeNumber, type CommandModule } from "../../cli/lib/command";
import type { Io } from "../../cli/lib/io";
import { runProcess, script } from "../../cli/lib/program";
import { UserError } from "../../cloud/errors";
import type { FaultCounts } from "./faultInjector";
import { faultRun } from "./faultRun";
import { fuzzRun } from "./fuzz";

const count = wholeNumber(0, 999_999_999, "It must be a whole number.");

const faults: CommandModule = {
  name: "test:faults",
  description: "Runs the pipeline under random faults and checks what comes of each run.",
  define: (command) =>
    command
      .option("--runs <n>", "runs under faults", count, 500)
      .option("--pages <n>", "mutated pages to send through extract and transform", count, 20_000)
      .option("--seed <n>", "seed of the first run; the others follow", count, 1)
      .option("--json", "print one JSON object as the last line")
      .addHelpText(
        "after",
        "\nA run that fails is named by its seed: --runs 1 --pages 0 --seed SEED repeats it. Buckets are in the folder for\ntemporary files; one in memory makes runs faster: TMPDIR=/dev/shm.",
      ),
  load: () => (command, io) => runAll(command.opts<Flags>(), io),
};

interface Flags {
  runs: number;
  pages: number;
  seed: number;
  json: boolean;
}

interface Outcome {
  runs: number;
  pages: number;
  violations: { seed: number; message: string }[];
  faults: FaultCounts;
}

async function runAll({ runs, pages, seed, json }: Flags, io: Io): Promise<number> {
  const progress = io.progress();
  const outcome: Outcome = { runs: 0, pages: 0, violations: [], faults: {} };
  const attempt = async <T>(own: number, run: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await run();
    } catch (error) {
      const message = process.env.DEBUG ? (error as Error).stack! : (error as Error).message;
      outcome.violations.push({ seed: own, message });
      console.error(`seed ${own}: ${message}`);
      return undefined;
    }
  };
  for (; outcome.runs < runs; outcome.runs += 1) {
    progress.stage(`Fault runs: ${outcome.runs} of ${runs}`, { done: outcome.runs, all: runs });
    await attempt(seed + outcome.runs, () => faultRun(seed + outcome.runs, outcome.faults));
  }
  for (let own = seed; outcome.pages < pages; own += 1) {
    progress.stage(`Mutated pages: ${outcome.pages} of ${pages}`, { done: outcome.pages, all: pages });
    outcome.pages += (await attempt(own, () => fuzzRun(own))) ?? 1;
  }
  progress.done();
  print(outcome, seed);
  if (json) console.log(JSON.stringify(outcome));
  if (outcome.violations.length > 0)
    throw new UserError(`${outcome.violations.length} of these runs broke a rule: see the lines above.`);
  return 0;
}

function print({ runs, pages, violations, faults }: Outcome, seed: number): void {
  const names = Object.keys(faults).sort();
  const width = Math.max(0, ...names.map((name) => name.length));
  for (const name of names) console.log(`${name.padEnd(width)} ${String(faults[name]).padStart(8)}`);
  const seeds = runs > 0 ? ` (seeds ${seed} to ${seed + runs - 1})` : "";
  console.log(`${runs} fault runs${seeds}, ${pages} mutated pages, ${violations.length} violations`);
}

void runProcess(script(faults));
