import * as fs from "node:fs";
import * as path from "node:path";
import { currentGeneration, readLock } from "../infra/generations";
import { command, main } from "../local/command";
import { formatted } from "./formatted";
import { schemaFiles } from "./schemaFiles";

const cli = command("docs", "Makes what follows from schemas/ and views/: the lock, docs/tables.md.");
const root = path.join(__dirname, "..");

main(async () => {
  cli.parse();
  for (const [file, text] of Object.entries(schemaFiles(readLock(), currentGeneration()))) {
    const target = path.join(root, file);
    const wanted = await formatted(file, text);
    if (fs.existsSync(target) && fs.readFileSync(target, "utf8") === wanted) continue;
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, wanted);
    console.log(`Wrote ${file}.`);
  }
});
