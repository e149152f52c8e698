import * as fs from "node:fs";
import * as path from "node:path";
import { command, main } from "../local/command";
import { formatted } from "./formatted";
import { queriesDoc } from "./queriesDoc";

const cli = command("docs", "Makes what follows from schemas/, views/ and queries/: docs/queries.md.");
const root = path.join(__dirname, "..");

main(async () => {
  cli.parse();
  const files = { "docs/queries.md": await queriesDoc() };
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(root, file);
    const wanted = await formatted(file, text);
    if (fs.existsSync(target) && fs.readFileSync(target, "utf8") === wanted) continue;
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, wanted);
    console.log(`Wrote ${file}.`);
  }
});
