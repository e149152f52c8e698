import * as fs from "node:fs";
import * as path from "node:path";
import { currentGeneration, readLock } from "../infra/generations";
import { command, main } from "../cli/lib/command";
import { formatted } from "./formatted";
import { queriesDoc } from "./queriesDoc";
import { schemaFiles } from "./schemaFiles";

const cli = command(
  "docs",
  "Makes what follows from schemas/, views/ and queries/: the lock, docs/tables.md, docs/queries.md.",
).option("--schemas", "only the lock and docs/tables.md: docs/queries.md takes a simulated week", false);
const root = path.join(__dirname, "..");

main(async () => {
  cli.parse();
  const files = {
    ...schemaFiles(readLock(), currentGeneration()),
    ...(cli.opts<{ schemas: boolean }>().schemas ? {} : { "docs/queries.md": await queriesDoc() }),
  };
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(root, file);
    const wanted = await formatted(file, text);
    if (fs.existsSync(target) && fs.readFileSync(target, "utf8") === wanted) continue;
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, wanted);
    console.log(`Wrote ${file}.`);
  }
});
