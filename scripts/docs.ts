import * as fs from "node:fs";
import * as path from "node:path";
import { projectDir, type CommandModule } from "../cli/lib/command";
import { runProcess, script } from "../cli/lib/program";
import { readResults } from "../bench/lib/results";
import { currentGeneration, readLock } from "../infra/generations";
import { formatted } from "./formatted";
import { performanceDoc } from "./performanceDoc";
import { queriesDoc } from "./queriesDoc";
import { schemaFiles } from "./schemaFiles";

/** `npm run docs`. */
export const docs: CommandModule = {
  name: "docs",
  description:
    "Writes what follows from schemas/, views/, queries/ and bench/results.json: the lock, docs/tables.md, docs/queries.md, docs/performance.md.",
  define: (command) => command.option("--schemas", "not docs/queries.md, which takes a simulated week"),
  load: () => async (command, io) => {
    const { schemas } = command.opts<{ schemas: boolean }>();
    const files = {
      ...schemaFiles(readLock(), currentGeneration()),
      "docs/performance.md": performanceDoc(readResults()),
      ...(schemas ? {} : { "docs/queries.md": await queriesDoc() }),
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

if (require.main === module) void runProcess(script(docs));
