import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../cloud/errors";
import { projectDir, type CommandModule } from "../cli/lib/command";
import { runProcess, script } from "../cli/lib/program";
import { currentGeneration, readLock } from "../infra/generations";
import { formatted } from "./formatted";
import { cliDoc } from "./cliDoc";
import { outputsDoc } from "./outputsDoc";
import { queriesDoc } from "./queriesDoc";
import { schemaFiles } from "./schemaFiles";

/** `npm run docs`. */
export const docs: CommandModule = {
  name: "docs",
  description:
    "Writes what follows from schemas/, views/, queries/, outputs.ts, cli/ and bench/results.json: the lock, docs/tables.md, docs/cli.md, docs/outputs.md, docs/queries.md, docs/performance.md.",
  define: (command) =>
    command.option(
      "--schemas",
      "all but docs/queries.md and docs/performance.md: docs/queries.md takes a simulated week",
    ),
  load: () => async (command, io) => {
    const { schemas } = command.opts<{ schemas: boolean }>();
    const files = {
      ...schemaFiles(lock(), currentGeneration()),
      "docs/cli.md": cliDoc(),
      "docs/outputs.md": outputsDoc(path.join(projectDir, "outputs.ts")),
      ...(schemas ? {} : { "docs/performance.md": performance(), "docs/queries.md": await queriesDoc() }),
    };
    for (const [file, text] of Object.entries(files)) {
      const target = path.join(projectDir, file);
      const wanted = await formatted(file, text);
      if (fs.existsSync(target) && fs.readFileSync(target, "utf8") === wanted) continue;
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, wanted);
      io.print(`Wrote ${file}.`);
    }
    return 0;
  },
};

/** Returns the lock. Throws a `UserError` if it cannot be read. */
function lock() {
  try {
    return readLock();
  } catch (error) {
    throw new UserError((error as Error).message, { cause: error });
  }
}

/** Loads the parts of bench only when they are needed: they load the embedded cloud. */
function performance(): string {
  const { performanceDoc } = require("./performanceDoc") as typeof import("./performanceDoc");
  const { readResults } = require("../bench/lib/results") as typeof import("../bench/lib/results");
  return performanceDoc(readResults());
}

if (require.main === module) void runProcess(script(docs));
